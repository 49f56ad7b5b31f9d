"""Working time once more, minute by minute.

Written from the meaning of the words alone: a minute counts when the clock on the wall of the
calendar's zone shows working time at its start. Nothing of :mod:`emdesk.calendars` is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Spans = Sequence[tuple[int, int]]  # minutes since midnight
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Office:
    zone: str
    week: Sequence[Spans]
    exceptions: Mapping[date, Spans]
    holidays: Set[date]

    def spans(self, day: date) -> Spans:
        if day in self.exceptions:
            return self.exceptions[day]
        if day in self.holidays:
            return []
        return self.week[day.weekday()]

    def counts(self, moment: datetime, kind: str) -> bool:
        """``kind`` is elapsed, working_days or office."""
        if kind == "elapsed":
            return True
        wall = moment.astimezone(ZoneInfo(self.zone))
        spans = self.spans(wall.date())
        if kind == "working_days":
            return len(spans) > 0
        minute = 60 * wall.hour + wall.minute
        return any(first <= minute < last for first, last in spans)


def due_by_minutes(office: Office, start: datetime, minutes: int, kind: str) -> datetime:
    """``start`` lies on a whole minute."""
    moment = start.astimezone(UTC)
    while minutes:
        if office.counts(moment, kind):
            minutes -= 1
        moment += MINUTE
    return moment


def spent_by_minutes(office: Office, start: datetime, end: datetime, kind: str) -> int:
    moment, minutes = start.astimezone(UTC), 0
    while moment < end:
        minutes += office.counts(moment, kind)
        moment += MINUTE
    return minutes
