"""How much of their plans people reached, spelled (domain.md §13)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from emdesk.money import in_full, in_short
from forecasting.forecast import Forecast
from forecasting.roll_up import Roll
from forecasting.targets import SHARE, Attainment

Spelled = tuple[str, str]


@dataclass(frozen=True)
class Attained:
    """One person, or everybody; amounts short and in full, empty where nothing is told."""

    name: str
    attainment: Attainment
    amounts: list[Spelled]
    percents: list[str]


class AttainedShown:
    """``roll`` is by engagement manager. Whoever has no plan is not in it."""

    def __init__(self, forecast: Forecast, roll: Roll) -> None:
        self.forecast, self.roll = forecast, roll
        self.share: Decimal = forecast.known[SHARE]

    @property
    def lines(self) -> list[Attained]:
        people = {
            plan.engagement_manager_id: str(plan.engagement_manager)
            for plan in self.forecast.targets.plans
            if plan.engagement_manager_id
        }
        named = sorted(people.items(), key=lambda each: each[1])
        return [self._line(name, em) for em, name in named]

    @property
    def whole(self) -> Attained:
        return self._line("Total", None)

    def attainment(self, em: int | None) -> Attainment:
        lines = [line for line in self.roll.lines if line.kind == "em" and line.em == em]
        closed = sum((line.closed for line in lines), Decimal(0))
        target = self.forecast.targets.of(em=em)
        return Attainment(target, self.roll.whole.closed if em is None else closed, self.share)

    def _line(self, name: str, em: int | None) -> Attained:
        found = self.attainment(em)
        target = found.target
        amounts = (target.bookings, found.closed, target.revenue, target.recognised)
        shares = (found.bookings, found.revenue, found.score)
        return Attained(
            name,
            found,
            [self._spelled(each) for each in amounts],
            ["–" if each is None else f"{each:.0%}" for each in shares],
        )

    def _spelled(self, worth: Decimal | None) -> Spelled:
        if worth is None:
            return ("–", "")
        currency = self.forecast.currency
        return in_short(worth, currency), in_full(worth, currency)
