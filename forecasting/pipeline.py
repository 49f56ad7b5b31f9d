"""The CRM's deals that close in a quarter: booked, lost, and open by category and confidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from forecasting.look import Look
from scoping.models import Stage
from scoping.models.opportunity import CLOSED, Confidence, ForecastCategory, OpportunityQuerySet
from scoping.quarters import on_days
from scoping.win_rate_axes import Basis

CATEGORIES = (
    ForecastCategory.COMMIT,
    ForecastCategory.BEST_CASE,
    ForecastCategory.PIPELINE,
    ForecastCategory.OMITTED,
    ForecastCategory.CLOSED,
)
COLOURS = (Confidence.GREEN, Confidence.AMBER, Confidence.RED, Confidence.GREY)


@dataclass
class Worth:
    """So many deals; worth this in the desk's currency, as far as ``priced`` ones tell."""

    deals: int = 0
    priced: int = 0
    value: Decimal = Decimal(0)

    def add(self, other: Worth) -> None:
        self.deals += other.deals
        self.priced += other.priced
        self.value += other.value


@dataclass
class Row:
    """Open deals of one category, by the colour their engagement managers gave them."""

    key: str
    name: str
    cells: dict[Confidence, Worth] = field(default_factory=dict)

    @property
    def total(self) -> Worth:
        return _sum(self.cells.values())


@dataclass(frozen=True)
class Pipeline:
    won: Worth
    lost: Worth
    rows: list[Row]
    currency: str

    @property
    def open(self) -> Worth:
        return _sum(row.total for row in self.rows)

    @property
    def unpriced(self) -> int:
        every = _sum([self.won, self.lost, self.open])
        return every.deals - every.priced


def closing(look: Look) -> OpportunityQuerySet:
    """Deals whose close date lies in the quarter."""
    found: OpportunityQuerySet = look.records(Basis.OPPORTUNITIES)  # type: ignore[assignment]
    return found.counted().filter(on_days("close_date", look.days))


def pipeline(look: Look, currency: str) -> Pipeline:
    """What is open goes by its category and colour, what is closed by its end."""
    found: Any = (
        closing(look)
        .valued(look.at.date(), currency)
        .order_by()
        .values("stage", "forecast_category", "confidence")
    )
    won, lost, rows = Worth(), Worth(), {key: Row(key, name) for key, name in _categories()}
    ended = {Stage.WON: won, Stage.LOST: lost}
    for told in found.annotate(
        deals=Count("pk"), priced=Count("desk_value"), worth=Sum("desk_value")
    ):
        each = Worth(told["deals"], told["priced"], told["worth"] or Decimal(0))
        if told["stage"] in ended:
            ended[told["stage"]].add(each)
        else:
            cells = rows[told["forecast_category"]].cells
            cells.setdefault(Confidence(told["confidence"]), Worth()).add(each)
    shown = [row for row in rows.values() if row.cells]
    return Pipeline(won, lost, shown, currency)


def deals_behind(look: Look, key: str) -> QuerySet[Any]:
    """``won``, ``lost``, ``open``, a category, or a category and a colour apart by a dot."""
    found = closing(look)
    if key in CLOSED:
        return found.filter(stage=key)
    left = found.exclude(stage__in=CLOSED)
    if key == "open":
        return left
    category, _, colour = key.partition(".")
    return left.filter(Q(forecast_category=category), Q(confidence=colour) if colour else Q())


def _categories() -> list[tuple[str, str]]:
    return [*((str(each), str(each.label)) for each in CATEGORIES), ("", "No category")]


def _sum(sums: Iterable[Worth]) -> Worth:
    found = Worth()
    for each in sums:
        found.add(each)
    return found
