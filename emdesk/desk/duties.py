"""Duties: what needs somebody now. Apps register how to find theirs; the desk ranks them.

The order is the seed's on task prioritisation, highest first. Inside a class: what is due soonest,
then what is worth most, then what is oldest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any

from emdesk.people.models import User


class Class(IntEnum):
    """Duties in ranked order."""

    SOW_PROCESSING = 1
    EARLY_SCOPING = 2
    TERRITORY = 3
    ISSUE_HYGIENE = 4
    HAND_OFF = 5
    COLLABORATION = 6


@dataclass(frozen=True)
class Button:
    """The one thing to do about a duty: a link, or a form posted to ``url``."""

    label: str
    url: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Duty:
    """A verb, the record it is about, why it stands here, and the button that does it.

    ``also`` is what can be noted about it in one click.
    """

    rank: Class
    verb: str
    subject: Any
    reason: str
    button: Button
    also: Button | None = None
    due: date | None = None
    worth: Decimal | None = None
    since: datetime | None = None
    owner: User | None = None


@dataclass(frozen=True)
class Wait:
    """Something that is somebody else's turn: ``whom`` reads on from “waiting”."""

    subject: Any
    whom: str
    since: datetime | None
    owner: User | None = None


@dataclass(frozen=True)
class Appointment:
    """A call, a meeting or a date of today."""

    what: str
    subject: Any
    starts_at: datetime | None = None
    url: str = ""


Finder = Callable[[Sequence[User], datetime], Iterable[Any]]
_finders: dict[type, list[Finder]] = {Duty: [], Wait: [], Appointment: []}


def finds(kind: type) -> Callable[[Finder], Finder]:
    """Register a function (people, at) -> rows of this kind, in a fixed number of queries."""

    def register(finder: Finder) -> Finder:
        _finders[kind].append(finder)
        return finder

    return register


def duties(people: Sequence[User], at: datetime) -> list[Duty]:
    return sorted(_found(Duty, people, at), key=_urgency)


def waits(people: Sequence[User], at: datetime) -> list[Wait]:
    return sorted(_found(Wait, people, at), key=lambda wait: (wait.since is None, wait.since or at))


def appointments(people: Sequence[User], at: datetime) -> list[Appointment]:
    found = _found(Appointment, people, at)
    return sorted(found, key=lambda each: (each.starts_at is None, each.starts_at or at))


def _found(kind: type, people: Sequence[User], at: datetime) -> list[Any]:
    return [row for finder in _finders[kind] for row in finder(people, at)]


def _urgency(duty: Duty) -> tuple[Any, ...]:
    return (
        duty.rank,
        duty.due or date.max,
        -(duty.worth or 0),
        duty.since.timestamp() if duty.since else 0,
    )
