"""The margin at booking once more: from domain.md §7.2 and §13 alone.

A booking is told as a mapping: ``em``, ``level``, ``on``, ``net`` and ``cogs`` (None: not known),
``currency``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

SENIOR = ("senior", "staff", "principal", "manager", "senior_manager", "director")


def margins(
    bookings: Iterable[Mapping[str, Any]],
    first: date,
    last: date,
    rates: Mapping[str, str],
) -> dict[str, tuple[Fraction | None, int, int]]:
    """By name: the margin of all together in percent, of how many, and how many are not known."""
    found: dict[str, tuple[Fraction | None, int, int]] = {}
    rows = [each for each in bookings if each["level"] in SENIOR and first <= each["on"] <= last]
    for name in sorted({each["em"] for each in rows}):
        mine = [each for each in rows if each["em"] == name]
        known = [each for each in mine if each["cogs"] is not None and each["currency"] in rates]
        price = sum(
            (Fraction(each["net"]) * Fraction(rates[each["currency"]]) for each in known),
            Fraction(0),
        )
        cost = sum(
            (Fraction(each["cogs"]) * Fraction(rates[each["currency"]]) for each in known),
            Fraction(0),
        )
        found[name] = (
            (price - cost) / price * 100 if price else None,
            len(known),
            len(mine) - len(known),
        )
    return found
