"""Hours that open estimates foretell, by role, month and colour; weighed as the forecast weighs.

Source: domain.md §10.2 (a colour's weight in any quarter), §6.2 (hours). No cost and no price.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.timezone import localdate

from emdesk.configuration.values import values_on
from emdesk.people.models import User
from forecasting.forms import ScopeForm
from forecasting.spreading import Spread, months_from, spread
from scoping import rules
from scoping.categories import ANY_QUARTER, Outlook
from scoping.estimating.effort import Effort, Efforts, Who
from scoping.models import Confidence, Opportunity, ScopingIssue
from scoping.pricing import ZERO
from scoping.quarters import ZONE
from sow.models import ChangeOrder, Version

SHOWN = 6
LATER, UNDATED = "later", "undated"
SUREST_FIRST = tuple(reversed(Confidence.values))


@dataclass(frozen=True)
class Amount:
    hours: Decimal = ZERO
    weighted: Decimal = ZERO

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.hours + other.hours, self.weighted + other.weighted)


@dataclass(frozen=True)
class Part:
    """What one role works on one issue in one month; ``month`` is a key of :class:`Hours`."""

    work: Work
    who: Who
    month: str
    amount: Amount


@dataclass(frozen=True)
class Work:
    """One issue with the estimate that counts; ``deal`` is None while it has none."""

    issue: ScopingIssue
    deal: Opportunity | None
    effort: Effort
    spread: Spread
    weight: Decimal

    @property
    def colour(self) -> str:
        return self.deal.confidence if self.deal else Confidence.GREY.value

    @property
    def colour_name(self) -> str:
        return Confidence(self.colour).label


@dataclass(frozen=True)
class Hours:
    """One look at them: of live issues ``user`` may count, narrowed by the form."""

    user: User
    form: ScopeForm
    at: datetime

    @cached_property
    def known(self) -> dict[str, Any]:
        return values_on(localdate(self.at))

    @cached_property
    def outlook(self) -> Outlook:
        return Outlook.of(self.known)

    @cached_property
    def today(self) -> date:
        return self.at.astimezone(ZoneInfo(self.known[ZONE])).date()

    @cached_property
    def months(self) -> list[date]:
        return months_from(self.today, SHOWN)

    @property
    def columns(self) -> dict[str, str]:
        """Each month by its key, then what is later, then what has no month yet."""
        named = {f"{each:%Y-%m}": f"{each:%b %Y}" for each in self.months}
        return named | {LATER: "Later", UNDATED: "No month yet"}

    @cached_property
    def issues(self) -> list[ScopingIssue]:
        found = ScopingIssue.objects.live().filter(self.form.where())
        if not rules.reads_whole_win_rate(self.user):
            found = found.visible_to(self.user)
        named = ("account", "segment", "engagement_manager", "opportunity")
        return list(found.select_related(*named).order_by("pk"))

    @cached_property
    def efforts(self) -> Efforts:
        return Efforts([each.pk for each in self.issues])

    @property
    def unestimated(self) -> list[ScopingIssue]:
        """Live issues that nobody has estimated an hour of."""
        told = {each.issue.pk for each in self.works}
        return [each for each in self.issues if each.pk not in told]

    @cached_property
    def _by_issue(self) -> dict[int, Effort]:
        """A change order asks for what it adds to what both have signed."""
        found = self.efforts.by_issue
        orders = ChangeOrder.objects.filter(issue__in=found)
        bases = dict(orders.values_list("issue", "basis"))
        before = self.efforts.as_sent(bases.values())
        amended = {pk: found[pk].beyond(before[basis]) for pk, basis in bases.items()}
        return found | amended

    @cached_property
    def works(self) -> list[Work]:
        efforts, written = self._by_issue, self._written()
        pairs = ((each, efforts.get(each.pk)) for each in self.issues)
        return [
            self._work(issue, effort, written.get(issue.pk) or {})
            for issue, effort in pairs
            if effort and effort.total
        ]

    @cached_property
    def parts(self) -> list[Part]:
        """Every number of the page is a sum of some of these."""
        return [part for work in self.works for part in self._parts(work)]

    def _parts(self, work: Work) -> Iterator[Part]:
        for who, hours in work.effort.hours.items():
            months = work.spread.parts(hours, self.months)
            for month, spent in zip(self.columns, months, strict=True):
                if spent:
                    yield Part(work, who, month, Amount(spent, spent * work.weight))

    def _work(self, issue: ScopingIssue, effort: Effort, written: dict[str, str]) -> Work:
        deal = issue.opportunity
        deal = None if deal is None or deal.deleted else deal
        weight = (
            self.outlook.weighs(deal.stage, deal.confidence, ANY_QUARTER)
            if deal
            else self.outlook.weights[Confidence.GREY, ANY_QUARTER]
        )
        when = spread(effort.delivery, written, deal, self.known, self.today)
        return Work(issue, deal, effort, when, weight)

    def _written(self) -> dict[int, Any]:
        """The fields of the newest version of each SOW."""
        heads = Version.objects.filter(
            statement__issue__in=self.issues, number=F("statement__latest")
        )
        rows: Any = heads.values_list("statement__issue", "content__fields")
        return dict(rows)
