"""Issues somebody worked on at a given time, and the nights that follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from emdesk.activity.commenting import comment
from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from scoping.models import ScopingIssue
from scoping.promises import history_of
from scoping.quarters import ZONE
from scoping.quiet.activity import with_activity
from scoping.quiet.days import Silence
from scoping.quiet.nights import Night, pass_night
from scoping.quiet.silences import WARNED, Calendar, quiets, silence_in
from scoping.states import State
from tests.factories import make_ready_issue

DAY = timedelta(days=1)
PACIFIC = ZoneInfo("America/Los_Angeles")
LONG_AGO = date(2000, 1, 1)


def noon(day: date, zone: ZoneInfo = PACIFIC) -> datetime:
    return datetime.combine(day, time(12), zone)


def morning_after(day: date, zone: ZoneInfo = PACIFIC) -> datetime:
    """When the night after this day is done with."""
    return datetime.combine(day + DAY, time(0, 20), zone)


def night_after(day: date, zone: ZoneInfo = PACIFIC) -> Night:
    return pass_night(morning_after(day, zone))


def worked_on(day: date, state: str = State.ESTIMATE_FEEDBACK, **fields: Any) -> ScopingIssue:
    """An issue its EM wrote about on this day, and nobody since."""
    issue = make_ready_issue(state, at=noon(day - 5 * DAY), **fields)
    by = issue.engagement_manager
    assert by
    comment(issue, "They call back.", by=by, at=noon(day))
    return issue


def told(issue: ScopingIssue) -> list[tuple[str, str]]:
    """Each notice and close, and the day by which it came."""
    found = Event.objects.about(issue).filter(verb__in=[WARNED, "scoping.lose"])
    return [
        (event.data.get("mark", "closed"), event.at.astimezone(PACIFIC).date().isoformat())
        for event in found
    ]


def read_both_ways(issue: ScopingIssue, at: datetime) -> Silence:
    """Its silence from its history, which is what the query for many finds."""
    calendar, one = Calendar(at), ScopingIssue.objects.filter(pk=issue.pk)
    silence = silence_in(history_of(issue), one.get(), calendar)
    assert quiets(with_activity(one), calendar)[0].silence == silence
    return silence


def every_night(first: date, last: date) -> Iterator[Night]:
    day = first
    while day <= last:
        yield night_after(day)
        day += DAY


def in_zone(name: str) -> ZoneInfo:
    at = noon(LONG_AGO)
    set_value(ZONE, name, effective_from=LONG_AGO, reason="a test", by=None, at=at)
    return ZoneInfo(name)
