"""For a batch of events: which people hear of which, why, and by what way.

Whoever may not see the record hears nothing, and nobody hears of what they did themselves. Who is
away is heard for by their stand-in. All is found in a fixed number of queries for a batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, Value

from emdesk.activity.models import Watching
from emdesk.ledger.models import Event
from emdesk.notifications.audiences import Heard, Record, Sight, abouts, heard
from emdesk.notifications.kinds import WATCHED, By, Kind, kinds
from emdesk.notifications.models import Mute, Preferences
from emdesk.notifications.quiet import zone_of
from emdesk.people.models import Absence, User
from emdesk.subjects import rows_about


@dataclass(frozen=True)
class Told:
    """One person is to hear of one event."""

    event: Event
    subject: Any
    to: User
    kind: Kind
    because: str
    meant_for: User | None = None
    inbox: bool = True
    mail: str = By.NOW


def wishes_of(user: User) -> Preferences:
    """What they chose, or what holds for everybody; read along with the person."""
    found: Preferences | None = getattr(user, "preferences", None)
    return found or Preferences(user=user)


@dataclass(frozen=True)
class Around:
    """What is known about the records and people of a batch."""

    subjects: dict[Record, Any]
    people: dict[int, User]
    watching: dict[Record, set[int]]
    muted: set[tuple[str, int, int]]
    away: dict[int, Absence]


@dataclass(frozen=True)
class Reach:
    """How far a batch of events reaches: ``rules`` by the key of an event, and who is told."""

    events: list[Event]
    subjects: dict[Record, Any]
    rules: dict[int, list[Heard]]
    told: list[Told]

    def kinds_of(self, event: Event) -> set[str]:
        return {each.kind for each in self.rules[event.pk]}


def reach(events: Sequence[Event], at: datetime) -> Reach:
    subjects = _subjects(events)
    events = [event for event in events if _about(event) in subjects]
    rules = {event.pk: heard(event, subjects[_about(event)], WATCHED) for event in events}
    around = _around(events, subjects, rules, at)
    found = [each for event in events for each in _of(event, rules[event.pk], around)]
    found = [reached for each in found for reached in _reached(each, around)]
    return Reach(events, subjects, rules, _once(_relieved(_seen(found))))


def _about(event: Event) -> Record:
    return event.subject_type, event.subject_id


def _subjects(events: Sequence[Event]) -> dict[Record, Any]:
    wanted: dict[str, set[int]] = {}
    for event in events:
        if event.subject_type in abouts:
            wanted.setdefault(event.subject_type, set()).add(event.subject_id)
    return {
        (label, subject.pk): subject
        for label, pks in wanted.items()
        for subject in abouts[label].load(pks)
    }


def _around(
    events: Sequence[Event],
    subjects: dict[Record, Any],
    rules: dict[int, list[Heard]],
    at: datetime,
) -> Around:
    watching: dict[Record, set[int]] = {}
    muted: set[tuple[str, int, int]] = set()
    for mute, label, subject, user in _followers(subjects.values()):
        if mute:
            muted.add((label, subject, user))
        else:
            watching.setdefault((label, subject), set()).add(user)
    named = [each for found in rules.values() for each in found]
    pks = {pk for each in named for pk in each.people if pk}.union(*watching.values())
    roles = sorted({role for each in named for role in each.roles})
    wanted = Q(pk__in=pks) | Q(roles__overlap=roles) if roles else Q(pk__in=pks)
    people = User.objects.active().filter(wanted).select_related("preferences")
    return Around(subjects, {user.pk: user for user in people}, watching, muted, _away(at))


def _followers(subjects: Iterable[Any]) -> Iterable[tuple[bool, str, int, int]]:
    """Who watches these records and who has muted them, in one query."""
    subjects = list(subjects)
    if not subjects:
        return []
    columns = ("mute", "subject_type", "subject_id", "user_id")
    lists: list[Any] = [
        model._base_manager.filter(rows_about(subjects))
        .annotate(mute=Value(mute))
        .values_list(*columns)
        for model, mute in ((Watching, False), (Mute, True))
    ]
    found: Iterable[tuple[bool, str, int, int]] = lists[0].union(lists[1], all=True)
    return found


def _away(at: datetime) -> dict[int, Absence]:
    """The absence each person is on, by their own calendar day."""
    day, one = at.date(), timedelta(days=1)
    around = Absence.objects.filter(first_day__lte=day + one, last_day__gte=day - one)
    found = around.select_related("user", "delegate", "delegate__preferences")
    return {
        absence.user_id: absence
        for absence in found
        if absence.first_day <= at.astimezone(zone_of(absence.user)).date() <= absence.last_day
    }


def _of(event: Event, rules: list[Heard], around: Around) -> Iterator[Told]:
    """Everybody named, each for the first reason they have."""
    subject = around.subjects[_about(event)]
    known: set[int] = {event.actor_id} if event.actor_id else set()
    for each in rules:
        for user in _named(each, event, around):
            if user.pk not in known:
                known.add(user.pk)
                yield Told(event, subject, user, kinds[each.kind], each.because)


def _named(each: Heard, event: Event, around: Around) -> Iterator[User]:
    pks = [pk for pk in each.people if pk]
    if each.watchers:
        pks += sorted(around.watching.get(_about(event), ()))
    yield from (around.people[pk] for pk in dict.fromkeys(pks) if pk in around.people)
    if each.roles:
        yield from (user for user in around.people.values() if user.has(*each.roles))


def _reached(each: Told, around: Around) -> Iterator[Told]:
    """By their wishes; and whoever stands in for them, if they are away, by theirs."""
    muted = (*_about(each.event), each.to.pk) in around.muted
    if muted and not (each.kind.pierces or each.kind.called):
        return
    yield _by_wishes(each)
    standing_in = _stand_in(each.to, around)
    if standing_in and standing_in.pk != each.event.actor_id:
        because = f"you stand in for {each.to.name}, who is away"
        yield _by_wishes(replace(each, to=standing_in, meant_for=each.to, because=because))


def _by_wishes(each: Told) -> Told:
    wishes = wishes_of(each.to)
    return replace(each, inbox=wishes.inbox(each.kind), mail=wishes.mail(each.kind))


def _stand_in(user: User, around: Around) -> User | None:
    """Their delegate or, if that one is away too, the next."""
    absence = around.away.get(user.pk)
    if absence is None:
        return None
    first = absence.delegate
    second = around.away.get(first.pk)
    found = second.delegate if second else first
    return found if found.is_active and found != user else None


def _once(found: list[Told]) -> list[Told]:
    """Who hears for themselves needs not hear as a stand-in too."""
    own_first = sorted(found, key=lambda each: each.meant_for is not None)
    kept: dict[tuple[int, int], Told] = {}
    for each in own_first:
        kept.setdefault((each.event.pk, each.to.pk), each)
    return list(kept.values())


def _seen(found: list[Told]) -> list[Told]:
    """Without those who may not see it."""
    sight = Sight()
    for each in found:
        sight.want(each.event.subject_type, each.to, each.event.subject_id)
    seen = sight.found()
    return [
        each
        for each in found
        if (each.event.subject_type, each.to.pk, each.event.subject_id) in seen
    ]


def _relieved(found: list[Told]) -> list[Told]:
    """Who is away gets no mail when their stand-in gets one."""
    stood_in = {
        (each.event.pk, each.meant_for.pk)
        for each in found
        if each.meant_for and each.mail != By.NEVER
    }
    return [
        replace(each, mail=By.NEVER)
        if (each.event.pk, each.to.pk) in stood_in and not each.kind.pierces
        else each
        for each in found
    ]
