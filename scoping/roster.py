"""The engagement managers of a day: what each covers, has on the desk, and when each is away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from emdesk.money import Money
from emdesk.people.models import Absence, Coverage, Segment, Territory, User
from scoping.models import ScopingIssue
from scoping.states import EmStatus

AHEAD = timedelta(days=13)  # with today a fortnight


@dataclass
class Load:
    """Live issues; those to do now; those whose next step is due by tomorrow; their worth."""

    live: int = 0
    to_do: int = 0
    due: int = 0
    worth: list[Money] = field(default_factory=list)


@dataclass(frozen=True)
class Manager:
    """``away`` is today's absence; ``days_off`` counts those of the coming fortnight."""

    user: User
    load: Load
    coverage: Sequence[Coverage] = ()
    away: Absence | None = None
    days_off: int = 0

    def covers_territory(self, territory: Territory, segment: Segment | None) -> bool:
        """Some cover a territory for one segment only."""
        pk = segment.pk if segment else None
        return any(
            each.territory_id == territory.pk and each.segment_id in {None, pk}
            for each in self.coverage
        )

    def covers_segment(self, segment: Segment) -> bool:
        return any(
            each.territory_id is None and each.segment_id == segment.pk for each in self.coverage
        )


@dataclass(frozen=True)
class Roster:
    """``absences`` are today's, of everybody, by who is away."""

    managers: list[Manager]
    absences: dict[int, Absence]

    def stand_ins(self, absent: Sequence[Manager]) -> list[Manager]:
        """The engagement managers who act for these, each once."""
        acting = {self._acting_for(each.user.pk) for each in absent}
        return [manager for manager in self.managers if manager.user.pk in acting]

    def _acting_for(self, pk: int) -> int | None:
        """Their delegate, or that one's; None when the delegates stand in for each other."""
        passed: set[int] = set()
        while away := self.absences.get(pk):
            passed.add(pk)
            pk = away.delegate_id
            if pk in passed:
                return None
        return pk

    def find(self, user: User | None) -> Manager | None:
        return next((each for each in self.managers if user and each.user.pk == user.pk), None)


def roster(day: date) -> Roster:
    """Everybody an issue can be given to, in four queries."""
    coverage, absences = defaultdict(list), defaultdict(list)
    for row in Coverage.objects.in_force(day):
        coverage[row.user_id].append(row)
    coming = Absence.objects.ahead(day).filter(first_day__lte=day + AHEAD)
    for away in coming.select_related("delegate"):
        absences[away.user_id].append(away)
    today = {pk: away for pk, rows in absences.items() for away in rows if away.first_day <= day}
    loads = loads_on(day)
    managers = [
        Manager(
            user,
            loads.get(user.pk, Load()),
            coverage[user.pk],
            today.get(user.pk),
            days_off(absences[user.pk], day),
        )
        for user in User.objects.engagement_managers()
    ]
    return Roster(managers, today)


def days_off(absences: Sequence[Absence], day: date) -> int:
    """How many of the fortnight's days these take."""
    last = day + AHEAD
    return sum((min(a.last_day, last) - max(a.first_day, day)).days + 1 for a in absences)


def loads_on(day: date) -> dict[int, Load]:
    """By engagement manager, everything live they have."""
    due = Q(next_step_date__lte=day + timedelta(days=1))
    rows: Any = (
        ScopingIssue.objects.live()
        .exclude(engagement_manager=None)
        .values_list("engagement_manager", "currency")
        .annotate(
            cards=Count("pk"),
            to_do=Count("pk", filter=Q(em_status=EmStatus.TODO)),
            due=Count("pk", filter=due),
            worth=Sum("expected_value"),
        )
        .order_by("engagement_manager", "currency")
    )
    loads: dict[int, Load] = defaultdict(Load)
    for manager, currency, live, to_do, due_soon, worth in rows:
        load = loads[manager]
        load.live, load.to_do, load.due = load.live + live, load.to_do + to_do, load.due + due_soon
        if worth:
            load.worth.append(Money(worth, currency))
    return dict(loads)
