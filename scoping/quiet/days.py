"""The days of the rule: marks, closing and their order. Pure; nothing here asks the database.

All days are those of the fiscal calendar's zone, and a day is acted on in the night that follows
it: whoever has until the 24th has all of the 24th.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SIX_WEEKS, WEEK = timedelta(weeks=6), timedelta(weeks=1)
MONTHS = 2
LONGEST_HOLD = 6  # months; Q-18


class Mark(StrEnum):
    """What is told on the way, in this order."""

    SIX_WEEKS = "six_weeks"
    ONE_WEEK = "one_week"
    TWO_MONTHS = "two_months"


@dataclass(frozen=True)
class Keep:
    """Somebody said, on this day, that it stays open until that one."""

    until: date
    on: date
    reason: str = ""


@dataclass(frozen=True)
class Told:
    """A mark that was told in the night after this day, for two months that are over on ``due``."""

    mark: Mark
    due: date
    night: date


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last when it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def held_until(since: date, review: date) -> date:
    """On hold counts as active until the review date, for six months at most."""
    return min(review, months_after(since, LONGEST_HOLD))


@dataclass(frozen=True)
class Silence:
    """How long nobody has worked on an issue: ``active_on`` is the last day that counts as active.

    ``grace`` is in days; ``told`` all that was told of it so far, oldest first.
    """

    active_on: date
    grace: int
    keep: Keep | None = None
    told: tuple[Told, ...] = ()

    @property
    def two_months(self) -> date:
        return months_after(self.active_on, MONTHS)

    @property
    def kept(self) -> bool:
        """Whether somebody's word reaches further than the two months."""
        return self.keep is not None and self.keep.until > self.two_months

    @property
    def due(self) -> date:
        """The day that decides in which quarter it is lost: two months, or the end of the keep."""
        return self.keep.until if self.keep and self.kept else self.two_months

    @property
    def marks(self) -> list[tuple[Mark, date]]:
        """The day of each mark. Who keeps it open is not told of what they answered by that."""
        week, over = (Mark.ONE_WEEK, self.due - WEEK), (Mark.TWO_MONTHS, self.due)
        if self.keep and self.kept:
            return [week, over] if week[1] > self.keep.on else [over]
        return [(Mark.SIX_WEEKS, self.active_on + SIX_WEEKS), week, over]

    @property
    def heard(self) -> list[Told]:
        """What was told of these two months, not of those before somebody did something."""
        return [told for told in self.told if told.due == self.due]

    def closes_on(self, tonight: date) -> date:
        """After this day it is closed, unless something happens. Grace runs from the first notice."""
        first = min((told.night for told in self.heard), default=None)
        if first is None:
            first = max(self.marks[0][1], tonight)
        return max(self.due, first) + timedelta(days=self.grace)

    def asks(self, today: date) -> bool:
        """Whether it is somebody's turn to keep it open or let it close."""
        return self.marks[0][1] <= today

    def closes(self, tonight: date) -> bool:
        return self.closes_on(tonight) <= tonight

    def reached(self, tonight: date) -> list[tuple[Mark, date]]:
        """The marks to tell of tonight, those that a later one overtook first."""
        known = [told.mark for told in self.heard]
        order = [*Mark]
        beyond = max(map(order.index, known), default=-1)
        return [
            (mark, day) for mark, day in self.marks if day <= tonight and order.index(mark) > beyond
        ]
