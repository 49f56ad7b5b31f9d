"""Taking snapshots: one a week by itself, and of any day that is over from the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from django import forms
from django.db import connection
from django.db.models import Max
from django.db.transaction import atomic

from emdesk.configuration.definitions import Definition, register
from emdesk.configuration.values import value_of
from emdesk.copying import copy
from emdesk.ledger.models import Event
from emdesk.ledger.recording import Projection
from forecasting.as_at import Past, end_of
from forecasting.models import Snapshot
from forecasting.weeks import FRIDAY, WEEKDAYS
from scoping.models import Stage
from scoping.models.opportunity import UNCOUNTED
from scoping.quarters import FiscalCalendar, day_at

WEEKDAY = "snapshot_weekday"
LOOKED_BACK = 66  # weeks
COMPARED = tuple(each.attname for each in Snapshot._meta.concrete_fields if each.attname != "id")

register(
    Definition(
        key=WEEKDAY,
        name="Day of the weekly snapshot",
        help="The forecast is kept as it stands when this day of each week is over.",
        default=FRIDAY,
        field=lambda: forms.TypedChoiceField(choices=[*enumerate(WEEKDAYS)], coerce=int),
    )
)


class NotOver(ValueError):
    """A day has no snapshot before it ends."""


def due_days(at: datetime) -> list[date]:
    """The weekly days that are over and have no snapshot since the last that has one."""
    weekday = value_of(WEEKDAY, at.date())
    today = day_at(at)
    last = today - timedelta(days=(today.weekday() - weekday) % 7)
    last -= timedelta(days=7 * (end_of(last) > at))
    taken = Snapshot.objects.filter(date__iso_week_day=weekday + 1)
    before: date = taken.aggregate(last=Max("date"))["last"] or last - timedelta(days=7)
    return [before + timedelta(days=7 * week) for week in range(1, 1 + (last - before).days // 7)]


def weekly_days(first: date, last: date, at: datetime) -> list[date]:
    """Those within these days, both included."""
    behind = (value_of(WEEKDAY, at.date()) - first.weekday()) % 7
    count = (last - first).days - behind
    return [first + timedelta(days=behind + 7 * week) for week in range(count // 7 + 1)]


def take_past_weeks(at: datetime) -> None:
    """Those of five quarters, for a desk that has just been filled with a history."""
    if due := due_days(at):
        take([due[-1] - timedelta(days=7 * week) for week in range(LOOKED_BACK)], at)


def take(days: Collection[date], at: datetime) -> dict[date, int]:
    """Keep the forecast of these days; how many rows each got that were not there yet."""
    if not days:
        return {}
    for day in days:
        if end_of(day) > at:
            raise NotOver(f"{day} is not over yet. Its snapshot can be taken from then on.")
    past, calendar = Past(min(days), at), FiscalCalendar()
    return {day: _keep(day, _rows(past, calendar, day)) for day in sorted(set(days), reverse=True)}


def _rows(past: Past, calendar: FiscalCalendar, day: date) -> Iterable[Snapshot]:
    """Of every open deal, and of those won since the quarter of that day began."""
    begins = min(first for first, _ in calendar.days(calendar.quarter_of(day)))
    left_out = (Stage.LOST, *UNCOUNTED)
    for row in past.on(day):
        recent = row.stage != Stage.WON or (row.close_date and row.close_date >= begins)
        if recent and row.stage not in left_out:
            yield row


@atomic
def _keep(day: date, rows: Iterable[Snapshot]) -> int:
    """Once, however many try it at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"snapshot {day}"])
    there = set(Snapshot.objects.filter(date=day).values_list("opportunity_id", flat=True))
    new = [row for row in rows if row.opportunity_id not in there]
    copy(Snapshot, new)
    return len(new)


def _taken_days() -> list[date]:
    """The latest first."""
    return list(Snapshot.objects.order_by("-date").values_list("date", flat=True).distinct())


def _rebuild() -> None:
    days = _taken_days()
    Snapshot.objects.all().delete()
    if days:
        take(days, end_of(days[0]))


def _differences() -> int:
    """How many rows of the days that were taken are not as the ledger says."""
    days, found = _taken_days(), 0
    if not days:
        return 0
    past, calendar = Past(days[-1], end_of(days[0])), FiscalCalendar()
    for day in days:
        told = {
            tuple(getattr(row, name) for name in COMPARED) for row in _rows(past, calendar, day)
        }
        kept = set(Snapshot.objects.filter(date=day).values_list(*COMPARED))
        found += len({row[1] for row in told ^ kept})
    return found


def _follow(events: Sequence[Event]) -> None:
    """What was is not changed by what happens."""


SNAPSHOTS = Projection("snapshots of the forecast", _follow, _rebuild, _differences)
