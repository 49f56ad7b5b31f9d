"""The plans of a quarter, told in the desk's currency.

Source: domain.md §13: bookings per agreed plan weigh 75 %, revenue 25 %.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django import forms

from emdesk.configuration.currencies import Rates, rates_on
from emdesk.configuration.definitions import Definition, register
from emdesk.fiscal import Quarter
from forecasting.models import Plan
from forecasting.rules import reads_calls
from scoping.targets import Asked, knows_targets

SHARE = "attainment_bookings"
FIELDS = ("bookings", "revenue", "recognised")
Sum = Decimal | None


@dataclass(frozen=True)
class Target:
    """What is to be booked and recognised, and what was recognised so far. Null is not told."""

    bookings: Sum = None
    revenue: Sum = None
    recognised: Sum = None

    @property
    def told(self) -> bool:
        return any(getattr(self, name) is not None for name in FIELDS)


@dataclass(frozen=True)
class Attainment:
    """Shares of the plan, and both together as ``share`` of bookings and the rest of revenue."""

    target: Target
    closed: Decimal
    share: Decimal

    @property
    def bookings(self) -> Sum:
        return _of(self.closed, self.target.bookings)

    @property
    def revenue(self) -> Sum:
        return _of(self.target.recognised, self.target.revenue)

    @property
    def score(self) -> Sum:
        """None until both are known."""
        if self.bookings is None or self.revenue is None:
            return None
        return self.share * self.bookings + (1 - self.share) * self.revenue


class Targets:
    """Of one quarter, in one query, and one more where a plan is in another currency."""

    def __init__(self, quarter: Quarter, on: date, currency: str) -> None:
        self._on, self._currency = on, currency
        asked = Plan.objects.filter(quarter=str(quarter)).select_related("engagement_manager")
        self.plans = list(asked)

    @property
    def unpriced(self) -> int:
        """Plans in a currency without a rate, which count nowhere."""
        return sum(self._rate(plan) is None for plan in self.plans)

    def of(self, region: str | None = None, em: int | None = None) -> Target:
        """Of a person, in one region or in all; of a region; without either of everybody."""
        if em is not None:
            return self._sum(
                plan
                for plan in self.plans
                if plan.engagement_manager_id == em and region in (None, plan.region)
            )
        regions = {plan.region for plan in self.plans} if region is None else {region}
        parts = [self._region(each) for each in sorted(regions)]
        return Target(*(_added(getattr(part, name) for part in parts) for name in FIELDS))

    def _region(self, region: str) -> Target:
        """Its own plan where that tells, else what its people's add up to."""
        here = [plan for plan in self.plans if plan.region == region]
        own = self._sum(plan for plan in here if plan.engagement_manager_id is None)
        people = self._sum(plan for plan in here if plan.engagement_manager_id is not None)
        told = ((getattr(own, name), getattr(people, name)) for name in FIELDS)
        return Target(*(theirs if whole is None else whole for whole, theirs in told))

    def _sum(self, plans: Iterable[Plan]) -> Target:
        rows = [plan for plan in plans if self._rate(plan) is not None]
        return Target(*(_added(self._worth(plan, name) for plan in rows) for name in FIELDS))

    def _worth(self, plan: Plan, name: str) -> Sum:
        told: Sum = getattr(plan, name)
        rate = self._rate(plan)
        return None if told is None or rate is None else round(told * rate, 2)

    def _rate(self, plan: Plan) -> Sum:
        if plan.currency == self._currency:
            return Decimal(1)
        return self._rates.between(plan.currency, self._currency)

    @cached_property
    def _rates(self) -> Rates:
        return rates_on(self._on)


@knows_targets
def booked_target(asked: Asked) -> Sum:
    """Bookings of those asked for, for whoever reads plans."""
    if not reads_calls(asked.user):
        return None
    found = Targets(asked.quarter, asked.on, asked.currency)
    if asked.people is None:
        return found.of(asked.region).bookings
    return _added(found.of(asked.region, em).bookings for em in asked.people)


def _added(told: Iterable[Sum]) -> Sum:
    known = [each for each in told if each is not None]
    return sum(known, Decimal(0)) if known else None


def _of(reached: Sum, target: Sum) -> Sum:
    return reached / target if target and reached is not None else None


register(
    Definition(
        key=SHARE,
        name="Share of bookings in attainment",
        help="Bookings weigh this much of an engagement manager's attainment, revenue the rest.",
        default=Decimal("0.75"),
        field=lambda: forms.DecimalField(min_value=0, max_value=1, max_digits=4, decimal_places=3),
        read=Decimal,
    )
)
