"""Calibration as it is shown: of many to those who lead, of one to that one, beside the picker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from emdesk.people.models import User
from forecasting.calibration import (
    ENOUGH,
    FEWEST_EMS,
    SCORED,
    Cell,
    Foretold,
    Key,
    Score,
    cells,
    foretold,
    in_aggregate,
    score,
    shrunk,
)
from forecasting.charts import Drawing, Span, spans
from forecasting.trust_rules import reads_own_trust, reads_team_trust
from scoping.categories import ANY_QUARTER, IN_QUARTER, Outlook
from scoping.interval import Interval, wilson
from scoping.models import Confidence, Opportunity
from scoping.picker import LAST_WEEKS, Note

WEEKS = range(LAST_WEEKS, 0, -1)
MEANINGS = {
    Confidence.GREEN: "closes won in its quarter",
    Confidence.AMBER: "closes won, its date is in doubt",
    Confidence.RED: "does not close won in its quarter",
}


@dataclass(frozen=True)
class Share:
    """How often something came true, how sure that is, and what the weights promise."""

    some: int
    n: int
    promised: float
    mean: float | None = None

    @property
    def rate(self) -> float:
        return self.some / self.n

    @property
    def interval(self) -> Interval:
        return wilson(self.some, self.n) or Interval(0, 1)

    @property
    def drawn(self) -> float | None:
        """Towards the team's mean, where that is known."""
        return None if self.mean is None else shrunk(self.some, self.n, self.mean)

    @property
    def verdict(self) -> str:
        if self.interval.high < self.promised:
            return "less than promised"
        return "more than promised" if self.interval.low > self.promised else ""


@dataclass(frozen=True)
class Row:
    """One week of one colour."""

    weeks: int
    n: int
    in_time: Share | None
    won: Share | None


@dataclass(frozen=True)
class Panel:
    """One colour, week by week."""

    colour: Confidence
    rows: list[Row]
    key: str

    @property
    def meaning(self) -> str:
        return MEANINGS[self.colour]

    @property
    def known(self) -> bool:
        return any(row.in_time for row in self.rows)

    @property
    def chart(self) -> SafeString:
        points, said = [], []
        for row in self.rows:
            share = row.in_time
            if share is None:
                points.append((str(row.weeks), Span(None, 0, 0, "", "")))
                continue
            sure, text = share.interval, f"{share.rate:.0%}"
            words = f"{row.weeks} weeks before: {text} in time, {sure}, n = {row.n}"
            said.append(words)
            span = Span(share.rate, sure.low, sure.high, text, words)
            points.append((str(row.weeks), span))
        title = f"{self.colour.label}: closed won in time, by weeks before the close date"
        return spans(Drawing(f"{self.key}-{self.colour}", title, "; ".join(said)), points)


@dataclass(frozen=True)
class Scores:
    """Brier's score of one week, of both events."""

    weeks: int
    in_time: Score
    won: Score


@dataclass(frozen=True)
class Trust:
    """What one person may know of the colours, as of a moment."""

    user: User
    at: datetime

    @cached_property
    def outlook(self) -> Outlook:
        return Outlook.on(localdate(self.at))

    @cached_property
    def _everything(self) -> list[Foretold]:
        return foretold(Opportunity.objects.all(), self.at)

    @cached_property
    def _many(self) -> dict[Key, Cell]:
        return in_aggregate(cells(self._everything))

    @cached_property
    def _own(self) -> list[Foretold]:
        return [each for each in self._everything if each.em == self.user.pk]

    @property
    def team(self) -> list[Panel]:
        if not reads_team_trust(self.user):
            return []
        return [self._panel(colour, self._many, {}, "team") for colour in SCORED]

    @property
    def own(self) -> list[Panel]:
        if not reads_own_trust(self.user):
            return []
        found = cells(self._own)
        return [self._panel(colour, found, self._many, "own") for colour in SCORED]

    def deals_of(self, colour: str, weeks: int) -> list[int]:
        """The deals behind one number of one's own; of many together none are named."""
        key = (colour, weeks)
        cell = cells(self._own).get(key) if reads_own_trust(self.user) else None
        enough = cell is not None and cell.enough
        return [each.deal for each in self._own if (each.colour, each.weeks) == key and enough]

    @property
    def team_scores(self) -> list[Scores]:
        return self._scores(self._everything, FEWEST_EMS) if reads_team_trust(self.user) else []

    @property
    def own_scores(self) -> list[Scores]:
        return self._scores(self._own, 1) if reads_own_trust(self.user) else []

    def _panel(
        self, colour: Confidence, found: Mapping[Key, Cell], team: Mapping[Key, Cell], key: str
    ) -> Panel:
        rows = [
            self._row(colour, weeks, found.get((colour, weeks)), team.get((colour, weeks)))
            for weeks in WEEKS
        ]
        return Panel(colour, rows, key)

    def _row(self, colour: Confidence, weeks: int, cell: Cell | None, team: Cell | None) -> Row:
        if cell is None or not cell.enough:
            return Row(weeks, cell.n if cell else 0, None, None)
        promised = [float(self.outlook.weights[colour, each]) for each in (IN_QUARTER, ANY_QUARTER)]
        means = (team.in_time / team.n, team.won / team.n) if team else (None, None)
        return Row(
            weeks,
            cell.n,
            Share(cell.in_time, cell.n, promised[0], means[0]),
            Share(cell.won, cell.n, promised[1], means[1]),
        )

    def _scores(self, told: Iterable[Foretold], ems: int) -> list[Scores]:
        """By week, where enough was foretold by enough; Grey foretells nothing."""
        scored = [each for each in told if each.colour in SCORED]
        found = []
        for weeks in WEEKS:
            those = [each for each in scored if each.weeks == weeks]
            if len(those) < ENOUGH or len({each.em for each in those}) < ems:
                continue
            in_time, won = (
                score(self._pairs(those, horizon, event))
                for horizon, event in ((IN_QUARTER, "in_time"), (ANY_QUARTER, "won"))
            )
            if in_time and won:
                found.append(Scores(weeks, in_time, won))
        return found

    def _pairs(
        self, told: Iterable[Foretold], horizon: str, event: str
    ) -> Iterable[tuple[float, bool]]:
        weights = self.outlook.weights
        return ((float(weights[each.colour, horizon]), getattr(each, event)) for each in told)


def beside_the_picker(user: User, at: datetime) -> list[Note]:
    """“Your Greens at week 6 closed in time 61% (n = 23)”, of one's own and only of enough."""
    if not reads_own_trust(user):
        return []
    own = cells(foretold(Opportunity.objects.filter(engagement_manager=user), at))
    return [
        Note(colour, weeks, _sentence(colour, weeks, cell), reverse("forecasting:trust"))
        for colour in SCORED
        for weeks in WEEKS
        if (cell := own.get((colour, weeks))) and cell.enough
    ]


def _sentence(colour: Confidence, weeks: int, cell: Cell) -> str:
    return (
        f"Your {colour.label}s at week {weeks} closed in time {cell.in_time / cell.n:.0%} "
        f"(n = {cell.n}), were won at all {cell.won / cell.n:.0%}."
    )
