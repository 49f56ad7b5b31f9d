"""One week of a calendar as it is lived: each day's hours, and why they are not the usual ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from emdesk.calendars.hours import Windows, timetable
from emdesk.calendars.models import WorkingCalendar
from emdesk.calendars.spelling import spell


@dataclass(frozen=True)
class DrawnDay:
    """``bars`` are start and length in minutes of the day; ``why`` names a holiday or the like."""

    day: date
    hours: str
    bars: Sequence[tuple[int, int]]
    why: str


def draw_week(calendar: WorkingCalendar, day: date) -> list[DrawnDay]:
    """The week, from its Monday, in which ``day`` lies."""
    table = timetable(calendar)
    reasons = {each.day: each.name for each in calendar.holidays.all()}
    reasons |= {each.day: each.name for each in calendar.special_days.all()}
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=number) for number in range(7)]
    return [_drawn(each, table.windows(each), reasons.get(each, "")) for each in days]


def _drawn(day: date, windows: Windows, why: str) -> DrawnDay:
    bars = [(opens, closes - opens) for opens, closes in windows]
    return DrawnDay(day, spell(windows) or "Closed", bars, why)
