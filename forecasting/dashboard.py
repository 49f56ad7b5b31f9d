"""The dashboard of a quarter: every part of it, each in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Q

from emdesk.configuration.currencies import desk_currency
from emdesk.fiscal import Quarter
from forecasting.flow import (
    Ageing,
    Funnel,
    Standing,
    Stuck,
    ageing,
    funnel,
    stuck_longest,
    time_in_state,
)
from forecasting.look import Look
from forecasting.models import Freeze
from forecasting.pipeline import Pipeline, Worth, pipeline
from forecasting.promises import Kept, promises_kept
from scoping.quarters import on_days
from scoping.win_rate import Tally, outcomes, tallies
from scoping.win_rate_axes import Basis, QuarterOf, axes


@dataclass(frozen=True)
class Dashboard:
    look: Look

    @cached_property
    def series(self) -> dict[Quarter, Tally]:
        """What closed in each of the quarters shown, the oldest first."""
        basis, quarters = self.look.basis, self.look.quarters
        axis = axes(basis)["quarter"]
        found = {quarter: Tally(str(quarter)) for quarter in quarters}
        for names, tally in tallies(basis, axis, self.look.records(basis).filter(self._shown)):
            for key in axis.keys(*names):
                found[Quarter.parse(key)].add(tally)
        return found | {quarter: kept.tally(basis) for quarter, kept in self.frozen.items()}

    @cached_property
    def frozen(self) -> dict[Quarter, Freeze]:
        """Quarters that are closed keep their figures, for who reads them all unnarrowed."""
        if self.look.form.narrows or not self.look.whole:
            return {}
        kept = Freeze.objects.filter(quarter__in=[str(each) for each in self.look.quarters])
        return {Quarter.parse(each.quarter): each for each in kept.select_related("by")}

    @property
    def freeze(self) -> Freeze | None:
        """Of the quarter that is shown."""
        return self.frozen.get(self.look.quarter)

    @property
    def ends(self) -> dict[str, Worth]:
        """What became of the CRM's deals: won, lost, or open."""
        found = self.pipeline
        if self.freeze is None:
            return {"won": found.won, "lost": found.lost, "open": found.open}
        told = self.freeze.figures["ends"]
        return {
            name: Worth(**each | {"value": Decimal(each["value"])}) for name, each in told.items()
        }

    @property
    def tally(self) -> Tally:
        return self.series[self.look.quarter]

    def change(self, since: Quarter) -> Decimal | None:
        """By how much the rate differs from another quarter's."""
        now, then = self.tally.rate, self.series[since].rate
        return None if now is None or then is None else now - then

    @cached_property
    def reasons(self) -> list[Tally]:
        """Why issues were lost, the most frequent first; the CRM's deals say none."""
        if self.look.basis != Basis.ISSUES:
            return []
        within = QuarterOf.CLOSE.holds(Basis.ISSUES, self.look.quarter)
        lost = self.look.records(Basis.ISSUES).filter(within, outcomes(Basis.ISSUES)[1])
        axis = axes(Basis.ISSUES)["reason"]
        found = dict[str, Tally]()
        for names, tally in tallies(Basis.ISSUES, axis, lost):
            for key in axis.keys(*names):
                found.setdefault(key, Tally(key)).add(tally)
        return sorted(found.values(), key=lambda each: (-each.lost, each.key))

    @cached_property
    def funnel(self) -> Funnel:
        return funnel(self.look)

    @cached_property
    def time_in_state(self) -> list[Standing]:
        return time_in_state(self.look)

    @cached_property
    def ageing(self) -> list[Ageing]:
        return ageing(self.look, self.time_in_state)

    @cached_property
    def stuck(self) -> list[Stuck]:
        return stuck_longest(self.look, self.time_in_state)

    @cached_property
    def promises(self) -> list[Kept]:
        return promises_kept(self.look)

    @cached_property
    def pipeline(self) -> Pipeline:
        return pipeline(self.look, desk_currency(self.look.at.date()))

    @property
    def empty(self) -> bool:
        """Whether there is nothing at all to tell of this quarter."""
        deals = self.pipeline
        return not (
            self.tally.closed
            or self.funnel.came_in
            or any(each.standing for each in self.ageing)
            or any(each.deals for each in (deals.won, deals.lost, deals.open))
        )

    @property
    def _shown(self) -> Q:
        """What closed in the quarters shown."""
        if self.look.basis == Basis.ISSUES:
            return Q(close_quarter__in=[str(quarter) for quarter in self.look.quarters])
        days = [span for each in self.look.quarters for span in self.look.calendar.days(each)]
        return on_days("close_date", days)
