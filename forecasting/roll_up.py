"""The forecast of a quarter along one axis: closed, committed, hoped for, and weighed.

Source: domain.md §10.2, §10.3. Every figure includes those that are surer, as on the page of
opportunities, whose categories and sums these are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scoping.categories import CUMULATIVE, HORIZONS, Outlook, up_to
from scoping.deal_totals import Amounts, Row, weighted
from scoping.models import ForecastCategory

NONE = "none"


@dataclass
class Line:
    """One line of the roll-up; ``opens`` is the filter that finds its deals."""

    kind: str
    name: str
    opens: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Amounts] = field(
        default_factory=lambda: {category: Amounts() for category in CUMULATIVE}
    )
    weighted: dict[str, Decimal] = field(
        default_factory=lambda: dict.fromkeys(HORIZONS, Decimal(0))
    )

    def add(self, row: Row, outlook: Outlook) -> None:
        for category in CUMULATIVE:
            if row["category"] in up_to(category):
                self.figures[category].add(row)
        for horizon in HORIZONS:
            self.weighted[horizon] += weighted(row, outlook, horizon)

    @property
    def closed(self) -> Decimal:
        return self.figures[ForecastCategory.CLOSED].value

    @property
    def open(self) -> Decimal:
        """What may still be won of it, however unsure."""
        return self.figures[ForecastCategory.PIPELINE].value - self.closed

    @property
    def nobodys(self) -> bool:
        return self.kind == "em" and self.em is None

    @property
    def region(self) -> str | None:
        """Which region it is of or in, empty for none; None for all of them."""
        said = self.opens.get("region")
        return "" if said == NONE else said

    @property
    def em(self) -> int | None:
        said = self.opens.get("em")
        return None if said == NONE else said


@dataclass(frozen=True)
class Axis:
    """What stands in a line: the fields of a deal that tell, and how its line begins."""

    title: str
    parts: tuple[str, ...]
    begin: Callable[[Row], Line]


def _of_em(row: Row) -> Line:
    region, em = row["region"], row["engagement_manager"]
    name = row["engagement_manager__name"] or "No EM"
    return Line("em", name, {"region": region or NONE, "em": em or NONE})


def _of_region(row: Row) -> Line:
    return Line("region", row["region"] or "No region", {"region": row["region"] or NONE})


def _of_segment(row: Row) -> Line:
    name = (row["segment__name"] or "No segment").replace("_", " ")
    return Line("segment", name, {"segment": row["segment"] or NONE})


def _of_office(row: Row) -> Line:
    return Line("office", row["office"] or "No office", {"office": row["office"] or NONE})


AXES = {
    "em": Axis(
        "Engagement manager", ("region", "engagement_manager", "engagement_manager__name"), _of_em
    ),
    "region": Axis("Region", ("region",), _of_region),
    "segment": Axis("Segment", ("segment", "segment__name"), _of_segment),
    "office": Axis("Office", ("office",), _of_office),
}


@dataclass(frozen=True)
class Roll:
    """``lines`` in their order without the total, which is ``whole``."""

    axis: Axis
    lines: list[Line]
    whole: Line
    omitted: Amounts


def rolled_up(rows: Iterable[Row], by: str, outlook: Outlook, also: Iterable[Row] = ()) -> Roll:
    """Of grouped deals, each row with the parts of the axis, its category and confidence.

    Engagement managers stand under their region, which is told below them. ``also`` has lines
    even without deals.
    """
    axis, whole, omitted = AXES[by], Line("total", "Total"), Amounts()
    lines: dict[tuple[Any, ...], Line] = {}
    for row in rows:
        if row["category"] == ForecastCategory.OMITTED:
            omitted.add(row)
            continue
        key = tuple(row[part] for part in axis.parts)
        lines.setdefault(key, axis.begin(row)).add(row, outlook)
        if by == "em":
            lines.setdefault((row["region"],), _of_region(row)).add(row, outlook)
        whole.add(row, outlook)
    for row in also:
        lines.setdefault(tuple(row[part] for part in axis.parts), axis.begin(row))
        if by == "em":
            lines.setdefault((row["region"],), _of_region(row))
    return Roll(axis, in_order(lines.values()), whole, omitted)


def in_order(lines: Iterable[Line]) -> list[Line]:
    """By region and name, whoever has none last, each region below its people."""
    return sorted(lines, key=_place)


def _place(line: Line) -> tuple[Any, ...]:
    region, nobody = line.region, line.opens.get(line.kind) == NONE
    return (region == "", region or "", line.kind == "region", nobody, line.name)
