"""The forecast of one quarter: whose deals, by which meanings, in which currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.timezone import localdate

from emdesk.configuration.currencies import DESK
from emdesk.configuration.fiscal_year import KEY
from emdesk.configuration.values import values_on
from emdesk.fiscal import Quarter
from emdesk.people.models import User
from forecasting.roll_up import AXES, Line, Roll, rolled_up
from forecasting.targets import Targets
from scoping import rules
from scoping.categories import Outlook, categorised
from scoping.deal_totals import Row, added_up
from scoping.models import Opportunity
from scoping.models.opportunity import OpportunityQuerySet
from scoping.quarters import ZONE
from scoping.targets import Reached

PLANNED = ("em", "region")


@dataclass(frozen=True)
class Forecast:
    """One look at it; ``user`` is None for the whole desk. Quarters are as opportunities show them."""

    quarter: Quarter
    user: User | None
    at: datetime

    @cached_property
    def known(self) -> dict[str, Any]:
        """Every setting of the day, in one statement."""
        return values_on(localdate(self.at))

    @property
    def currency(self) -> str:
        code: str = self.known[DESK]
        return code

    @cached_property
    def outlook(self) -> Outlook:
        return Outlook.of(self.known)

    @cached_property
    def window(self) -> tuple[date, date]:
        """Its first and last day."""
        month = self.known[KEY]
        return self.quarter.starts(month), self.quarter.ends(month)

    @property
    def running(self) -> Quarter:
        """The one that runs, by the clock of the fiscal calendar."""
        return Quarter.containing(self.today, self.known[KEY])

    @property
    def today(self) -> date:
        return self.at.astimezone(ZoneInfo(self.known[ZONE])).date()

    @cached_property
    def days_left(self) -> int | None:
        """Until it ends, by the clock of the fiscal calendar; None before and after it."""
        first, last = self.window
        return (last - self.today).days if first <= self.today <= last else None

    @property
    def whole(self) -> bool:
        """Whether it counts every deal, or those the account team is on."""
        return self.user is None or rules.reads_whole_win_rate(self.user)

    @property
    def deals(self) -> OpportunityQuerySet:
        """Those that close in the quarter, valued and categorised."""
        found = Opportunity.objects.filter(deleted=False, close_date__range=self.window)
        if self.user is not None and not self.whole:
            found = found.visible_to(self.user)
        priced = found.in_region().valued(localdate(self.at), self.currency)
        return categorised(priced, self.outlook, *self.window)

    def by(self, axis: str) -> Roll:
        """In one query, with a line for whoever has a plan."""
        rows = added_up(self.deals, *AXES[axis].parts, "category", "confidence")
        return rolled_up(rows, axis, self.outlook, self._planned(axis))

    @cached_property
    def targets(self) -> Targets:
        return Targets(self.quarter, localdate(self.at), self.currency)

    def reached(self, line: Line, axis: str) -> Reached | None:
        """None without a target: nobody's lines have none, nor has an axis plans do not know."""
        if line.nobodys or not (axis in PLANNED or line.kind == "total"):
            return None
        goal = self.targets.of(line.region, line.em).bookings
        return None if goal is None else Reached(goal, line.closed, line.open)

    def _planned(self, axis: str) -> list[Row]:
        if axis not in PLANNED or not self.whole:
            return []
        return [
            {
                "region": plan.region,
                "engagement_manager": plan.engagement_manager_id,
                "engagement_manager__name": str(plan.engagement_manager),
            }
            for plan in self.targets.plans
            if axis == "region" or plan.engagement_manager_id
        ]
