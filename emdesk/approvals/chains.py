"""What upper packages declare: gates, the chains they form, and how documents become evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

from emdesk.people.models import Role, User

if TYPE_CHECKING:
    from emdesk.approvals.models import Request

Rule = Callable[[Any, User], bool]
Facts = Mapping[str, Any]
Carries = Callable[["Evidence", "Evidence", date], bool]
Follows = Callable[["Request", User, datetime, str], None]
ANSWER_HOURS = "approval_answer_hours"


@dataclass(frozen=True)
class Evidence:
    """A document as it is put to people: by its key and the digest of what it says.

    ``authors`` are those who wrote it, who never decide about it. ``facts`` are JSON, kept with
    the request for later comparison; nothing of cost belongs there.
    """

    title: str
    value: Decimal
    currency: str
    document: int = 0
    digest: str = ""
    authors: frozenset[int] = frozenset()
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    name: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Brief:
    """What the page of a decision shows one person of the pinned document.

    ``told`` says in words what changed since ``since``, the one decided about before. ``links``
    are names and addresses.
    """

    figures: Sequence[Figure]
    since: str = ""
    told: Sequence[str] = ()
    notes: Sequence[str] = ()
    links: Sequence[tuple[str, str]] = ()


def always(evidence: Evidence, day: date) -> str:
    return "It is always asked."


def never(approved: Evidence, now: Evidence, day: date) -> bool:
    """An approval is of one document alone."""
    return False


def unless_changed(*facts: str) -> Carries:
    """An approval covers a later document in which none of these pinned facts differs."""

    def carries(approved: Evidence, now: Evidence, day: date) -> bool:
        return all(approved.facts.get(name) == now.facts.get(name) for name in facts)

    return carries


def nothing_would(evidence: Evidence, day: date) -> str:
    return ""


def follows_nothing(request: Request, by: User, at: datetime, origin: str) -> None:
    """What a request is about stays where it is."""


def nobody(subject: Any) -> User | None:
    return None


@dataclass(frozen=True)
class Gate:
    """One question, put to whoever holds one of ``roles``.

    ``asks`` names them in the preview. ``needed`` says why a document is asked about, or nothing;
    ``named`` who of them is asked first; ``carries`` whether an approval covers a later document
    (the approved evidence, the new one, the day). ``on_request``: it may be asked without need.
    ``hours`` is the setting of office hours to answer within. ``anew``: whoever decides has just
    shown who they are. ``without`` says what would have to be otherwise for it not to be asked.
    """

    key: str
    name: str
    asks: str
    roles: tuple[Role, ...]
    needed: Callable[[Evidence, date], str] = always
    named: Callable[[Any], User | None] = nobody
    carries: Carries = never
    place: int = 1
    on_request: bool = False
    hours: str = ANSWER_HOURS
    anew: bool = False
    without: Callable[[Evidence, date], str] = nothing_would


@dataclass(frozen=True)
class Chain:
    """Gates for one sort of document about subjects of one label.

    ``evidence`` gives the document by its key as it is now, None once it was replaced. ``brief``
    is what one person sees of a request. ``asks`` may request and recall, ``reassigns`` may name
    somebody else. ``marks`` are fields of the subject that follow a request's standing. ``places``
    gives each gate's place on a day, where a setting says other than the gates do. ``follows``
    hears in the same transaction that a request was made, decided about or recalled.
    """

    key: str
    name: str
    subject: str
    gates: tuple[Gate, ...]
    evidence: Callable[[int], Evidence | None]
    brief: Callable[[Request, User], Brief]
    asks: Rule
    reassigns: Rule
    marks: Callable[[str], Mapping[str, Any]] = lambda standing: {}
    places: Callable[[date], Mapping[str, int]] = lambda day: {}
    follows: Follows = follows_nothing

    def gate(self, key: str) -> Gate:
        return next(gate for gate in self.gates if gate.key == key)

    def place_of(self, gate: Gate, day: date) -> int:
        return self.places(day).get(gate.key, gate.place)


_chains: dict[str, Chain] = {}


def register(chain: Chain) -> Chain:
    """Make a chain known. Raises ValueError for one that could never be completed."""
    keys = [gate.key for gate in chain.gates]
    if not keys or len(keys) != len(set(keys)):
        raise ValueError(f"{chain.key}: a chain has gates, each with a key of its own.")
    for gate in chain.gates:
        if not gate.roles:
            raise ValueError(f"{chain.key}, {gate.key}: name a role that decides.")
    _chains[chain.key] = chain
    return chain


def chain_of(key: str) -> Chain:
    return _chains[key]


def subject_of(label: str, pk: int) -> Any:
    """The record a request is about, whoever looks."""
    found: models.Model = apps.get_model(label)._base_manager.get(pk=pk)
    return found
