"""The price of an estimate, reckoned slowly in whole cents and fractions (domain.md §6.2, §7.2).

A line here is a dict: hours, rate, quantity, unit_price, cost, risk, category, optional, manages.
"""

from __future__ import annotations

import math
import random
from decimal import Decimal
from fractions import Fraction
from typing import Any


def in_cents(amount: Fraction) -> int:
    """Half away from zero; amounts here are never negative."""
    return math.floor(amount * 100 + Fraction(1, 2))


def quarter_hours(hours: Fraction) -> Fraction:
    return Fraction(math.ceil(hours * 4), 4)


def priced(lines: list[dict[str, Any]], terms: dict[str, Any]) -> dict[str, Any]:
    """Everything in cents: list and net of services and education, discount, uplift, cost."""
    rows = [
        row(line)
        for line in [*lines, *management(lines, terms), *contingency(lines)]
        if not line.get("optional")
    ]
    services = sum(price for category, price, _ in rows if category == "services")
    education = sum(price for category, price, _ in rows if category == "education")
    kept = 1 - Fraction(terms["discount_percent"]) / 100
    net = in_cents(Fraction(services + education, 100) * kept)
    final = in_cents(Fraction(net, 100) * (1 + Fraction(terms["uplift_percent"]) / 100))
    costs = [cost for _, _, cost in rows]
    return {
        "services": services,
        "education": education,
        "list": services + education,
        "net": net,
        "final": final,
        "cogs": None if None in costs else sum(costs),
    }


def row(line: dict[str, Any]) -> tuple[str, int, int | None]:
    hours = quarter_hours(Fraction(line["hours"]))
    pieces = Fraction(line["quantity"])
    fixed = line["unit_price"] is not None
    cost: int | None
    price = pieces * Fraction(line["unit_price"]) if fixed else hours * Fraction(line["rate"])
    if line["cost"] is not None:
        cost = in_cents((hours or pieces) * Fraction(line["cost"]))
    else:
        cost = None if hours or fixed else 0
    return line["category"], in_cents(price), cost


def extra(hours: Fraction, rate: Any, cost: Any) -> dict[str, Any]:
    return {
        "hours": hours,
        "rate": rate,
        "quantity": 1,
        "unit_price": None,
        "cost": cost,
        "category": "services",
    }


def management(lines: list[dict[str, Any]], terms: dict[str, Any]) -> list[dict[str, Any]]:
    counted = [line for line in lines if not line["optional"]]
    if any(line["manages"] for line in counted):
        return []
    delivered = sum((quarter_hours(Fraction(line["hours"])) for line in counted), Fraction(0))
    hours = quarter_hours(delivered * Fraction(terms["pm_percent"]) / 100)
    return [extra(hours, terms["pm_rate"], terms["pm_cost"])] if hours else []


def contingency(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    paid = [
        line
        for line in lines
        if not line["optional"] and not line["manages"] and line["unit_price"] is None
    ]
    for rate, cost in {(line["rate"], line["cost"]) for line in paid}:
        hours = sum(
            (
                quarter_hours(Fraction(line["hours"])) * Fraction(line["risk"]) / 100
                for line in paid
                if (line["rate"], line["cost"]) == (rate, cost)
            ),
            Fraction(0),
        )
        if hours:
            found.append(extra(quarter_hours(hours), rate, cost))
    return found


def simulated(
    guesses: list[tuple[Decimal, Decimal, Decimal]], runs: int, seed: int
) -> tuple[float, float]:
    """P50 and P80 of the sum, by drawing every line from its beta-PERT distribution."""
    chance = random.Random(seed)  # noqa: S311
    sums = sorted(sum(drawn(chance, *map(float, guess)) for guess in guesses) for _ in range(runs))
    return sums[runs // 2], sums[runs * 8 // 10]


def drawn(chance: random.Random, low: float, likely: float, high: float) -> float:
    if high == low:
        return likely
    before = 1 + 4 * (likely - low) / (high - low)
    after = 1 + 4 * (high - likely) / (high - low)
    return low + (high - low) * chance.betavariate(before, after)
