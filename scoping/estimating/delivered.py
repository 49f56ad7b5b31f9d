"""Hours an engagement took, beside those estimated for others like it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.transaction import atomic

from emdesk.ledger.recording import append, event_of
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping import rules
from scoping.models import ActualHours, ScopingIssue
from scoping.states import Outcome

HOURS_NOTED = "scoping.actual_hours_noted"


def note_actual_hours(
    issue: ScopingIssue, hours: Decimal, *, lessons: str = "", by: User, at: datetime
) -> ActualHours:
    """Once more replaces what was noted before; the ledger keeps both."""
    if not rules.tells_actual_hours(issue, by):
        raise NotAllowed("Its project manager, its EM or a lead notes the hours it took.")
    with atomic():
        issue = fresh(issue)
        if issue.outcome != Outcome.WON:
            raise Refused("Only an engagement that was won takes hours. Close the issue as won.")
        said = {"hours": hours, "lessons": lessons, "noted_by": by, "noted_at": at}
        found, _ = ActualHours.objects.update_or_create(issue=issue, defaults=said)
        told = {"hours": f"{hours.normalize():f}", "lessons": lessons}
        append([event_of(issue, HOURS_NOTED, by=by, at=at, **told)])
    return found
