"""The forecast as its page shows it: each figure spelled, with the way to its deals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from emdesk.fiscal import Quarter
from emdesk.money import in_full, in_short
from forecasting.forecast import PLANNED, Forecast
from forecasting.readers import names_customers
from forecasting.roll_up import AXES, Line, Roll
from forecasting.rules import reads_calls
from forecasting.spelling import length
from scoping.categories import CUMULATIVE, HORIZONS, up_to
from scoping.deal_totals import Amounts
from scoping.models import Confidence, ForecastCategory
from scoping.targets import Reached, coverage_goal

OFFERED = ("em", "region", "segment")


@dataclass(frozen=True)
class Figure:
    """``url`` opens its deals, and is empty where there are none, or nobody to be named."""

    name: str
    short: str
    full: str
    amounts: Amounts
    url: str = ""
    of_target: str = ""


@dataclass(frozen=True)
class Towards:
    """A target and how far it is, spelled; ``thin`` is less covered than aimed at."""

    target: tuple[str, str]
    to_go: tuple[str, str]
    coverage: str
    thin: bool


@dataclass(frozen=True)
class Shown:
    """One line of the table."""

    line: Line
    figures: list[Figure]
    weighted: list[Figure]
    reached: Reached | None = None
    towards: Towards | None = None


class ForecastPage:
    def __init__(self, forecast: Forecast, by: str) -> None:
        self.forecast, self.by = forecast, by if by in OFFERED else OFFERED[0]
        self.named = forecast.user is None or names_customers(forecast.user)

    @cached_property
    def roll(self) -> Roll:
        return self.forecast.by(self.by)

    @cached_property
    def by_em(self) -> Roll:
        return self.roll if self.by == "em" else self.forecast.by("em")

    @property
    def here(self) -> str:
        return self.address()

    @property
    def title(self) -> str:
        return AXES[self.by].title

    @property
    def categories(self) -> list[str]:
        return [category.label for category in CUMULATIVE]

    @cached_property
    def sums(self) -> Shown:
        return self._shown(self.roll.whole)

    @cached_property
    def lines(self) -> list[Shown]:
        return [self._shown(line) for line in self.roll.lines]

    @property
    def bar(self) -> list[tuple[str, str, str, Figure]]:
        """Each category by itself, as a part of the whole: its key, where it begins, how long."""
        whole, begun, found = self.roll.whole.figures, Decimal(0), []
        all_of_it = whole[ForecastCategory.PIPELINE].value
        for category in CUMULATIVE:
            alone = whole[category].value - begun
            begins, long = (length(part / all_of_it if all_of_it else 0) for part in (begun, alone))
            amounts = Amounts(whole[category].count, alone)
            figure = Figure(category.label, *self._spelled(alone), amounts)
            found.append((str(category), begins, long, figure))
            begun += alone
        return found

    @property
    def unpriced(self) -> Amounts:
        """All that is not omitted, for what of it has no rate or no value."""
        return self.roll.whole.figures[ForecastCategory.PIPELINE]

    @property
    def omitted(self) -> Figure:
        return self.figure(self.roll.omitted, ForecastCategory.OMITTED, {})

    @property
    def ways(self) -> list[tuple[str, str, bool]]:
        """The axes on offer, where each leads, and whether it is the one shown."""
        return [(AXES[by].title, self.address(by=by), by == self.by) for by in OFFERED]

    @property
    def quarters(self) -> Iterable[tuple[str, str, bool]]:
        quarter = self.forecast.quarter
        for each in (quarter.previous, quarter, quarter.next):
            yield each.written, self.address(each), each == quarter

    @property
    def csv(self) -> str:
        return self.address(name="forecast_csv")

    @property
    def weights(self) -> list[tuple[str, Decimal, Decimal]]:
        """Of each colour, surest first, in its quarter and in any quarter."""
        known = self.forecast.outlook.weights
        return [
            (colour.label, *(known[colour, horizon] for horizon in HORIZONS))  # type: ignore[misc]
            for colour in reversed(Confidence)
        ]

    def address(self, quarter: Quarter | None = None, name: str = "forecast", **said: Any) -> str:
        path = reverse(f"forecasting:{name}", args=[str(quarter or self.forecast.quarter)])
        said = {"by": self.by} | said
        return path if said == {"by": OFFERED[0]} else f"{path}?{urlencode(said)}"

    def figure(self, amounts: Amounts, category: str, opens: dict[str, Any]) -> Figure:
        wanted = up_to(category) if category in CUMULATIVE else (category,)
        url = self._deals(wanted, opens) if amounts.count and self.named else ""
        name = ForecastCategory(category).label
        return Figure(name, *self._spelled(amounts.value), amounts, url)

    def _shown(self, line: Line) -> Shown:
        reached = self.forecast.reached(line, self.by) if self.reads_plans else None
        figures = [self.figure(line.figures[each], each, line.opens) for each in CUMULATIVE]
        if reached:
            figures = [
                replace(each, of_target=reached.percent(each.amounts.value)) for each in figures
            ]
        everything = line.figures[ForecastCategory.PIPELINE]
        weighted = [
            Figure(HORIZONS[horizon], *self._spelled(worth), everything, figures[-1].url)
            for horizon, worth in line.weighted.items()
        ]
        towards = self._towards(reached) if reached else None
        return Shown(line, figures, weighted, reached, towards)

    def _towards(self, reached: Reached) -> Towards:
        aim, coverage = self.coverage_goal, reached.coverage
        return Towards(
            self._spelled(reached.target),
            self._spelled(reached.to_go),
            reached.times or "reached",
            bool(aim and coverage is not None and round(coverage, 1) < aim),
        )

    @cached_property
    def reads_plans(self) -> bool:
        return self.forecast.user is None or reads_calls(self.forecast.user)

    @property
    def targeted(self) -> bool:
        """Whether lines have targets to show."""
        return self.by in PLANNED and self.sums.towards is not None

    @cached_property
    def coverage_goal(self) -> Decimal | None:
        forecast = self.forecast
        return coverage_goal(forecast.quarter, forecast.running, forecast.known)

    def _spelled(self, worth: Any) -> tuple[str, str]:
        currency = self.forecast.currency
        return in_short(worth, currency), in_full(worth, currency)

    def _deals(self, categories: Iterable[str], opens: dict[str, Any]) -> str:
        said = [("view", "team"), ("quarter", str(self.forecast.quarter)), *opens.items()]
        said += [("category", str(each)) for each in categories]
        return f"{reverse('scoping:opportunities')}?{urlencode(said)}"
