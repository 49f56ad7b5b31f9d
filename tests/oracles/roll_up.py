"""The forecast's lines once more: from domain.md §10.2–10.4 alone, one deal at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracles import deal_values
from tests.oracles.forecast import NAMES, category

WEIGHTS = {
    "green": ("0.95", "0.95"),
    "amber": ("0.50", "0.90"),
    "red": ("0.05", "0.30"),
    "grey": ("0.10", "0.10"),
}


def region(deal: Any) -> str:
    """The office that sells it, else where its segment lies."""
    place = deal.segment.name.partition("_")[2] if deal.segment else ""
    return str(deal.office or place.upper())


def lines(
    deals: Iterable[Any],
    first: date,
    last: date,
    rates: Mapping[str, str],
    on: date,
    keys: Callable[[Any], Iterable[Any]],
) -> dict[Any, dict[str, Any]]:
    """By each key a deal has: number and worth of each figure, and what the deals weigh."""
    sheet = [(date.min, {"USD": "1", **rates})]
    found: dict[Any, dict[str, Any]] = {}
    for deal in deals:
        if deal.deleted or not (deal.close_date and first <= deal.close_date <= last):
            continue
        if (kind := category(deal)) == "Omitted":
            continue
        value = Fraction(deal_values.in_desk_currency(deal, sheet, on, "USD") or 0)
        won = kind == "Closed"
        shares = ("1", "1") if won else WEIGHTS[deal.confidence]
        for key in keys(deal):
            line = found.setdefault(
                key, {name: (0, Fraction(0)) for name in NAMES} | {"weighted": [Fraction(0)] * 2}
            )
            for name in NAMES[NAMES.index(kind) :]:
                count, so_far = line[name]
                line[name] = (count + 1, so_far + value)
            line["weighted"] = [
                so_far + value * Fraction(share)
                for so_far, share in zip(line["weighted"], shares, strict=True)
            ]
    return found
