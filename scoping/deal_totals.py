"""What a list of deals adds up to: by forecast category, by colour, by EM and region."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from scoping.categories import CUMULATIVE, Outlook, up_to
from scoping.models import Confidence, ForecastCategory
from scoping.models.opportunity import OpportunityQuerySet

Row = dict[str, Any]


@dataclass
class Amounts:
    """So many deals, what the priced ones are worth, and how many could not be priced."""

    count: int = 0
    value: Decimal = Decimal(0)
    without_rate: int = 0
    without_value: int = 0

    def add(self, row: Row) -> None:
        self.count += row["n"]
        self.value += row["worth"] or 0
        self.without_rate += row["valued"] - row["priced"]
        self.without_value += row["n"] - row["valued"]


@dataclass
class Totals:
    """``figures`` are cumulative, surest first: Commit is what is closed and what is committed."""

    figures: dict[str, Amounts]
    omitted: Amounts
    colours: dict[str, Amounts]
    whole: Amounts
    weighted: Decimal = Decimal(0)


def totals(deals: OpportunityQuerySet, outlook: Outlook, horizon: str) -> Totals:
    """Of categorised deals, in one query; ``whole`` leaves out what is omitted."""
    found = Totals(
        {category: Amounts() for category in CUMULATIVE},
        Amounts(),
        {colour: Amounts() for colour in reversed(Confidence.values)},
        Amounts(),
    )
    for row in added_up(deals, "category", "confidence"):
        if row["category"] == ForecastCategory.OMITTED:
            found.omitted.add(row)
            continue
        found.whole.add(row)
        found.weighted += weighted(row, outlook, horizon)
        for category in CUMULATIVE:
            if row["category"] in up_to(category):
                found.figures[category].add(row)
        if row["category"] != ForecastCategory.CLOSED:
            found.colours[row["confidence"]].add(row)
    return found


def weighted(row: Row, outlook: Outlook, horizon: str) -> Decimal:
    """What a row of deals that are not omitted counts for: of what is closed, all."""
    worth: Decimal = row["worth"] or Decimal(0)
    closed = row["category"] == ForecastCategory.CLOSED
    return worth if closed else worth * outlook.weights[row["confidence"], horizon]


@dataclass
class Line:
    """One row of a roll-up: an EM in a region, a whole region, or all of it."""

    name: str
    region: str | None = None
    em: int | None = None
    kind: str = "em"
    figures: dict[str, Amounts] = field(
        default_factory=lambda: {category: Amounts() for category in CUMULATIVE}
    )

    def add(self, row: Row) -> None:
        for category in CUMULATIVE:
            if row["category"] in up_to(category):
                self.figures[category].add(row)

    @property
    def opens(self) -> dict[str, Any]:
        """The filter that finds its deals."""
        found: dict[str, Any] = {}
        if self.region is not None:
            found["region"] = self.region or "none"
        if self.kind == "em":
            found["em"] = self.em or "none"
        return found


def rolled_up(deals: OpportunityQuerySet) -> list[Line]:
    """Each EM under their region, the region below them, the total last; in one query."""
    regions: dict[str, dict[int | None, Line]] = {}
    sums: dict[str, Line] = {}
    whole = Line("Total", kind="total")
    parts = ("region", "engagement_manager", "engagement_manager__name", "category")
    for row in added_up(deals, *parts):
        region, em = row["region"], row["engagement_manager"]
        name = row["engagement_manager__name"] or "No EM"
        people = regions.setdefault(region, {})
        people.setdefault(em, Line(name, region, em)).add(row)
        title = region or "No region"
        sums.setdefault(region, Line(title, region, kind="region")).add(row)
        whole.add(row)
    lines: list[Line] = []
    for region in sorted(regions, key=lambda name: (not name, name)):
        lines += sorted(regions[region].values(), key=lambda line: (line.em is None, line.name))
        lines.append(sums[region])
    return [*lines, whole]


def added_up(deals: OpportunityQuerySet, *parts: str) -> Iterable[Row]:
    """Valued deals in groups: ``n`` of them, what they are ``worth``, how many are ``priced``."""
    rows: Iterable[Row] = (
        deals.order_by()
        .values(*parts)
        .annotate(
            n=Count("pk"),
            worth=Sum("desk_value"),
            valued=Count("booking_value"),
            priced=Count("desk_value"),
        )
    )
    return rows
