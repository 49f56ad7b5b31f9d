"""What change orders add and what results, written down from domain.md §11.4 and §6.2.

A total is what the customer pays for all that is sold. An order tells the whole that holds once it
is signed, so what it adds is its whole less the whole before it; options are not sold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

Content = Mapping[str, Any]


def sold_hours(content: Content) -> Decimal:
    found = Decimal(0)
    for line in content["lines"]:
        if not line["optional"] and line["hours"]:
            found += Decimal(line["hours"])
    for extra in content["extras"]:
        found += Decimal(extra["hours"] or 0)
    return found


def paid(content: Content) -> Decimal:
    """Every sold line and extra after its discount, with the marketplace's uplift."""
    found = Decimal(content["totals"]["uplift"])
    for line in content["lines"]:
        if not line["optional"]:
            found += Decimal(line["net"])
    for extra in content["extras"]:
        found += Decimal(extra["net"])
    return found


def resulting(base: Content, orders: Sequence[Content]) -> tuple[Decimal, Decimal, Decimal]:
    """What signed orders add in price and hours, and the price of all: each added once."""
    price = hours = Decimal(0)
    before = base
    for content in orders:
        price += paid(content) - paid(before)
        hours += sold_hours(content) - sold_hours(before)
        before = content
    return price, hours, paid(base) + price
