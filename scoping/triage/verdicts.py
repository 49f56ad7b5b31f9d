"""What an engagement manager decides about a new issue: accept, duplicate, decline, snooze.

The fifth verdict, asking the requester, is in :mod:`scoping.triage.asking`. Each can be taken back.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.transaction import atomic

from emdesk.ledger.models import Event
from emdesk.ledger.recording import append, event_of, record
from emdesk.people.models import Segment, User
from emdesk.workflow import Conflict, Refused, fresh, perform
from scoping.models import Awaited, Meeting, MeetingKind, ScopingIssue, Snooze
from scoping.states import CloseReason, EmStatus, State
from scoping.triage.proposing import Proposal

DECLINED_FOR = (CloseReason.DECLINED, CloseReason.UNQUALIFIED, CloseReason.DUPLICATE)


def waiting(issue: ScopingIssue, seen: int | None = None) -> ScopingIssue:
    """The locked row of an issue that still waits for a verdict."""
    issue = fresh(issue)
    if seen not in {None, issue.moves}:
        raise Conflict(issue.last_move)
    if issue.state != State.OPEN:
        raise Refused(f"{issue.reference} is in {State(issue.state).label} already.")
    if issue.engagement_manager:
        raise Refused(f"{issue.engagement_manager} has {issue.reference} already.")
    return issue


def accept(
    issue: ScopingIssue,
    *,
    to: User,
    segment: Segment,
    proposal: Proposal,
    by: User,
    at: datetime,
    seen: int | None = None,
    why: str = "",
) -> Event:
    """Give it a segment and an engagement manager, whose turn it is then; it leaves Open.

    Another than the proposed one needs a reason: those are counted.
    """
    other = proposal.user is not None and proposal.user != to
    if other and not why:
        raise Refused(f"Say why it goes to {to} and not to {proposal.user}.")
    with atomic():
        issue = waiting(issue, seen)
        fill: dict[str, Any] = {"segment": segment, "engagement_manager": to}
        if issue.em_status != EmStatus.WAITING:
            fill |= {"em_status": EmStatus.TODO, "em_status_at": at}
        told = {"to": to.name, "because": proposal.because}
        if other:
            told |= {"rather_than": str(proposal.user), "reason": why}
        record(issue, "scoping.triaged", by=by, at=at, **told)
        return perform(issue.ask_account_team, by=by, at=at, seen=seen, fill=fill)


def decline(
    issue: ScopingIssue,
    *,
    reason: str,
    note: str = "",
    by: User,
    at: datetime,
    seen: int | None = None,
) -> Event:
    """Close it without an outcome: it counts nowhere."""
    with atomic():
        issue = waiting(issue, seen)
        return perform(issue.dismiss, by=by, at=at, seen=seen, reason=reason, note=note)


def snooze(
    issue: ScopingIssue,
    *,
    until: date | None,
    awaited: str = "",
    by: User,
    at: datetime,
    seen: int | None = None,
) -> Snooze:
    """Out of the queue until a day, an event, or whatever a person does to it first."""
    with atomic():
        issue = waiting(issue, seen)
        call = next_call(issue, at) if awaited == Awaited.CALL else None
        if awaited == Awaited.CALL and call is None:
            raise Refused("No scoping call is planned. Plan one first, or choose a day.")
        told: dict[str, Any] = {"until": until, "awaited": awaited}
        event = event_of(issue, "scoping.snoozed", by=by, at=at, **told)
        append([event])
        return put_off(issue, event, until=until, awaited=awaited, call=call)


def put_off(
    issue: ScopingIssue,
    event: Event,
    *,
    until: date | None,
    awaited: str = "",
    call: Meeting | None = None,
) -> Snooze:
    """``event`` is what put it off: whatever comes after it wakes it."""
    said = {"by": event.actor, "at": event.at, "number": event.number}
    said |= {"until": until, "awaited": awaited, "call": call}
    put, _ = Snooze.objects.update_or_create(issue=issue, defaults=said)
    return put


def wake(issue: ScopingIssue, *, by: User, at: datetime) -> None:
    """Back into the queue now."""
    with atomic():
        issue = fresh(issue)
        gone, _ = Snooze.objects.filter(issue=issue).delete()
        if not gone:
            raise Refused(f"{issue.reference} is not snoozed.")
        append([event_of(issue, "scoping.woken", by=by, at=at)])


def next_call(issue: ScopingIssue, at: datetime) -> Meeting | None:
    """The scoping call that is planned next."""
    planned = issue.meetings.filter(kind=MeetingKind.SCOPING_CALL, held_at=None, cancelled_at=None)
    return planned.filter(starts_at__gt=at).first()
