"""Which fiscal quarter a moment belongs to: decided in one named zone for everybody."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.db.models import Case, DateField, Q, When
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncDate
from django.utils.functional import cached_property

from emdesk.configuration.definitions import Definition, register
from emdesk.configuration.fiscal_year import KEY, first_month
from emdesk.configuration.models import Setting
from emdesk.configuration.values import value_of
from emdesk.fiscal import Quarter
from scoping.models import ScopingIssue

ZONE = "fiscal_zone"
T = TypeVar("T", date, datetime)


def zones() -> forms.Field:
    return forms.ChoiceField(choices=[(name, name) for name in sorted(available_timezones())])


register(
    Definition(
        key=ZONE,
        name="Time zone of the fiscal calendar",
        help="A quarter ends at midnight here, for everybody.",
        default="America/Los_Angeles",
        field=zones,
    )
)


def quarter_at(at: datetime) -> Quarter:
    """The fiscal quarter of this moment."""
    return quarter_of(day_at(at))


def day_at(at: datetime) -> date:
    """The day of this moment, by the clock of the fiscal calendar."""
    return at.astimezone(ZoneInfo(value_of(ZONE, at.date()))).date()


def quarter_of(day: date) -> Quarter:
    return Quarter.containing(day, first_month(day))


def proposed_quarter(issue: ScopingIssue, at: datetime) -> Quarter:
    """The opportunity's close date decides, else today (domain.md §10.6)."""
    day = issue.opportunity.close_date if issue.opportunity else None
    return quarter_of(day) if day else quarter_at(at)


def counted_quarter(issue: ScopingIssue) -> Quarter:
    """The quarter a closed issue belongs to: the one it counts in, else the one it closed in."""
    if issue.close_quarter:
        return Quarter.parse(issue.close_quarter)
    return quarter_at(issue.entered_state_at)


DAY = timedelta(days=1)
EARLIEST, LATEST = date(1990, 1, 1), date(2110, 1, 1)


class FiscalCalendar:
    """The same answers for many days: what is set is read once for each time it was set.

    What is set holds from the start of its day in UTC on; days belong to quarters by the month
    that holds on them, so a quarter may be cut short, or come in parts, where the month changed.
    """

    def __init__(self) -> None:
        self._months: dict[int, int] = {}
        self._zones: dict[int, ZoneInfo] = {}

    def quarter_of(self, day: date) -> Quarter:
        return Quarter.containing(day, self._month(bisect_right(self._turns, day)))

    def quarter_at(self, at: datetime) -> Quarter:
        return self.quarter_of(self.day_at(at))

    def day_at(self, at: datetime) -> date:
        turn = bisect_right(self._turns, at.astimezone(UTC).date())
        return at.astimezone(self._zone(turn)).date()

    def days(self, quarter: Quarter) -> list[tuple[date, date]]:
        """The first and last days of a quarter; nearly always of one part."""
        found = []
        for turn, (since, until) in enumerate(self._regimes()):
            month = self._month(turn)
            first, last = quarter.starts(month), quarter.ends(month)
            if (first := max(first, since)) <= (last := min(last, until - DAY)):
                found.append((first, last))
        return _joined(found, DAY)

    def moments(self, quarter: Quarter) -> list[tuple[datetime, datetime]]:
        """From when on, and until before when, a moment is in a quarter."""
        found = []
        for turn, (since, until) in enumerate(self._regimes()):
            opens, ends = (datetime.combine(day, time(), UTC) for day in (since, until))
            for first, last in self.days(quarter):
                start, end = (
                    datetime.combine(day, time(), self._zone(turn)) for day in (first, last + DAY)
                )
                if (start := max(start, opens)) < (end := min(end, ends)):
                    found.append((start, end))
        return _joined(found, timedelta())

    def day_of(self, field: str) -> Combinable:
        """The day of a moment in the database, where the desk's quarters are decided."""
        turns = list(enumerate(self._regimes()))
        *earlier, (last, _) = turns
        now = TruncDate(field, tzinfo=self._zone(last))
        if len({self._zone(turn).key for turn, _ in turns}) == 1:
            return now
        before = [
            When(
                **{f"{field}__lt": datetime.combine(until, time(), UTC)},
                then=TruncDate(field, tzinfo=self._zone(turn)),
            )
            for turn, (_, until) in earlier
        ]
        return Case(*before, default=now, output_field=DateField())

    @cached_property
    def _turns(self) -> list[date]:
        settings = Setting.objects.filter(key__in=[KEY, ZONE]).order_by("effective_from")
        return list(settings.values_list("effective_from", flat=True))

    def _regimes(self) -> list[tuple[date, date]]:
        """From each day on which something was set until before the next."""
        starts = [EARLIEST, *self._turns]
        return list(zip(starts, [*self._turns, LATEST], strict=True))

    def _month(self, turn: int) -> int:
        if turn not in self._months:
            self._months[turn] = first_month(self._since(turn))
        return self._months[turn]

    def _zone(self, turn: int) -> ZoneInfo:
        if turn not in self._zones:
            self._zones[turn] = ZoneInfo(value_of(ZONE, self._since(turn)))
        return self._zones[turn]

    def _since(self, turn: int) -> date:
        return self._turns[turn - 1] if turn else EARLIEST


def during(field: str, spans: Sequence[tuple[datetime, datetime]]) -> Q:
    """Records of which a moment lies in one of these spans."""
    each = [Q(**{f"{field}__gte": start, f"{field}__lt": end}) for start, end in spans]
    return Q(*each, _connector=Q.OR) if each else Q(pk__in=())


def on_days(field: str, spans: Sequence[tuple[date, date]]) -> Q:
    """Records of which a day lies in one of these spans, both ends included."""
    each = [Q(**{f"{field}__range": span}) for span in spans]
    return Q(*each, _connector=Q.OR) if each else Q(pk__in=())


def _joined(spans: list[tuple[T, T]], gap: timedelta) -> list[tuple[T, T]]:
    """Spans of which one begins right after the other, as one."""
    found: list[tuple[T, T]] = []
    for start, end in spans:
        if found and found[-1][1] + gap == start:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found
