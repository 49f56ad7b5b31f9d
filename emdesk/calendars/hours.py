"""Counting hours: all of them, those of worked days, or those of the office.

A moment counts by what the clock on the wall of the calendar's zone shows at it. So an hour that
daylight saving skips counts nowhere, and one that it repeats counts twice, as both were lived.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import models

if TYPE_CHECKING:
    from emdesk.calendars.models import SpecialDay, WorkingCalendar

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
NOTHING = timedelta()
PROBE = timedelta(hours=6)
SECOND = timedelta(seconds=1)

Spell = tuple[datetime, datetime]


class Hours(models.TextChoices):
    """Which hours a budget is made of."""

    ELAPSED = "elapsed", "elapsed hours"
    WORKING_DAYS = "working_days", "hours of working days"
    OFFICE = "office", "office hours"


class TooFar(ValueError):
    """The budget is not used up before the calendar of the computer ends."""


class Window(NamedTuple):
    """Part of a day in minutes since its midnight; 1440 is the midnight at its end."""

    opens: int
    closes: int


Windows = tuple[Window, ...]
WHOLE_DAY: Windows = (Window(0, 24 * 60),)


@dataclass(frozen=True)
class Timetable:
    """When work is done: by the week (Monday first), and on days that are not as usual.

    ``exceptions`` maps a day to its own windows, none of them when it is closed; it wins over
    ``holidays``, which are closed.
    """

    zone: ZoneInfo
    week: tuple[Windows, ...]
    exceptions: Mapping[date, Windows] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    def windows(self, day: date) -> Windows:
        if day in self.exceptions:
            return self.exceptions[day]
        return () if day in self.holidays else self.week[day.weekday()]

    def counted(self, day: date, hours: Hours) -> Windows:
        """What of a day counts."""
        windows = self.windows(day)
        return WHOLE_DAY if windows and hours == Hours.WORKING_DAYS else windows

    def usual(self, hours: Hours) -> timedelta:
        """What counts in a week without special days in which the clocks are not changed."""
        minutes = 0
        for windows in self.week:
            counted = WHOLE_DAY if windows and hours == Hours.WORKING_DAYS else windows
            minutes += sum(window.closes - window.opens for window in counted)
        return timedelta(minutes=minutes)

    @cached_property
    def special_days(self) -> list[date]:
        return sorted({*self.exceptions, *self.holidays})

    def is_usual(self, first: date, last: date) -> bool:
        """Whether no special day lies between these, both included."""
        place = bisect_left(self.special_days, first)
        return place == len(self.special_days) or self.special_days[place] > last

    def as_json(self) -> dict[str, Any]:
        return {
            "zone": self.zone.key,
            "week": [_pairs(windows) for windows in self.week],
            "exceptions": {
                day.isoformat(): _pairs(windows) for day, windows in sorted(self.exceptions.items())
            },
            "holidays": [day.isoformat() for day in sorted(self.holidays)],
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Timetable:
        return cls(
            zone=ZoneInfo(said["zone"]),
            week=tuple(_windows(pairs) for pairs in said["week"]),
            exceptions={
                date.fromisoformat(day): _windows(pairs)
                for day, pairs in said["exceptions"].items()
            },
            holidays=frozenset(date.fromisoformat(day) for day in said["holidays"]),
        )


def _pairs(windows: Windows) -> list[list[int]]:
    return [[window.opens, window.closes] for window in windows]


def _windows(pairs: Iterable[Iterable[int]]) -> Windows:
    return tuple(Window(*pair) for pair in pairs)


def timetable(calendar: WorkingCalendar) -> Timetable:
    """As the calendar stands now, in at most four queries."""
    week: list[list[Window]] = [[] for _ in range(7)]
    for opening in calendar.openings.all():
        week[opening.weekday].append(Window(opening.opens, opening.closes))
    special = calendar.special_days.all()
    if "special_days" not in getattr(calendar, "_prefetched_objects_cache", ()):
        special = special.prefetch_related("openings")
    return Timetable(
        zone=ZoneInfo(calendar.time_zone),
        week=tuple(tuple(windows) for windows in week),
        exceptions={each.day: own_hours(each) for each in special},
        holidays=frozenset(holiday.day for holiday in calendar.holidays.all()),
    )


def own_hours(day: SpecialDay) -> Windows:
    return tuple(Window(opening.opens, opening.closes) for opening in day.openings.all())


def due(start: datetime, budget: timedelta, hours: Hours, timetable: Timetable | None) -> datetime:
    """The earliest moment, in UTC, at which ``budget`` is spent. Without a timetable all counts.

    Raises ValueError for a negative budget and for a week without working time, and
    :class:`TooFar` when the moment lies beyond what the computer can name.
    """
    if budget < NOTHING:
        raise ValueError("A budget of hours cannot be negative.")
    start = start.astimezone(UTC)
    if timetable is None or hours == Hours.ELAPSED:
        return _later(start, budget)
    if not timetable.usual(hours):
        raise ValueError("This calendar has no working time in its week.")
    return _due(start, budget, hours, timetable)


def spent(start: datetime, end: datetime, hours: Hours, timetable: Timetable | None) -> timedelta:
    """What counts between two moments; nothing when the end is not after the start."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return NOTHING
    if timetable is None or hours == Hours.ELAPSED:
        return end - start
    total, usual = NOTHING, timetable.usual(hours)
    while end - start > WEEK:
        after = start + WEEK
        quiet = _is_quiet(start, after, timetable)
        total += usual if quiet else _sum(_spells(start, after, hours, timetable))
        start = after
    return total + _sum(_spells(start, end, hours, timetable))


def worked(start: datetime, end: datetime, hours: Hours, timetable: Timetable) -> list[Spell]:
    """The stretches that count between two moments, in UTC and in order; for drawing."""
    return list(_spells(start.astimezone(UTC), end.astimezone(UTC), hours, timetable))


def _due(start: datetime, left: timedelta, hours: Hours, timetable: Timetable) -> datetime:
    if not left:
        return start
    usual = timetable.usual(hours)
    while True:
        after = _later(start, WEEK)
        if left > usual and _is_quiet(start, after, timetable):
            left -= usual
        else:
            for begin, end in _spells(start, after, hours, timetable):
                if left <= end - begin:
                    return begin + left
                left -= end - begin
        start = after


def _later(start: datetime, duration: timedelta) -> datetime:
    try:
        return start + duration
    except OverflowError:
        raise TooFar("This lies too far in the future.") from None


def _sum(spells: Iterator[Spell]) -> timedelta:
    return sum((end - begin for begin, end in spells), NOTHING)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or NOTHING


def _is_quiet(start: datetime, end: datetime, timetable: Timetable) -> bool:
    """Whether between these nothing differs from the usual week, which then counts in full."""
    zone = timetable.zone
    at_start, at_end = _offset(start, zone), _offset(end, zone)
    steady = at_start == _offset(start + (end - start) / 2, zone) == at_end
    return steady and timetable.is_usual((start + at_start).date(), (end + at_end).date())


def _spells(start: datetime, end: datetime, hours: Hours, timetable: Timetable) -> Iterator[Spell]:
    for begin, until, offset in _steady(start, end, timetable.zone):
        day = (begin + offset).date()
        while (midnight := datetime(day.year, day.month, day.day, tzinfo=UTC) - offset) < until:
            for opens, closes in timetable.counted(day, hours):
                opened = max(begin, midnight + timedelta(minutes=opens))
                closed = min(until, midnight + timedelta(minutes=closes))
                if opened < closed:
                    yield opened, closed
            day += DAY


def _steady(
    start: datetime, end: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Cut a stretch where the zone's clocks are changed; each piece with its offset from UTC."""
    begin, offset = start, _offset(start, zone)
    moment = start
    while moment < end:
        after = min(end, moment + PROBE)
        if _offset(after, zone) != offset:
            change = _change(moment, after, zone)
            if begin < change:
                yield begin, min(change, end), offset
            begin, offset = change, _offset(change, zone)
        moment = after
    if begin < end:
        yield begin, end, offset


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second after ``before`` at which the clocks show what they show at ``after``."""
    low, high = before.replace(microsecond=0), after.replace(microsecond=0)
    new = _offset(after, zone)
    while high - low > SECOND:
        middle = low + timedelta(seconds=(high - low) // SECOND // 2)
        if _offset(middle, zone) == new:
            high = middle
        else:
            low = middle
    return high
