"""A range for what a quarter will bring: its open deals drawn by chance, many times over.

Each open deal comes in with its own chance and all of its value, or not at all; deals are taken
as independent, so what moves many of them at once makes the true range wider. Chances are what
became of earlier predictions of the same colour so many weeks before a close date, over everybody
and drawn towards the weight of the colour; Grey, and what was never foretold, keep the weight.
The generator is seeded with the quarter and the day, so that a range can be told again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import ceil
from random import Random
from typing import Any, NamedTuple

from forecasting.calibration import SCORED, Cell, Key, cells, foretold, in_aggregate, shrunk
from forecasting.forecast import Forecast
from scoping.categories import IN_QUARTER
from scoping.models import Confidence, ForecastCategory, Opportunity, Stage
from scoping.picker import weeks_before

DRAWS = 2_000
OPEN = {
    str(each)
    for each in (ForecastCategory.COMMIT, ForecastCategory.BEST_CASE, ForecastCategory.PIPELINE)
}


class Bet(NamedTuple):
    """One open deal: what it is worth, and how likely it is to close won in the quarter."""

    worth: float
    chance: float


@dataclass(frozen=True)
class Simulated:
    """``totals`` in order; what is closed already is in each of them."""

    totals: Sequence[float]

    def quantile(self, share: float) -> float:
        """The least total that at least this share of draws does not exceed."""
        return self.totals[max(0, ceil(share * len(self.totals) - 1e-9) - 1)]

    def reached(self, target: float) -> float:
        """The share of draws that come to at least this much."""
        return 1 - bisect_left(self.totals, target) / len(self.totals)

    @property
    def mean(self) -> float:
        return sum(self.totals) / len(self.totals)


def simulate(bets: Iterable[Bet], closed: float, seed: str, draws: int = DRAWS) -> Simulated:
    """Each draw asks every deal once; the same seed gives the same range."""
    chance = Random(seed)  # noqa: S311 (nothing hangs on its being secret)
    kept = [bet for bet in bets if bet.worth and bet.chance]
    totals = [
        closed + sum(bet.worth for bet in kept if chance.random() < bet.chance)
        for _ in range(draws)
    ]
    return Simulated(sorted(totals))


@dataclass
class Colour:
    """Open deals of one colour; ``learned`` of them take their chance from earlier ones."""

    name: str
    deals: int = 0
    worth: float = 0
    expected: float = 0
    learned: int = 0

    @property
    def chance(self) -> float:
        return self.expected / self.worth


@dataclass(frozen=True)
class Range:
    """The range of one quarter, over the whole desk."""

    forecast: Forecast

    @cached_property
    def chances(self) -> Mapping[Key, Cell]:
        told = foretold(Opportunity.objects.all(), self.forecast.at)
        return in_aggregate(cells(told))

    @cached_property
    def closed(self) -> Decimal:
        won = (deal.desk_value for deal in self._deals if deal.stage == Stage.WON)
        return sum((worth or Decimal(0) for worth in won), Decimal(0))

    @property
    def bets(self) -> list[Bet]:
        """Of every open deal with a price."""
        return [bet for _, bet in self._open]

    @cached_property
    def _open(self) -> list[tuple[Any, Bet]]:
        return [
            (deal, Bet(float(deal.desk_value), self.chance_of(deal)))
            for deal in self._deals
            if deal.category in OPEN and deal.desk_value
        ]

    def chance_of(self, deal: Any) -> float:
        """How likely it closes won in its quarter."""
        weight = float(self.forecast.outlook.weighs(deal.stage, deal.confidence, IN_QUARTER))
        cell = self._cell(deal)
        return shrunk(cell.in_time, cell.n, weight) if cell else weight

    def _cell(self, deal: Any) -> Cell | None:
        """What became of the same colour as far ahead; Grey foretells nothing."""
        weeks = weeks_before(deal.close_date, self.forecast.today)
        if weeks is None or deal.confidence not in SCORED:
            return None
        return self.chances.get((deal.confidence, weeks))

    @property
    def colours(self) -> list[Colour]:
        """What goes into it by colour, the surest first; ``chance`` is the mean by value."""
        found: dict[str, Colour] = {}
        for deal, bet in self._open:
            each = found.setdefault(deal.confidence, Colour(Confidence(deal.confidence).label))
            each.deals += 1
            each.worth += bet.worth
            each.expected += bet.worth * bet.chance
            each.learned += self._cell(deal) is not None
        return [found[colour] for colour in reversed(Confidence.values) if colour in found]

    @cached_property
    def simulated(self) -> Simulated:
        seed = f"{self.forecast.quarter} {self.forecast.today}"
        return simulate(self.bets, float(self.closed), seed)

    @cached_property
    def _deals(self) -> list[Any]:
        fields = ("stage", "confidence", "close_date")
        return list(self.forecast.deals.only(*fields).order_by("pk"))
