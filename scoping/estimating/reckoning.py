"""An estimate's lines priced by the rates it pins; its range; the threshold for a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Subquery

from scoping.estimating.ranges import Guess, Range, range_of
from scoping.models import BillRate, CostRate, Estimate, EstimateLine, ResourceRole
from scoping.models.catalogue.items import EDUCATION_TYPES
from scoping.models.estimate import RISK_PERCENT
from scoping.pricing import ZERO, Category, Line, Priced, Terms, price

MANAGER = "manager"
Roles = dict[int, Any]


@dataclass(frozen=True)
class Rates:
    """By role: what an hour is sold for, and what it costs. ``usual`` goes for all others."""

    usual: Decimal
    bill: Mapping[int, Decimal]
    cost: Mapping[int, Decimal]
    manager: int | None

    def cost_of(self, line: EstimateLine) -> Decimal | None:
        """Standard cost is for own staff's hours; anything else says its own."""
        if line.cost is not None:
            return line.cost
        own = line.delivered_by == "own" and line.hours
        return self.cost.get(line.role_id or 0) if own else None

    def rate_of(self, line: EstimateLine) -> Decimal:
        if line.rate is not None:
            return line.rate
        return self.bill.get(line.role_id or 0, self.usual)


@dataclass(frozen=True)
class Reckoned:
    """``priced`` has its sums in the order of ``lines``."""

    estimate: Estimate
    lines: Sequence[EstimateLine]
    rates: Rates
    priced: Priced

    @cached_property
    def range(self) -> Range:
        guesses, certain = [], ZERO
        for line, priced in zip(self.lines, self.priced.lines, strict=True):
            if not priced.delivers:
                continue
            if (
                line.low is not None
                and line.high is not None
                and line.low <= line.hours <= line.high
            ):
                guesses.append(Guess(line.low, line.hours, line.high))
            else:
                certain += line.hours
        return range_of(guesses, certain)

    @property
    def phases(self) -> list[str]:
        """In the order in which the lines first name them."""
        return list(dict.fromkeys(line.phase for line in self.lines))


def roles_and_rates(estimate: Estimate, *, costs: bool) -> tuple[Roles, Rates]:
    """Who may do the work, and by the card and sheet the estimate pins what they cost, in one query.

    Without ``costs`` none is even read.
    """
    same = {"role": OuterRef("pk")}
    bill = BillRate.objects.filter(card=estimate.rate_card_id, **same)
    cost = CostRate.objects.filter(sheet=estimate.cost_sheet_id if costs else None, **same)
    rows = ResourceRole.objects.annotate(
        bill=Subquery(bill.values("rate")[:1]), cost=Subquery(cost.values("rate")[:1])
    )
    roles = {role.pk: role for role in rows}
    rates = Rates(
        usual=estimate.rate_card.rate if estimate.rate_card else ZERO,
        bill={pk: role.bill for pk, role in roles.items() if role.bill is not None},
        cost={pk: role.cost for pk, role in roles.items() if role.cost is not None},
        manager=next((pk for pk, role in roles.items() if role.key == MANAGER), None),
    )
    return roles, rates


def reckon(
    estimate: Estimate, lines: Sequence[EstimateLine], rates: Rates, uplift: Decimal
) -> Reckoned:
    """``uplift`` is the marketplace's percentage, which counts where the estimate is sold there."""
    manager = rates.manager or 0
    terms = Terms(
        pm_percent=estimate.pm_percent,
        pm_rate=rates.bill.get(manager, rates.usual),
        pm_cost=rates.cost.get(manager),
        discount_percent=estimate.discount_percent,
        uplift_percent=uplift if estimate.marketplace else ZERO,
        travel=estimate.travel,
    )
    return Reckoned(estimate, lines, rates, price([_line(each, rates) for each in lines], terms))


def _line(line: EstimateLine, rates: Rates) -> Line:
    return Line(
        hours=line.hours,
        rate=rates.rate_of(line),
        quantity=line.quantity,
        unit_price=line.unit_price,
        cost=rates.cost_of(line),
        risk=RISK_PERCENT[line.risk],  # type: ignore[index]
        phase=line.phase,
        category=Category.EDUCATION if line.type in EDUCATION_TYPES else Category.SERVICES,
        optional=line.optional,
        manages=bool(line.role_id) and line.role_id == rates.manager,
    )
