"""What would bring a margin to where it is wanted: a dearer hour, fewer hours, less scope.

Each way is reckoned by itself, all else as it is (domain.md §7.2). Pure, as pricing is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from scoping.pricing import (
    CENT,
    HUNDRED,
    ZERO,
    Line,
    Priced,
    Sum,
    most_discount,
    price,
    quarters,
    target_price,
)

MOST_DROPPED = 10


@dataclass(frozen=True)
class Hourly:
    """The lines priced by their hours, with management and contingency: what an hour brings."""

    hours: Decimal
    listed: Decimal
    net: Decimal
    cogs: Decimal

    @property
    def rate(self) -> Decimal:
        """The average list rate, to the cent."""
        return (self.listed / self.hours).quantize(CENT)


@dataclass(frozen=True)
class Reach:
    """How ``target`` percent would be reached; None where a way leads nowhere.

    ``price``: the net total it takes. ``rate``: the average list rate of an hour, from ``rate_now``.
    ``hours``: so many fewer at the same price. ``dropped``: places of the lines without which it is
    reached. ``discount``: the most there may be, in percent.
    """

    target: Decimal
    reached: bool
    price: Decimal | None
    rate_now: Decimal | None
    rate: Decimal | None
    hours: Decimal | None
    dropped: Sequence[int] | None
    discount: Decimal | None


def reach(priced: Priced, target: Decimal, *, fixed: bool) -> Reach | None:
    """None while a cost or the price is not known. ``fixed``: the price stands, whatever the hours."""
    total = priced.total
    if total.cogs is None or not total.net:
        return None
    needed = target_price(total.cogs, target)
    hourly = _hourly(priced)
    return Reach(
        target=target,
        reached=needed is not None and total.net >= needed,
        price=needed,
        rate_now=hourly.rate if hourly.hours else None,
        rate=_rate(hourly, needed, total),
        hours=_fewer_hours(hourly, total, target) if fixed else None,
        dropped=_dropped(priced, target),
        discount=most_discount(total.cogs, priced.list_total, target),
    )


def _hourly(priced: Priced) -> Hourly:
    counted = [
        each
        for line, each in zip(priced.lines, priced.sums, strict=True)
        if line.unit_price is None and not line.optional
    ]
    sums = [*counted, *priced.extra_sums]
    return Hourly(
        sum((each.hours for each in sums), ZERO),
        sum((each.price for each in sums), ZERO),
        sum((each.net for each in sums), ZERO),
        sum((each.cogs or ZERO for each in sums), ZERO),
    )


def _rate(hourly: Hourly, needed: Decimal | None, total: Sum) -> Decimal | None:
    """Pieces keep their price, so what is missing comes from the hours alone."""
    if needed is None or not hourly.hours or not hourly.net:
        return None
    wanted = hourly.net + needed - total.net
    listed = hourly.listed * wanted / hourly.net
    return max((listed / hourly.hours).quantize(CENT, ROUND_CEILING), ZERO)


def _fewer_hours(hourly: Hourly, total: Sum, target: Decimal) -> Decimal | None:
    """By what an hour costs on average; None when even no hours at all would not do."""
    too_much = (total.cogs or ZERO) - total.net * (HUNDRED - target) / HUNDRED
    if too_much <= 0 or not hourly.cogs:
        return None
    fewer = quarters(too_much * hourly.hours / hourly.cogs)
    return fewer if fewer <= hourly.hours else None


def _dropped(priced: Priced, target: Decimal) -> Sequence[int] | None:
    """The thinnest lines first, priced anew without them; management and contingency follow."""
    places = [
        place
        for place, line in enumerate(priced.lines)
        if not line.optional and _thin(priced.sums[place], target)
    ]
    places.sort(key=lambda place: _percent(priced.sums[place]))
    gone: list[int] = []
    for place in places[:MOST_DROPPED]:
        gone.append(place)
        left = price(_without(priced.lines, gone), priced.terms).total
        if left.margin_percent is not None and left.margin_percent >= target:
            return gone
    return None


def _without(lines: Sequence[Line], gone: Sequence[int]) -> list[Line]:
    return [line for place, line in enumerate(lines) if place not in gone]


def _thin(each: Sum, target: Decimal) -> bool:
    return bool(each.net or each.cogs) and _percent(each) < target


def _percent(each: Sum) -> Decimal:
    """A line that costs and brings nothing is the thinnest there is."""
    return each.margin_percent if each.margin_percent is not None else Decimal("-Infinity")
