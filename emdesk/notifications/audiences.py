"""Who hears of which event, and why. Upper packages say so for theirs.

An audience is a function of an event and the record it is about; it asks the database nothing
beyond what came with the record. Of several reasons a person has, the first is given.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Value

from emdesk.ledger.models import Event
from emdesk.people.models import Role, User


@dataclass(frozen=True)
class Heard:
    """Some people, and why they hear: ``because`` reads on from “You get this because”."""

    because: str
    kind: str
    people: Collection[int | None] = ()
    roles: Collection[Role] = ()
    watchers: bool = False


Record = tuple[str, int]
Audience = Callable[[Event, Any], Iterable[Heard]]
Headline = Callable[[Event], str]


@dataclass(frozen=True)
class About:
    """A sort of record that notices are about.

    ``load`` gives records by their keys, with what audiences and texts read, in one query;
    ``seen`` those a person may see; ``link`` where a notice leads.
    """

    load: Callable[[Collection[int]], Iterable[Any]]
    seen: Callable[[User], models.QuerySet[Any]]
    link: Callable[[Event, Any], str] = lambda event, subject: str(subject.get_absolute_url())
    title: Callable[[Any], str] = str


abouts: dict[str, About] = {}
_audiences: dict[str, list[Audience]] = {}
_headlines: dict[str, Headline] = {}
SILENT = {"activity.watched", "activity.unwatched", "activity.comment_edited"}


def about(label: str, found: About) -> None:
    """Notices are made about records of this model label from now on."""
    abouts[label] = found


def hears(*verbs: str) -> Callable[[Audience], Audience]:
    def register(audience: Audience) -> Audience:
        for verb in verbs:
            _audiences.setdefault(verb, []).append(audience)
        return audience

    return register


def headlines(said: Mapping[str, str | Headline]) -> None:
    """What the subject line of a mail says of each verb."""
    for verb, text in said.items():
        _headlines[verb] = text if callable(text) else _always(text)


def _always(text: str) -> Headline:
    return lambda event: text


def headline(event: Event) -> str:
    found = _headlines.get(event.verb)
    return found(event) if found else event.verb.rpartition(".")[2].replace("_", " ")


def heard(event: Event, subject: Any, watched: str) -> list[Heard]:
    """Everybody named for this event, the most particular reason first; then who watches."""
    found = [
        each for audience in _audiences.get(event.verb, ()) for each in audience(event, subject)
    ]
    if event.verb not in SILENT:
        found.append(Heard("you watch it", watched, watchers=True))
    return found


def announced() -> set[str]:
    """The verbs somebody hears of without watching."""
    return set(_audiences)


def without_headline() -> set[str]:
    return set(_audiences) - set(_headlines)


@dataclass
class Sight:
    """Which of the people may see which of the records: one query for each sort of record.

    Nobody sees records of a sort that notices are not made about.
    """

    wanted: dict[str, dict[int, tuple[User, set[int]]]] = field(default_factory=dict)

    def want(self, label: str, user: User, pk: int) -> None:
        if label not in abouts:
            return
        people = self.wanted.setdefault(label, {})
        people.setdefault(user.pk, (user, set()))[1].add(pk)

    def found(self) -> set[tuple[str, int, int]]:
        """Label, person and record, for each that may be seen."""
        return {
            (label, person, pk)
            for label, people in self.wanted.items()
            for person, pk in _seen(abouts[label], people.values())
        }


def _seen(sort: About, people: Iterable[tuple[User, set[int]]]) -> Iterable[tuple[int, int]]:
    branches: list[Any] = [
        sort.seen(user)
        .filter(pk__in=pks)
        .order_by()
        .annotate(seer=Value(user.pk))
        .values_list("seer", "pk")
        for user, pks in people
    ]
    branches = [branch for branch in branches if not branch.query.is_empty()]
    if not branches:
        return []
    first, *rest = branches
    found: Iterable[tuple[int, int]] = first.union(*rest, all=True) if rest else first
    return found


def records_seen(records: Iterable[Record], user: User) -> dict[Record, Any]:
    """Those of the records that a person may see, loaded: two queries for each sort."""
    wanted: dict[str, list[int]] = {}
    sight = Sight()
    for label, pk in records:
        sight.want(label, user, pk)
    for label, _, pk in sight.found():
        wanted.setdefault(label, []).append(pk)
    return {
        (label, record.pk): record
        for label, pks in wanted.items()
        for record in abouts[label].load(pks)
    }
