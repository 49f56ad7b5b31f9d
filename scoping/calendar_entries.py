"""What stands in people's own calendars: their clocks, meetings, review dates and next steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from emdesk.notifications.feeds import AHEAD, BACK, Entry, stands_in_calendars
from emdesk.people.models import User
from emdesk.sla.models import Clock
from scoping.models import Meeting, ScopingIssue
from scoping.states import State

LABEL = ScopingIssue._meta.label_lower


@stands_in_calendars
def clocks(user: User, at: datetime) -> Iterator[Entry]:
    """When the promises on their own issues are due."""
    own = ScopingIssue.objects.visible_to(user).filter(engagement_manager=user)
    issues = own.select_related("account").in_bulk()
    running = Clock.objects.live().filter(subject_type=LABEL, subject_id__in=issues)
    due = running.filter(due_at__range=(at - BACK, at + AHEAD)).select_related("policy")
    for clock in due.order_by("due_at", "pk"):
        issue = issues[clock.subject_id]
        title = f"{clock.policy.name} is due: {issue}"
        if clock.due_at:
            yield Entry(f"clock-{clock.pk}", clock.due_at, title, issue.get_absolute_url())


@stands_in_calendars
def meetings(user: User, at: datetime) -> Iterator[Entry]:
    """Calls and meetings they come to, and those about their own issues."""
    seen = ScopingIssue.objects.visible_to(user)
    theirs = Q(people=user) | Q(issue__engagement_manager=user)
    planned = Meeting.objects.filter(theirs, issue__in=seen, cancelled_at=None)
    found = planned.filter(starts_at__range=(at - BACK, at + AHEAD)).distinct()
    for each in found.select_related("issue__account").order_by("starts_at", "pk"):
        yield Entry(
            f"meeting-{each.pk}",
            each.starts_at,
            f"{each.get_kind_display()}: {each.issue}",
            each.issue.get_absolute_url(),
            each.ends_at - each.starts_at,
            each.place,
        )


@stands_in_calendars
def review_dates(user: User, at: datetime) -> Iterator[Entry]:
    """When to look again at what is on hold."""
    own = ScopingIssue.objects.visible_to(user).filter(engagement_manager=user)
    held = own.filter(state=State.ON_HOLD, review_date__range=_days(at))
    for issue in held.select_related("account").order_by("review_date", "pk"):
        if issue.review_date:
            title = f"Review what is on hold: {issue}"
            yield Entry(f"review-{issue.pk}", issue.review_date, title, issue.get_absolute_url())


@stands_in_calendars
def next_steps(user: User, at: datetime) -> Iterator[Entry]:
    """What they said they would do, or whoever has the issue when nobody is named."""
    named = Coalesce(F("next_step_owner"), F("engagement_manager"))
    live = ScopingIssue.objects.visible_to(user).live().alias(whose=named).filter(whose=user.pk)
    steps = live.filter(next_step_date__range=_days(at)).exclude(next_step="")
    for issue in steps.select_related("account").order_by("next_step_date", "pk"):
        if issue.next_step_date:
            title = f"{issue.next_step}: {issue}"
            yield Entry(f"step-{issue.pk}", issue.next_step_date, title, issue.get_absolute_url())


def _days(at: datetime) -> tuple[object, object]:
    return (at - BACK).date(), (at + AHEAD).date()
