"""The load of a desk and the gaps in coverage once more: issue by issue, day by day.

Written from domain.md §2.5 and the words on the page; nothing of :mod:`scoping.load.desks` or
:mod:`scoping.load.gaps` is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from emdesk.people.models import Coverage, Segment, Territory, User


def load_of(issues: Iterable[Any], at: datetime) -> dict[str, Any]:
    """Of the issues of one person, of nobody or of everybody."""
    today = at.date()
    found: dict[str, Any] = {
        "live": 0, "to_do": 0, "overdue": 0, "soon": 0, "stepless": 0, "days": None,
        "amounts": {}, "columns": {},
    }  # fmt: skip
    for issue in issues:
        if issue.state == "closed":
            continue
        found["live"] += 1
        found["columns"][issue.state] = found["columns"].get(issue.state, 0) + 1
        found["to_do"] += issue.em_status == "todo"
        if issue.expected_value:
            amounts = found["amounts"]
            amounts[issue.currency] = amounts.get(issue.currency, 0) + issue.expected_value
        if issue.next_step_date is not None:
            days = (issue.next_step_date - today).days
            found["overdue"] += days < 0
            found["soon"] += 0 <= days < 7
        if issue.next_step == "":
            found["stepless"] += 1
            age = (at - issue.entered_state_at).days
            found["days"] = age if found["days"] is None else max(found["days"], age)
    return found


def at_work(user: User, day: date) -> bool:
    """They are an engagement manager, and there or represented."""
    user = User.objects.get(pk=user.pk)
    if not user.is_active or "em" not in user.roles:
        return False
    return not user.absences.on(day).exists() or user.delegate_on(day) is not None


def territory_covered(territory: Territory, day: date) -> bool:
    for row in Coverage.objects.all():
        if row.since > day or (row.until and row.until < day):
            continue
        named = row.territory_id == territory.pk and row.segment_id in (None, territory.segment_id)
        by_segment = row.territory_id is None and row.segment_id == territory.segment_id
        if (named or by_segment) and at_work(row.user, day):
            return True
    return False


def segment_covered(segment: Segment, day: date) -> bool:
    for row in Coverage.objects.filter(segment=segment, territory=None):
        if row.since <= day and (row.until is None or row.until >= day) and at_work(row.user, day):
            return True
    territories = list(Territory.objects.filter(segment=segment))
    return bool(territories) and all(territory_covered(each, day) for each in territories)


def first_gap(covered: Any, part: Any, today: date, days: int) -> tuple[date, date | None] | None:
    """Its first day within so many days, and its last one, None where that is not within them."""
    calendar = [today + timedelta(days=number) for number in range(days + 1)]
    open_days = [day for day in calendar if not covered(part, day)]
    if not open_days:
        return None
    since = open_days[0]
    after = [day for day in calendar if day > since and covered(part, day)]
    return since, after[0] - timedelta(days=1) if after else None
