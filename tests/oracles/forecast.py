"""Forecast figures once more: from domain.md §10.2, §10.3 alone, one deal at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracles import deal_values

NAMES = ("Closed", "Commit", "Best Case", "Pipeline")
LEFT_OUT = {"0", "lost", "9", "10"}


def category(deal: Any, *, in_quarter: bool = True) -> str:
    """What one deal counts as, in the quarter it is dated in or seen from another."""
    if deal.stage == "won":
        return "Closed"
    if deal.stage in LEFT_OUT:
        return "Omitted"
    if deal.confidence == "green":
        return "Commit"
    if deal.confidence == "amber" and in_quarter:
        return "Best Case"
    return "Pipeline"


def figures(
    deals: Iterable[Any], rates: Mapping[str, str], on: date
) -> dict[str, tuple[int, Fraction]]:
    """How many deals and how much, each figure with those before it; rates as of all time."""
    sheet = [(date.min, {"USD": "1", **rates})]
    found = dict.fromkeys(NAMES, (0, Fraction(0)))
    for deal in deals:
        if (kind := category(deal)) == "Omitted":
            continue
        value = Fraction(deal_values.in_desk_currency(deal, sheet, on, "USD") or 0)
        for name in NAMES[NAMES.index(kind) :]:
            count, so_far = found[name]
            found[name] = (count + 1, so_far + value)
    return found
