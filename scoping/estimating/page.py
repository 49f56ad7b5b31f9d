"""What the page of an estimate shows: the grid, the totals, what would happen on sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate

from emdesk.approvals.asking import Plan
from emdesk.people.models import User
from scoping import rules
from scoping.estimating.answers import answers_of
from scoping.estimating.arranging import stale
from scoping.estimating.bands import agrees_to, band_of
from scoping.estimating.cells import Known
from scoping.estimating.grid import Grid, margin_of, refused
from scoping.estimating.limits import Limits, limits_on
from scoping.estimating.ranges import METHOD
from scoping.estimating.reckoning import Rates, Reckoned, reckon, roles_and_rates
from scoping.estimating.reviewing import foreseen
from scoping.estimating.saving import Refusal
from scoping.estimating.sheets import Sheet
from scoping.models import Estimate, ScopingIssue
from scoping.pricing import most_discount, target_price

NEAR = Decimal("0.9")


@dataclass(frozen=True)
class Around:
    """What a sheet is read with: the same for every deed with it."""

    issue: ScopingIssue
    user: User
    known: Known
    rates: Rates
    limits: Limits
    costs: bool
    at: datetime

    def reckon(self, sheet: Sheet) -> Reckoned:
        return reckon(sheet.estimate, sheet.lines, self.rates, self.limits.uplift)


def around(issue: ScopingIssue, estimate: Estimate, user: User, at: datetime) -> Around:
    costs = rules.sees_cost_of(issue, user)
    roles, rates = roles_and_rates(estimate, costs=costs)
    known = Known(roles, lambda: answers_of(issue.pk))
    return Around(issue, user, known, rates, limits_on(localdate(at)), costs, at)


def shown(
    place: Around, sheet: Sheet, *, edits: bool, faults: Sequence[Refusal] = ()
) -> dict[str, Any]:
    """For the templates; nothing of cost for those without the right."""
    reckoned = place.reckon(sheet)
    grid = Grid(reckoned, place.known, place.costs, fixed=not edits, refused=refused(faults))
    context = {
        "issue": place.issue,
        "estimate": sheet.estimate,
        "grid": grid,
        "edits": edits,
        "costs": place.costs,
        "faults": faults,
        "priced": reckoned.priced,
        "extras": list(zip(reckoned.priced.extras, reckoned.priced.extra_sums, strict=True)),
        "range": reckoned.range,
        "method": METHOD,
        "stale": stale(sheet.lines, place.known) if edits else {},
        "agrees": agrees_to(sheet.estimate.discount_percent),
        **_gate(reckoned, place.limits),
        "plan": _foreseen(place, sheet, reckoned) if edits else Plan(),
    }
    return context | (_margin(reckoned, place.limits) if place.costs else {})


def _gate(reckoned: Reckoned, limits: Limits) -> dict[str, Any]:
    """Whether sending this asks the architect, and whether it is near that."""
    total, above = reckoned.priced.list_total, limits.review_above
    asks = reckoned.priced.asks_review(above)
    return {"asks_review": asks, "near_review": not asks and total > above * NEAR, "above": above}


def sending(place: Around, sheet: Sheet) -> dict[str, Any]:
    """For the page that asks whether to send it: whom that asks."""
    return {
        "plan": _foreseen(place, sheet, place.reckon(sheet)),
        "above": place.limits.review_above,
    }


def _foreseen(place: Around, sheet: Sheet, reckoned: Reckoned) -> Plan:
    """Whom sending it as it is would ask; below the threshold nothing is looked up."""
    total = reckoned.priced.list_total
    if total <= place.limits.review_above:
        return Plan()
    return foreseen(sheet.estimate, place.issue, total, by=place.user, at=place.at)


def _margin(reckoned: Reckoned, limits: Limits) -> dict[str, Any]:
    total = reckoned.priced.total
    known = total.cogs is not None
    return {
        "cogs": total.cogs,
        "margin": total.margin,
        "margin_percent": margin_of(total),
        "band": band_of(total.margin_percent, limits),
        "below_floor": total.margin_percent is not None and total.margin_percent < limits.floor,
        "floor": limits.floor,
        "target": target_price(total.cogs, limits.floor) if known else None,  # type: ignore[arg-type]
        "most_discount": (
            most_discount(total.cogs, total.price, limits.floor) if known else None  # type: ignore[arg-type]
        ),
    }
