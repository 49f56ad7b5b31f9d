"""A quarter week by week, beside the same week of earlier quarters, from snapshots.

Week 0 is the last snapshot before the quarter begins, week n the last of its n-th seven days.
Figures are cumulative: Commit is what is closed and what is committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.db.models import Q, Sum

from emdesk.configuration.currencies import desk_currency
from emdesk.fiscal import Quarter
from emdesk.people.models import User
from forecasting.look import COMPARED, before
from forecasting.models import Snapshot
from forecasting.models.snapshot import SnapshotQuerySet
from scoping.categories import CUMULATIVE, up_to
from scoping.models import Opportunity, Stage
from scoping.quarters import FiscalCalendar, on_days
from scoping.rules import reads_whole_win_rate

WEEK = timedelta(days=7)
MEASURES = {str(category): str(category.label) for category in CUMULATIVE}


@dataclass
class Course:
    """One quarter; ``values`` by week, and the day each was taken at the end of."""

    quarter: Quarter
    spans: list[tuple[date, date]]
    days: dict[int, date] = field(default_factory=dict)
    values: dict[int, Decimal] = field(default_factory=dict)

    @property
    def last_week(self) -> int | None:
        return max(self.days, default=None)

    def week_of(self, day: date) -> int:
        """0 before it begins."""
        first = self.spans[0][0]
        return 0 if day < first else (day - first).days // 7 + 1


@dataclass(frozen=True)
class Pacing:
    """The ``quarter`` and those before it, by a measure, over the deals ``user`` may add up."""

    quarter: Quarter
    measure: str
    narrowing: Q
    user: User
    at: datetime
    calendar: FiscalCalendar = field(default_factory=FiscalCalendar)

    @cached_property
    def currency(self) -> str:
        return desk_currency(self.calendar.day_at(self.at))

    @cached_property
    def courses(self) -> list[Course]:
        """The latest first."""
        quarters = [self.quarter, *reversed(before(self.quarter, COMPARED))]
        found = [Course(each, self.calendar.days(each)) for each in quarters]
        taken = self._taken(found)
        for course in found:
            self._follow(course, taken)
        return found

    @property
    def this(self) -> Course:
        return self.courses[0]

    @property
    def earlier(self) -> list[Course]:
        return self.courses[1:]

    @property
    def weeks(self) -> range:
        return range(max((each.last_week or 0) for each in self.courses) + 1)

    @property
    def empty(self) -> bool:
        return not any(course.days for course in self.courses)

    def usual(self, week: int) -> Decimal | None:
        """The mean of the earlier quarters in this week, of those that have it."""
        known = [each.values[week] for each in self.earlier if week in each.values]
        return sum(known, Decimal(0)) / len(known) if known else None

    @property
    def ahead(self) -> Decimal | None:
        """How far the latest week is above the usual, or below it."""
        week = self.this.last_week
        usual = None if week is None else self.usual(week)
        return None if week is None or usual is None else self.this.values[week] - usual

    def ended_at(self, course: Course) -> Decimal:
        """What was won in it, as it stands now."""
        deals = Opportunity.objects.counted().filter(stage=Stage.WON).in_region()
        won = deals.filter(on_days("close_date", course.spans), self.narrowing)
        if not reads_whole_win_rate(self.user):
            won = won.visible_to(self.user)
        priced = won.valued(self.calendar.day_at(self.at), self.currency)
        worth: Decimal | None = priced.aggregate(worth=Sum("desk_value"))["worth"]
        return worth or Decimal(0)

    def rows(self, course: Course, week: int) -> SnapshotQuerySet:
        """The deals behind one value."""
        found = self._snapshots().closing_in(course.spans).filter(date=course.days[week])
        return found.filter(category__in=up_to(self.measure))

    def _snapshots(self) -> SnapshotQuerySet:
        found: SnapshotQuerySet = Snapshot.objects.filter(self.narrowing)
        return found if reads_whole_win_rate(self.user) else found.visible_to(self.user)

    def _taken(self, courses: Iterable[Course]) -> list[date]:
        """Days that have a snapshot in figures of this currency, the earliest first."""
        spans = [span for course in courses for span in course.spans]
        first, last = min(span[0] for span in spans), max(span[1] for span in spans)
        rows = Snapshot.objects.filter(date__range=(first - WEEK, last))
        told = rows.filter(desk_currency=self.currency).order_by("date")
        return list(told.values_list("date", flat=True).distinct())

    def _follow(self, course: Course, taken: Iterable[date]) -> None:
        first, last = course.spans[0][0], course.spans[-1][1]
        for day in taken:
            if first - WEEK <= day <= last:
                course.days[course.week_of(day)] = day
        sums = self._sums(course)
        course.values.update({week: sums.get(day, Decimal(0)) for week, day in course.days.items()})

    def _sums(self, course: Course) -> Mapping[date, Decimal]:
        found = self._snapshots().closing_in(course.spans)
        rows = found.filter(date__in=course.days.values(), category__in=up_to(self.measure))
        summed = rows.order_by().values_list("date").annotate(total=Sum("desk_value"))
        return {day: worth or Decimal(0) for day, worth in summed}
