"""Scenarios and versions side by side, only where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from scoping.estimating.difference import Content
from scoping.estimating.freezing import content_of, costs_of
from scoping.estimating.limits import limits_on
from scoping.estimating.reckoning import reckon, roles_and_rates
from scoping.estimating.sheets import looked_at
from scoping.models import Estimate, EstimateVersion, ScopingIssue

SHOWN = (("hours", "Hours"), ("price", "Price"))


@dataclass(frozen=True)
class Side:
    """``costs`` is empty for those who do not see them."""

    name: str
    key: str
    content: Content
    costs: Content


@dataclass(frozen=True)
class Pair:
    """One thing on both sides; None where it is not there."""

    name: str
    what: str
    left: Decimal | None
    right: Decimal | None

    @property
    def by(self) -> Decimal:
        return (self.right or Decimal(0)) - (self.left or Decimal(0))


def version_side(version: EstimateVersion, *, costs: bool) -> Side:
    name = f"v{version.number}"
    return Side(name, name, version.content, version.costs if costs else {})


def scenario_side(estimate: Estimate, issue: ScopingIssue, on: date, *, costs: bool) -> Side:
    roles, rates = roles_and_rates(estimate, costs=costs)
    lines = looked_at(estimate).lines
    reckoned = reckon(estimate, lines, rates, limits_on(on).uplift)
    content = content_of(reckoned, issue, roles)
    costs_side = costs_of(reckoned) if costs else {}
    return Side(estimate.name, str(estimate.position), content, costs_side)


def compared(left: Side, right: Side) -> list[Pair]:
    """Lines of one name and role together, then the totals."""
    sides = [_by_name(left.content), _by_name(right.content)]
    found = []
    for key in dict.fromkeys([*sides[0], *sides[1]]):
        for field, what in SHOWN:
            pair = Pair(key, what, *(side.get(key, {}).get(field) for side in sides))
            if pair.by:
                found.append(pair)
    totals = [each.content["totals"] for each in (left, right)]
    for key, name in (("list", "List total"), ("net", "Net total"), ("final", "Total")):
        pair = Pair(name, "Price", *(Decimal(each[key]) for each in totals))
        if pair.by:
            found.append(pair)
    return found


def _by_name(content: Content) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = {}
    for line in [*content["lines"], *content["extras"]]:
        sums = found.setdefault(_name(line), {"hours": Decimal(0), "price": Decimal(0)})
        sums["hours"] += Decimal(line["hours"] or 0)
        sums["price"] += Decimal(line["price"])
    return found


def _name(line: dict[str, Any]) -> str:
    name = line.get("title") or line.get("name") or "Line without a name"
    role = f", {line['role']}" if line.get("role") else ""
    return f"{name}{role}{' (optional)' if line.get('optional') else ''}"
