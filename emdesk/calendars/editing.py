"""Every change to a calendar: the rows, one event about it, and a version when its hours changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.transaction import atomic

from emdesk.calendars.hours import Windows, timetable
from emdesk.calendars.models import (
    CalendarVersion,
    Holiday,
    Opening,
    SpecialDay,
    SpecialOpening,
    WorkingCalendar,
)
from emdesk.calendars.spelling import spell, spell_week
from emdesk.ledger.models import Event
from emdesk.ledger.recording import append, event_of, lock, record

IDENTITY = ("name", "time_zone", "country", "subdivision", "is_active")

REMOVED = {
    Holiday: "calendars.holiday_removed",
    SpecialDay: "calendars.special_day_removed",
}


class Overtaken(Exception):
    """Somebody else changed the calendar after this person looked at it."""


@atomic
def create(
    calendar: WorkingCalendar, week: Sequence[Windows], *, by: Any, at: datetime
) -> WorkingCalendar:
    calendar.full_clean()
    calendar.save()
    _open(calendar, week)
    _publish(calendar, at)
    said = {name: getattr(calendar, name) for name in IDENTITY}
    record(calendar, "calendars.added", by=by, at=at, **said, week=spell_week(week))
    return calendar


def change(
    calendar: WorkingCalendar,
    *,
    week: Sequence[Windows],
    seen: int,
    by: Any,
    at: datetime,
    **fields: Any,
) -> None:
    """Set its name, zone, place and week; ``seen`` is the last event the person knew of."""
    with _editing(calendar, at):
        if seen != latest(calendar):
            raise Overtaken
        stored = WorkingCalendar.objects.get(pk=calendar.pk)
        was = {name: getattr(stored, name) for name in fields}
        before = timetable(stored).week
        for name, value in fields.items():
            setattr(calendar, name, value)
        changed = {name: [was[name], fields[name]] for name in was if was[name] != fields[name]}
        if before != tuple(week):
            changed["week"] = [spell_week(before), spell_week(week)]
            calendar.openings.all().delete()
            _open(calendar, week)
        calendar.full_clean()
        calendar.save()
        if changed:
            append([event_of(calendar, "calendars.changed", by=by, at=at, changed=changed)])


def keep_special_day(row: SpecialDay, windows: Windows, *, by: Any, at: datetime) -> None:
    """Make or change an exceptional day, with its own hours or none."""
    with _editing(row.calendar, at):
        row.full_clean()
        row.save()
        row.openings.all().delete()
        SpecialOpening.objects.bulk_create(
            SpecialOpening(special_day=row, opens=opens, closes=closes) for opens, closes in windows
        )
        said: dict[str, Any] = {"day": row.day, "name": row.name, "hours": spell(windows)}
        append([event_of(row.calendar, "calendars.special_day_set", by=by, at=at, **said)])


def keep_holiday(row: Holiday, *, by: Any, at: datetime) -> None:
    """Make or change a holiday by hand; no copying touches it from now on."""
    with _editing(row.calendar, at):
        row.copied_from = ""
        row.full_clean()
        row.save()
        said: dict[str, Any] = {"day": row.day, "name": row.name}
        append([event_of(row.calendar, "calendars.holiday_set", by=by, at=at, **said)])


def remove(row: Holiday | SpecialDay, *, by: Any, at: datetime) -> None:
    verb = REMOVED[type(row)]
    with _editing(row.calendar, at):
        said: dict[str, Any] = {"day": row.day, "name": row.name}
        append([event_of(row.calendar, verb, by=by, at=at, **said)])
        row.delete()


def copy_holidays(
    calendar: WorkingCalendar, days: Mapping[date, str], *, place: str, by: Any, at: datetime
) -> int:
    """Add the days that are no holidays yet; how many. What is there stays as it is."""
    with _editing(calendar, at):
        known = set(calendar.holidays.values_list("day", flat=True))
        new = [
            Holiday(calendar=calendar, day=day, name=name, copied_from=place)
            for day, name in sorted(days.items())
            if day not in known
        ]
        for row in new:
            row.clean_fields()
        Holiday.objects.bulk_create(new)
        if new:
            said: dict[str, Any] = {"copied_from": place, "days": [row.day for row in new]}
            append([event_of(calendar, "calendars.holidays_copied", by=by, at=at, **said)])
    return len(new)


def latest(calendar: WorkingCalendar) -> int:
    """The number of the last event about it; 0 while it is as delivered."""
    events = Event.objects.about(calendar).order_by("-number")
    return events.values_list("number", flat=True).first() or 0


@contextmanager
def _editing(calendar: WorkingCalendar, at: datetime) -> Iterator[None]:
    """One change at a time; whatever it does to the hours becomes a version."""
    with atomic():
        lock(calendar)
        yield
        _publish(calendar, at)


def _publish(calendar: WorkingCalendar, at: datetime) -> None:
    fresh = WorkingCalendar.objects.with_days().get(pk=calendar.pk)
    hours = timetable(fresh).as_json()
    newest = calendar.versions.order_by("-number").first()
    if newest is None or newest.hours != hours:
        number = newest.number + 1 if newest else 1
        since = max(at, newest.since) if newest else at
        CalendarVersion.objects.create(calendar=calendar, number=number, since=since, hours=hours)


def _open(calendar: WorkingCalendar, week: Sequence[Windows]) -> None:
    if not any(week):
        raise ValidationError("This week has no working time. Give at least one day some.")
    Opening.objects.bulk_create(
        Opening(calendar=calendar, weekday=day, opens=opens, closes=closes)
        for day, windows in enumerate(week)
        for opens, closes in windows
    )
