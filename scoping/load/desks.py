"""The load of every desk: what each engagement manager has, must do and is late with.

Counts are of live issues. Late is a next step dated before today, soon one of today or of the six
days after. The oldest without a next step is the one longest in its column, as the board
ages cards. Amounts of different currencies are never added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.utils.timezone import localdate

from emdesk.money import Money
from emdesk.people.models import Absence, Coverage, Level, Role, User
from emdesk.people.models.user import UserQuerySet
from scoping.models.finding import ScopingIssueQuerySet
from scoping.states import LIVE, EmStatus

SOON = timedelta(days=7)
SENIORITY = {level: place for place, level in enumerate(Level.values, start=1)}


@dataclass
class Desk:
    """One row: a person's live issues, those of nobody (``person`` is None), or everybody's."""

    person: User | None = None
    live: int = 0
    columns: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LIVE, 0))
    amounts: dict[str, Decimal] = field(default_factory=dict)
    to_do: int = 0
    overdue: int = 0
    soon: int = 0
    stepless: int = 0
    stepless_since: datetime | None = None
    away: Sequence[Absence] = ()
    covers: Sequence[str] = ()
    at: datetime | None = None

    def add(self, row: dict[str, Any]) -> None:
        """One group of issues: those in one column and one currency."""
        self.live += row["cards"]
        self.columns[row["state"]] += row["cards"]
        for name in ("to_do", "overdue", "soon", "stepless"):
            setattr(self, name, getattr(self, name) + row[name])
        if row["worth"]:
            known = self.amounts.get(row["currency"], Decimal(0))
            self.amounts[row["currency"]] = known + row["worth"]
        since = [when for when in (self.stepless_since, row["stepless_since"]) if when]
        self.stepless_since = min(since, default=None)

    @property
    def works(self) -> bool:
        """Issues can still be given to them."""
        return self.person is not None and self.person.is_active and self.person.has(Role.EM)

    @property
    def worth(self) -> list[Money]:
        return [Money(amount, currency) for currency, amount in sorted(self.amounts.items())]

    @property
    def stepless_days(self) -> int | None:
        """How long the oldest without a next step stands in its column, in whole days."""
        if self.stepless_since is None or self.at is None:
            return None
        return (self.at - self.stepless_since).days

    @property
    def days_off(self) -> int:
        """Days away from today on, weekends counted too."""
        today = localdate(self.at)
        return sum((each.last_day - max(each.first_day, today)).days + 1 for each in self.away)


@dataclass(frozen=True)
class Load:
    """Everybody's desks, the one of nobody, and all of them together."""

    unassigned: Desk
    desks: list[Desk]
    total: Desk


def load(issues: ScopingIssueQuerySet, at: datetime) -> Load:
    """The load of these issues at this moment, in four queries however many there are."""
    found: dict[int | None, Desk] = defaultdict(lambda: Desk(at=at))
    total = Desk(at=at)
    for row in _groups(issues.live(), localdate(at)):
        found[row["engagement_manager_id"]].add(row)
        total.add(row)
    away, covers = _absences(localdate(at)), _coverage(localdate(at))
    desks = []
    for person in people_with(issues):
        desk = found[person.pk]
        desk.person = person
        desk.away, desk.covers = away.get(person.pk, ()), covers.get(person.pk, ())
        desks.append(desk)
    return Load(found[None], desks, total)


def people_with(issues: ScopingIssueQuerySet) -> UserQuerySet:
    """The engagement managers, and whoever left with live issues still theirs."""
    managers = User.objects.engagement_managers().values("pk")
    holders = issues.live().order_by().values("engagement_manager")
    return User.objects.filter(Q(pk__in=managers) | Q(pk__in=holders))


def _groups(issues: ScopingIssueQuerySet, today: date) -> Any:
    late, soon = Q(next_step_date__lt=today), Q(next_step_date__range=(today, last_soon(today)))
    stepless = Q(next_step="")
    return (
        issues.order_by()
        .values("engagement_manager_id", "state", "currency")
        .annotate(
            cards=Count("pk"),
            worth=Sum("expected_value"),
            to_do=Count("pk", filter=Q(em_status=EmStatus.TODO)),
            overdue=Count("pk", filter=late),
            soon=Count("pk", filter=soon),
            stepless=Count("pk", filter=stepless),
            stepless_since=Min("entered_state_at", filter=stepless),
        )
    )


def last_soon(today: date) -> date:
    return today + SOON - timedelta(days=1)


def _absences(today: date) -> dict[int, list[Absence]]:
    found: dict[int, list[Absence]] = defaultdict(list)
    for absence in Absence.objects.ahead(today).select_related("delegate"):
        found[absence.user_id].append(absence)
    return found


def _coverage(today: date) -> dict[int, list[str]]:
    """What each covers today, territories and segments by name."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in Coverage.objects.in_force(today).select_related("territory", "segment"):
        parts = [
            row.territory.name if row.territory else "",
            row.segment.label if row.segment else "",
        ]
        found[row.user_id].append(" in ".join(filter(None, parts)))
    return {pk: sorted(names) for pk, names in found.items()}


Key = Callable[[Desk], Any]
ORDERS: dict[str, Key] = {
    "name": lambda desk: str(desk.person).casefold(),
    "level": lambda desk: SENIORITY.get(desk.person.level if desk.person else "", 0),
    "live": lambda desk: desk.live,
    "to_do": lambda desk: desk.to_do,
    "overdue": lambda desk: desk.overdue,
    "soon": lambda desk: desk.soon,
    "stepless": lambda desk: desk.stepless_days or 0,
    "days_off": lambda desk: desk.days_off,
}


def in_order(desks: Sequence[Desk], wanted: str, currency: str) -> list[Desk]:
    """Sorted by a column, downwards with a minus before it; equal ones by name.

    ``value`` goes by the amounts in ``currency``, the others stand aside.
    """
    name, down = wanted.removeprefix("-"), wanted.startswith("-")

    def worth(desk: Desk) -> Decimal:
        return desk.amounts.get(currency, Decimal(0))

    by_name = sorted(desks, key=ORDERS["name"])
    key = worth if name == "value" else ORDERS.get(name, ORDERS["name"])
    return sorted(by_name, key=key, reverse=down)


def main_currency(total: Desk) -> str:
    """The one most of the money is in, by its digits."""
    amounts = sorted(total.amounts.items(), key=lambda pair: (-pair[1], pair[0]))
    return amounts[0][0] if amounts else "USD"


def matching(issues: ScopingIssueQuerySet, due: str, today: date) -> ScopingIssueQuerySet:
    """Those whose next step is ``overdue`` or due ``soon``."""
    if due == "overdue":
        return issues.filter(next_step_date__lt=today)
    if due == "soon":
        return issues.filter(next_step_date__range=(today, last_soon(today)))
    return issues
