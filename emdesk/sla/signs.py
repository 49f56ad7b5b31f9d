"""What events say to clocks, in words that know no app.

The package that owns a kind of subject registers a :class:`Watch`: which of its events matter,
and what each of them says to the clocks of its subject.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple

from django.db.models import Q

from emdesk.calendars.models import CalendarVersion
from emdesk.ledger.models import Event

WARNED, BREACHED, ESCALATED = "sla.warned", "sla.breached", "sla.escalated"
MIGRATED = "sla.migrated"
ANNOUNCEMENTS = frozenset({WARNED, BREACHED, ESCALATED})
OWN = ANNOUNCEMENTS | {MIGRATED}


class Kind(IntEnum):
    """What a sign does; ``about`` names a promise, a reason or a person's side."""

    START = 1  # a promise begins; an implied one only if it never did before
    STOP = 2  # it is kept
    CANCEL = 3  # all that run are given up
    RESTART = 4  # those given up begin anew
    SINCE = 5  # it began earlier than was known
    CARRY = 6  # another subject brought it along
    LEG = 7  # one of its legs is done
    PAUSE = 8
    RESUME = 9
    TURN = 10  # whose turn it is from now on
    HALT = 11  # somebody lets this one promise stand still, and says why
    GO_ON = 12  # and lets it run again


class Sign(NamedTuple):
    """``implied`` is said by a move of the card alone; a deed is more exact and wins.

    ``dated`` is a moment that a person gave; any other is no earlier than what was recorded before.
    """

    kind: Kind
    about: str
    at: datetime
    implied: bool = False
    dated: bool = False
    leg: str = ""
    why: str = ""


class Told(NamedTuple):
    """What of an event matters here."""

    number: int
    verb: str
    at: datetime
    before: str
    after: str
    data: dict[str, Any]
    origin: str
    recorded_at: datetime | None
    actor: int | None

    @classmethod
    def of(cls, event: Event, number: int, recorded_at: datetime | None = None) -> Told:
        """An event as it was written, before the database numbered and dated it."""
        return cls(
            number,
            event.verb,
            event.at,
            event.before,
            event.after,
            event.data,
            event.origin,
            recorded_at,
            event.actor_id,
        )

    @property
    def moved(self) -> bool:
        return self.before != self.after


COLUMNS = ("number", "verb", "at", "before", "after", "data", "origin", "recorded_at", "actor_id")
Chain = Sequence[Told]
Calendars = Callable[[Iterable[int]], Mapping[int, CalendarVersion]]


def takes_nothing_back(event: Event) -> bool:
    return False


def nothing_voided(chain: Chain) -> set[int]:
    return set()


def no_calendars(subjects: Iterable[int]) -> Mapping[int, CalendarVersion]:
    return {}


@dataclass(frozen=True)
class Watch:
    """How the clocks of one kind of subject hear.

    ``matters`` says of a new event what ``stored`` says to the database; ``read`` turns an event
    into signs. ``takes_back`` knows an event that unmakes others, ``voided`` gives the numbers of
    those and of what they unmade. ``calendars`` is in which calendar each subject counts now.
    ``says`` tells people what starts and what stops each promise, ``legs`` are those of a promise
    in order, ``names`` how states, sides and legs are spelled.
    """

    label: str
    matters: Callable[[Event], bool]
    stored: Q
    read: Callable[[Told], Sequence[Sign]]
    takes_back: Callable[[Event], bool] = takes_nothing_back
    voided: Callable[[Chain], set[int]] = nothing_voided
    calendars: Calendars = no_calendars
    says: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    legs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


_watches: dict[str, Watch] = {}
_pauses: dict[str, str] = {}


def watch(each: Watch) -> None:
    _watches[each.label] = each


def watched(label: str) -> Watch | None:
    return _watches.get(label)


def labels() -> list[str]:
    return list(_watches)


def pauses_for(key: str, name: str) -> None:
    """A reason for which a policy may stand still, as its editor spells it."""
    _pauses[key] = name


def reason_name(reason: str) -> str:
    """How a reason is spelled; one that a person gave is spelled as they did."""
    return _pauses.get(reason, reason)


def pause_reasons() -> Mapping[str, str]:
    return _pauses
