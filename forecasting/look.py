"""One look at a quarter: which quarter, counted how, whose deals and where, seen by whom and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from emdesk.fiscal import Quarter
from emdesk.people.models import User
from forecasting.forms import QuarterForm
from scoping import rules
from scoping.models import ScopingIssue
from scoping.quarters import FiscalCalendar
from scoping.win_rate import countable
from scoping.win_rate_axes import Basis

SHOWN, COMPARED = 8, 4


@dataclass(frozen=True)
class Look:
    quarter: Quarter
    user: User
    form: QuarterForm
    at: datetime
    calendar: FiscalCalendar = field(default_factory=FiscalCalendar)

    @property
    def basis(self) -> Basis:
        return self.form.basis

    @cached_property
    def quarters(self) -> list[Quarter]:
        """Those before it and itself, the oldest first."""
        return [*before(self.quarter, SHOWN - 1), self.quarter]

    @property
    def year_ago(self) -> Quarter:
        return Quarter(self.quarter.year - 1, self.quarter.number)

    @cached_property
    def compared(self) -> list[Quarter]:
        """The four quarters before, which usual lengths are taken from."""
        return before(self.quarter, COMPARED)

    @cached_property
    def days(self) -> list[tuple[date, date]]:
        return self.calendar.days(self.quarter)

    @cached_property
    def moments(self) -> list[tuple[datetime, datetime]]:
        return self.calendar.moments(self.quarter)

    @property
    def ended_at(self) -> datetime:
        """When one looks: now, or when the quarter had ended."""
        ends = [end for _, end in self.moments]
        return min(self.at, max(ends)) if ends else self.at

    @property
    def running(self) -> bool:
        """Whether the quarter has not ended yet."""
        return self.ended_at == self.at

    @property
    def whole(self) -> bool:
        return rules.reads_whole_win_rate(self.user)

    def records(self, basis: Basis) -> QuerySet[Any]:
        """Issues or deals, whatever became of them."""
        return countable(basis, self.user).filter(self.form.where())

    def about_issue(self, path: str = "issue") -> Q:
        """What belongs to the issues one looks at, found by this path to their key."""
        if self.whole and not self.form.narrows:
            return Q()
        issues: QuerySet[ScopingIssue] = self.records(Basis.ISSUES)
        return Q(**{f"{path}__in": issues.order_by().values("pk")})


def before(quarter: Quarter, count: int) -> list[Quarter]:
    """So many quarters before this one, the oldest first."""
    found: list[Quarter] = []
    while len(found) < count:
        quarter = quarter.previous
        found.insert(0, quarter)
    return found
