"""How near the forecast was to the result, twelve weeks before a quarter's end to one week before.

A forecast is what the snapshot of a week adds up to for the quarter, cumulative; the result is
what was won in it, as it stands now. Error is the mean of how far apart both were in parts of
the result, bias the same with its sign: above zero more was forecast than came.

Source: peers.md §2.8 (forecast at week −12 … −1 against the result, error and bias).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.db.models import Q, Sum

from emdesk.configuration.currencies import desk_currency
from emdesk.fiscal import Quarter
from emdesk.people.models import User
from forecasting.look import before
from forecasting.models import Snapshot
from scoping.categories import up_to
from scoping.models import Opportunity, Stage
from scoping.quarters import FiscalCalendar, on_days

WEEK = timedelta(days=7)
LAST_WEEKS = 12
QUARTERS = 8
EVERYBODY = -1
Whose = int | None
Sums = Mapping[tuple[Quarter, Whose], Decimal]


@dataclass(frozen=True)
class Missed:
    """One week before the end: how far off, over so many quarters; parts of the result."""

    n: int
    error: Decimal
    bias: Decimal


@dataclass(frozen=True)
class Past:
    """A quarter that is over, and the day of the snapshot of each week before its end."""

    quarter: Quarter
    spans: list[tuple[date, date]]
    days: Mapping[int, date]


@dataclass(frozen=True)
class Told:
    """One quarter: what was won, and by week before its end what was forecast."""

    quarter: Quarter
    result: Decimal
    forecasts: Mapping[int, Decimal]


@dataclass(frozen=True)
class Backtest:
    """Of the quarters before ``at``, by a measure of the forecast; in a fixed number of queries."""

    measure: str
    at: datetime
    calendar: FiscalCalendar = field(default_factory=FiscalCalendar)

    @cached_property
    def currency(self) -> str:
        return desk_currency(self.calendar.day_at(self.at))

    @cached_property
    def pasts(self) -> list[Past]:
        """Those that have snapshots in figures of today's currency, the latest first."""
        quarters = before(self.calendar.quarter_at(self.at), QUARTERS)[::-1]
        spans = {each: days for each in quarters if (days := self.calendar.days(each))}
        if not spans:
            return []
        first = min(days[0][0] for days in spans.values()) - WEEK
        kept = Snapshot.objects.filter(date__gte=first, desk_currency=self.currency)
        taken = sorted(kept.order_by().values_list("date", flat=True).distinct())
        found = [Past(each, days, _weeks(days[-1][1], taken)) for each, days in spans.items()]
        return [each for each in found if each.days]

    def missed(self, whose: Whose = EVERYBODY) -> dict[int, Missed]:
        """By week before the end, for one engagement manager or for everybody together."""
        found: dict[int, list[Decimal]] = defaultdict(list)
        for each in self.told(whose):
            for week, forecast in each.forecasts.items():
                found[week].append((forecast - each.result) / each.result)
        return {week: _mean(parts) for week, parts in sorted(found.items(), reverse=True)}

    def told(self, whose: Whose = EVERYBODY) -> list[Told]:
        """Each quarter that has a result, with what was forecast of it week by week."""
        return [
            Told(
                past.quarter,
                result,
                {
                    week: self._forecasts[week].get((past.quarter, whose), Decimal(0))
                    for week in past.days
                },
            )
            for past in self.pasts
            if (result := self._results.get((past.quarter, whose)))
        ]

    @cached_property
    def people(self) -> list[User]:
        """Engagement managers with a result in any of the quarters."""
        pks = {whose for _, whose in self._results if whose not in (None, EVERYBODY)}
        return list(User.objects.filter(pk__in=pks).order_by("name", "pk"))

    @cached_property
    def _forecasts(self) -> Mapping[int, Sums]:
        """By week, what the snapshots of that week say of each quarter and person."""
        which = Q(pk__in=())
        for past in self.pasts:
            which |= Q(date__in=[*past.days.values()]) & on_days("close_date", past.spans)
        rows = Snapshot.objects.filter(which, category__in=up_to(self.measure))
        told = rows.order_by().values_list("date", "close_date", "engagement_manager")
        by_day: dict[tuple[date, Quarter], dict[Whose, Decimal]] = defaultdict(dict)
        for day, closes, em, worth in told.annotate(total=Sum("desk_value")):
            sums = by_day[day, self.calendar.quarter_of(closes)]
            _add(sums, em, worth)
        return {
            week: {
                (past.quarter, whose): worth
                for past in self.pasts
                if week in past.days
                for whose, worth in by_day[past.days[week], past.quarter].items()
            }
            for week in range(1, LAST_WEEKS + 1)
        }

    @cached_property
    def _results(self) -> Sums:
        """What was won in each, by whose it is now."""
        won = Opportunity.objects.counted().filter(
            on_days("close_date", [span for past in self.pasts for span in past.spans]),
            stage=Stage.WON,
        )
        priced = won.valued(self.calendar.day_at(self.at), self.currency).order_by()
        told = priced.values_list("close_date", "engagement_manager")
        found: dict[Quarter, dict[Whose, Decimal]] = defaultdict(dict)
        for closed, em, worth in told.annotate(worth=Sum("desk_value")):
            _add(found[self.calendar.quarter_of(closed)], em, worth)
        return {
            (quarter, whose): worth
            for quarter, sums in found.items()
            for whose, worth in sums.items()
        }


def _weeks(last: date, taken: Iterable[date]) -> dict[int, date]:
    """The last snapshot of each seven days before the end: week 1 is the last but one."""
    found = {}
    for day in taken:
        week = -(-(last - day).days // 7)
        if 1 <= week <= LAST_WEEKS:
            found[week] = day
    return found


def _add(sums: dict[Whose, Decimal], em: int | None, worth: Decimal | None) -> None:
    for whose in (em, EVERYBODY):
        sums[whose] = sums.get(whose, Decimal(0)) + (worth or Decimal(0))


def _mean(parts: list[Decimal]) -> Missed:
    n = len(parts)
    return Missed(n, sum(map(abs, parts), Decimal(0)) / n, sum(parts, Decimal(0)) / n)
