"""The price of an estimate, and what it costs to deliver (domain.md §6.2 and §7).

Pure: hours, rates and percentages come in as Decimals of one currency, amounts go out to the cent.

Rounding: every line is rounded once, half away from zero, and every total is the sum of what it
totals. Hours are rounded up to the quarter hour first, as timesheets have them. Project management,
contingency, discount and uplift are lines of their own. What the discount leaves of each line is
cut from the running sum, so that the lines' net prices add up to the net total.

Optional lines have a price of their own and count in no total. Travel stays apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property

CENT, QUARTER, ZERO = Decimal("0.01"), Decimal("0.25"), Decimal(0)
HUNDRED = Decimal(100)


class Category(StrEnum):
    """What a line is reported as; the SOW and both quotes keep them apart."""

    SERVICES = "services"
    EDUCATION = "education"


@dataclass(frozen=True)
class Line:
    """One line as it is priced: ``hours`` at ``rate``, or ``quantity`` at ``unit_price``.

    ``cost`` is what an hour costs, or with no hours one piece; None: not known, unless there is
    nothing yet that could cost. ``risk`` is a percentage of the hours. ``manages``: these hours are project management themselves.
    """

    hours: Decimal = ZERO
    rate: Decimal = ZERO
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    cost: Decimal | None = None
    risk: Decimal = ZERO
    phase: str = ""
    category: Category = Category.SERVICES
    optional: bool = False
    manages: bool = False

    @cached_property
    def billed_hours(self) -> Decimal:
        return quarters(self.hours)

    @cached_property
    def price(self) -> Decimal:
        if self.unit_price is not None:
            return cents(self.quantity * self.unit_price)
        return cents(self.billed_hours * self.rate)

    @cached_property
    def cogs(self) -> Decimal | None:
        if self.cost is None:
            return ZERO if self.unit_price is None and not self.hours else None
        return cents((self.billed_hours or self.quantity) * self.cost)

    @property
    def delivers(self) -> bool:
        """Whether project management and contingency are reckoned from its hours."""
        return not (self.optional or self.manages)


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the whole estimate; percentages as people write them, 20 for a fifth.

    Without ``pm_rate`` project management is not priced; without ``pm_cost`` its cost is unknown.
    """

    pm_percent: Decimal = ZERO
    pm_rate: Decimal = ZERO
    pm_cost: Decimal | None = None
    discount_percent: Decimal = ZERO
    uplift_percent: Decimal = ZERO
    travel: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Sum:
    """Hours, list and net price, and cost of some lines; the cost None when a line has none."""

    hours: Decimal = ZERO
    price: Decimal = ZERO
    net: Decimal = ZERO
    cogs: Decimal | None = ZERO

    @property
    def margin(self) -> Decimal | None:
        return None if self.cogs is None else self.net - self.cogs

    @property
    def margin_percent(self) -> Decimal | None:
        return None if self.cogs is None else percent_of(self.net - self.cogs, self.net)


@dataclass(frozen=True)
class Extra:
    """Hours that nobody typed: project management, or contingency at one rate."""

    name: str
    hours: Decimal
    rate: Decimal
    cost: Decimal | None

    @property
    def line(self) -> Line:
        return Line(hours=self.hours, rate=self.rate, cost=self.cost)


@dataclass(frozen=True)
class Priced:
    """An estimate priced. ``sums`` stand in the order of its lines, ``extra_sums`` of ``extras``."""

    lines: Sequence[Line]
    terms: Terms
    extras: Sequence[Extra]
    sums: Sequence[Sum]
    extra_sums: Sequence[Sum]

    @cached_property
    def services(self) -> Sum:
        return total([*self._of(Category.SERVICES), *self.extra_sums])

    @cached_property
    def education(self) -> Sum:
        return total(self._of(Category.EDUCATION))

    @cached_property
    def optional(self) -> Sum:
        return total(each for line, each in self._pairs if line.optional)

    @cached_property
    def total(self) -> Sum:
        return total([self.services, self.education])

    @property
    def list_total(self) -> Decimal:
        """Services and education before discount and uplift, without travel (Q-11)."""
        return self.total.price

    @property
    def discount(self) -> Decimal:
        return self.list_total - self.net_total

    @property
    def net_total(self) -> Decimal:
        return self.total.net

    @property
    def final_total(self) -> Decimal:
        """What the buyer pays, through the marketplace where there is an uplift."""
        return cents(self.net_total * (HUNDRED + self.terms.uplift_percent) / HUNDRED)

    @property
    def uplift(self) -> Decimal:
        return self.final_total - self.net_total

    def phase(self, name: str) -> Sum:
        return self._phases.get(name, Sum())

    def asks_review(self, threshold: Decimal) -> bool:
        """Strictly over: exactly the threshold asks nobody (Q-11)."""
        return self.list_total > threshold

    @property
    def _pairs(self) -> Iterator[tuple[Line, Sum]]:
        return zip(self.lines, self.sums, strict=True)

    @cached_property
    def _phases(self) -> dict[str, Sum]:
        found: dict[str, list[Sum]] = {}
        for line, each in self._pairs:
            if not line.optional:
                found.setdefault(line.phase, []).append(each)
        return {name: total(sums) for name, sums in found.items()}

    def _of(self, category: Category) -> list[Sum]:
        return [
            each for line, each in self._pairs if line.category is category and not line.optional
        ]


def price(lines: Sequence[Line], terms: Terms) -> Priced:
    extras = [*_project_management(lines, terms), *_contingency(lines)]
    kept = (HUNDRED - terms.discount_percent) / HUNDRED
    counted = [line for line in lines if not line.optional] + [each.line for each in extras]
    nets = iter(shared_out([line.price for line in counted], kept))
    sums = [_sum(line, cents(line.price * kept) if line.optional else next(nets)) for line in lines]
    extra_sums = [_sum(each.line, next(nets)) for each in extras]
    return Priced(lines, terms, extras, sums, extra_sums)


def _sum(line: Line, net: Decimal) -> Sum:
    return Sum(line.billed_hours, line.price, net, line.cogs)


def _project_management(lines: Sequence[Line], terms: Terms) -> list[Extra]:
    """A share of the delivery hours, unless somebody wrote down hours of project management."""
    if any(line.manages and not line.optional for line in lines):
        return []
    delivered = sum((line.billed_hours for line in lines if line.delivers), ZERO)
    hours = quarters(delivered * terms.pm_percent / HUNDRED)
    return [Extra("Project management", hours, terms.pm_rate, terms.pm_cost)] if hours else []


def _contingency(lines: Sequence[Line]) -> list[Extra]:
    """What each line's risk adds to its hours, shown apart: one line for each rate and cost."""
    groups: dict[tuple[Decimal, Decimal | None], Decimal] = {}
    for line in lines:
        if line.delivers and line.risk and line.unit_price is None:
            key = (line.rate, line.cost)
            groups[key] = groups.get(key, ZERO) + line.billed_hours * line.risk / HUNDRED
    return [
        Extra("Contingency", quarters(hours), rate, cost)
        for (rate, cost), hours in groups.items()
        if hours
    ]


def shared_out(amounts: Iterable[Decimal], share: Decimal) -> list[Decimal]:
    """Each amount's share, to the cent, so that they add up to the rounded share of the sum."""
    found, running, given = [], ZERO, ZERO
    for amount in amounts:
        running += amount
        due = cents(running * share)
        found.append(due - given)
        given = due
    return found


def total(sums: Iterable[Sum]) -> Sum:
    hours = price = net = cogs = ZERO
    known = True
    for each in sums:
        hours += each.hours
        price += each.price
        net += each.net
        if each.cogs is None:
            known = False
        else:
            cogs += each.cogs
    return Sum(hours, price, net, cogs if known else None)


def target_price(cogs: Decimal, margin: Decimal) -> Decimal | None:
    """The net price at which this cost leaves ``margin`` percent; None when none would."""
    left = HUNDRED - margin
    return (cogs * HUNDRED / left).quantize(CENT, ROUND_CEILING) if left > 0 else None


def most_discount(cogs: Decimal, list_total: Decimal, floor: Decimal) -> Decimal | None:
    """The discount, in percent cut to two decimals, that still leaves the margin ``floor``.

    Never below 0; None without a price, or when nothing would leave that margin.
    """
    target = target_price(cogs, floor)
    if target is None or not list_total or target > list_total:
        return None
    return ((list_total - target) * HUNDRED / list_total).quantize(CENT, ROUND_DOWN)


def percent_of(part: Decimal, whole: Decimal) -> Decimal | None:
    """To two decimals; nothing is no percentage of nothing."""
    return (part * HUNDRED / whole).quantize(CENT, ROUND_HALF_UP) if whole else None


def quarters(hours: Decimal) -> Decimal:
    """Rounded up to the quarter hour (domain.md §6.2)."""
    return (hours / QUARTER).to_integral_value(ROUND_CEILING) * QUARTER


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
