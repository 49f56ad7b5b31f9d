"""What a change order changes: the estimate signed before against the one it brings (§11.4).

Options are offered and not sold, so they are in neither. Discount and the uplift of a marketplace
stand in the prices of lines and total as the customer pays them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

NOTHING = Decimal(0)
Content = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """A quantity before and after."""

    before: Decimal
    after: Decimal

    @property
    def by(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class LineChange:
    """An activity, or a role, with its hours and its net price."""

    name: str
    hours: Change
    price: Change

    @property
    def kind(self) -> str:
        if not (self.hours.before or self.price.before):
            return "added"
        return "changed" if self.hours.after or self.price.after else "removed"

    @property
    def any(self) -> bool:
        return bool(self.hours.by or self.price.by)


@dataclass(frozen=True)
class Delta:
    """``lines`` and ``roles`` are those that change, in the order of the estimates."""

    currency: str
    price: Change
    hours: Change
    lines: tuple[LineChange, ...]
    roles: tuple[LineChange, ...]

    @property
    def free(self) -> bool:
        return not self.price.by


def delta(before: Content, after: Content) -> Delta:
    totals = before["totals"], after["totals"]
    return Delta(
        currency=after["currency"],
        price=Change(*(Decimal(each["final"]) for each in totals)),
        hours=Change(*(Decimal(each["hours"]) for each in totals)),
        lines=_changes(before, after, "title"),
        roles=_changes(before, after, "role"),
    )


def _changes(before: Content, after: Content, by: str) -> tuple[LineChange, ...]:
    was, now = _sums(before, by), _sums(after, by)
    nothing = (NOTHING, NOTHING)
    found = []
    for key in dict.fromkeys([*was, *now]):
        (hours, price), (hours_now, price_now) = was.get(key, nothing), now.get(key, nothing)
        change = LineChange(key[-1], Change(hours, hours_now), Change(price, price_now))
        found += [change] if change.any else []
    return tuple(found)


def _sums(content: Content, by: str) -> dict[tuple[str, ...], tuple[Decimal, Decimal]]:
    """Hours and price under each activity of a phase, or under each role."""
    found: dict[tuple[str, ...], tuple[Decimal, Decimal]] = {}
    for key, hours, price in _lines(content, by):
        known = found.get(key, (NOTHING, NOTHING))
        found[key] = (known[0] + hours, known[1] + price)
    return found


def _lines(content: Content, by: str) -> Iterator[tuple[tuple[str, ...], Decimal, Decimal]]:
    for line in content["lines"]:
        if line["optional"]:
            continue
        name = " ".join(str(line[by]).split())
        key = (line["phase"], name) if by == "title" else (name or "By the piece",)
        yield key, Decimal(line["hours"] or 0), Decimal(line["net"])
    for extra in content["extras"]:
        yield (extra["name"],), Decimal(extra["hours"] or 0), Decimal(extra["net"])
