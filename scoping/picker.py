"""What stands beside the picker of confidence. Upper packages add what they know of the colours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from emdesk.people.models import User
from scoping.models import Opportunity

LAST_WEEKS = 12


@dataclass(frozen=True)
class Note:
    """A sentence on one colour, for deals so many weeks before their close date; ``more`` leads on."""

    colour: str
    weeks: int
    text: str
    more: str


beside: list[Callable[[User, datetime], Iterable[Note]]] = []


def weeks_before(closes: date | None, day: date) -> int | None:
    """The week before its close date a deal stands in, 1 the last; None beyond twelve, or after."""
    if closes is None or not 0 < (closes - day).days <= 7 * LAST_WEEKS:
        return None
    return -(-(closes - day).days // 7)


def notes(user: User, at: datetime) -> list[Note]:
    """For whatever deal they judge next."""
    return [note for tell in beside for note in tell(user, at)]


def notes_on(deal: Opportunity, user: User, at: datetime) -> list[Note]:
    """For one deal, as it is dated."""
    weeks = weeks_before(deal.close_date, at.date())
    return [note for note in notes(user, at) if note.weeks == weeks] if weeks else []
