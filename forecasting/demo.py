"""What the demo's desk and CRM disagreed about, dated by what the demo tells of each deal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import localdate

from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import append
from forecasting.drift import Told, began, disagreeing, ended, flag
from forecasting.drift_lines import PAST
from forecasting.drift_rules import Rule, rules_on
from scoping.deals import AMENDED
from scoping.models import Opportunity, ScopingIssue

MORNING = time(6, 15)
HOUR = timedelta(hours=1)


def tell_drift(at: datetime) -> None:
    """Close dates that were past until somebody moved them, and what disagrees now."""
    told = _moved_late(at)
    over = {event.subject_id: event.at for event in told}
    append(sorted([*told, *_under_way(at, over)], key=lambda event: event.at))


def _moved_late(at: datetime) -> list[Event]:
    past = next((rule for rule in rules_on(localdate(at)) if rule.closes == PAST), None)
    issues = dict(ScopingIssue.objects.exclude(opportunity=None).values_list("opportunity", "pk"))
    label = Opportunity._meta.label_lower
    pushes = Event.objects.filter(
        subject_type=label, verb=AMENDED, data__changed__has_key="close_date"
    )
    found: list[Event] = []
    for event in pushes if past else ():
        begins = _morning_after(date.fromisoformat(event.data["changed"]["close_date"][0]))
        if event.subject_id in issues and begins < event.at < at - HOUR:
            each = Told(issues[event.subject_id], past.name if past else "")
            found.append(began(each, event.subject_id, begins, Origin.DEMO))
            found.append(ended(each, event.at + HOUR, mended=True, origin=Origin.DEMO))
    return found


def _under_way(at: datetime, over: Mapping[int, datetime]) -> list[Event]:
    """Since it came about, or since what was mended before came about again."""
    rules = rules_on(localdate(at))
    issues = disagreeing(ScopingIssue.objects.all(), rules, localdate(at))
    return [
        began(
            Told(issue.pk, rule.name),
            issue.opportunity_id,
            min(max(_since(rule, issue), over.get(issue.pk, issue.created_at) + HOUR), at),
            Origin.DEMO,
        )
        for issue in issues.select_related("opportunity").order_by("pk")
        for place, rule in enumerate(rules)
        if getattr(issue, flag(place))
    ]


def _since(rule: Rule, issue: Any) -> datetime:
    """The last of what had to come about for this to be so, an hour later."""
    known: list[datetime] = [issue.entered_state_at]
    if rule.colours and issue.opportunity.judged_at:
        known.append(issue.opportunity.judged_at)
    if rule.closes == PAST:
        known.append(_morning_after(issue.opportunity.close_date))
    return max(known) + HOUR


def _morning_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), MORNING, UTC)
