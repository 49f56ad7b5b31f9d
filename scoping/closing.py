"""Closed issues: correcting what was said, merging duplicates, reviving lost deals.

Source: domain.md §10.6, Q-47; a counted issue is corrected in the open and never reopened after
its quarter.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.transaction import atomic

from emdesk.configuration.values import value_of
from emdesk.ledger.models import Event
from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.sla.models import Clock
from emdesk.workflow import NotAllowed, Refused, fresh, perform, undo
from scoping.clock_moves import CONTACT
from scoping.facts import amend
from scoping.models import ScopingIssue
from scoping.quarters import counted_quarter, quarter_at
from scoping.rules import closes
from scoping.states import CloseReason, Outcome, State


def may_correct(issue: ScopingIssue, user: User, at: datetime) -> bool:
    """The EM within the quarter, a lead also after it."""
    if issue.state != State.CLOSED or not closes(issue, user):
        return False
    return user.leads or counted_quarter(issue) == quarter_at(at)


def correct(issue: ScopingIssue, *, by: User, at: datetime, why: str, **said: Any) -> Event | None:
    """Say again with what outcome, for what reason and in which quarter it closed."""
    if not may_correct(issue, by, at):
        raise NotAllowed("The EM corrects a close within its quarter; after it, a lead does.")
    return amend(
        issue, by=by, at=at, verb="scoping.corrected", reason=why, close_to_note=False, **said
    )


def note_close(issue: ScopingIssue, *, by: User, at: datetime) -> Event | None:
    """Somebody who may close it has seen that emdesk did; nothing the second time."""
    if not closes(issue, by):
        raise NotAllowed("Its EM notes that emdesk closed an issue; of nobody's, a lead does.")
    return amend(issue, by=by, at=at, verb="scoping.close_noted", close_to_note=False)


def time_to_undo(issue: ScopingIssue, at: datetime) -> timedelta:
    """How long the last move can be taken back: what emdesk closed until it is noted.

    Yet only in the quarter it closed it in; after that a lead corrects.
    """
    if issue.close_to_note and quarter_at(issue.entered_state_at) == quarter_at(at):
        return timedelta.max
    return timedelta(minutes=value_of("undo_minutes", at.date()))


def merge(
    issue: ScopingIssue, into: ScopingIssue, *, by: User, at: datetime, seen: int | None = None
) -> None:
    """Close a duplicate into the issue that goes on. Both histories stay; the older start counts."""
    if issue.pk == into.pk:
        raise Refused("Choose another issue to merge this one into.")
    with atomic():
        locked = {each.pk: fresh(each) for each in sorted([issue, into], key=lambda one: one.pk)}
        if locked[into.pk].state == State.CLOSED:
            raise Refused(f"{into.reference} is closed. Merge into an issue that is live.")
        fill = {"merged_into": into}
        running = Clock.objects.about(issue).live().values_list("key", "started_at")
        clocks = {key: start.isoformat() for key, start in running if key not in CONTACT}
        perform(issue.dismiss, by=by, at=at, seen=seen, fill=fill, reason=CloseReason.MERGED)
        older = min(each.created_at for each in locked.values())
        ScopingIssue.objects.filter(pk=into.pk).update(created_at=older)
        told: dict[str, Any] = {"reference": issue.reference, "since": older.isoformat()}
        told |= {"was": locked[into.pk].created_at.isoformat(), "clocks": clocks}
        record(into, "scoping.absorbed", by=by, at=at, **told)


def merged_into(issue: ScopingIssue) -> list[ScopingIssue]:
    """Its duplicates. Whoever asked for their numbers with the issue needs no query for them."""
    numbers = getattr(issue, "duplicates", None)
    if numbers is None:
        numbers = issue.merged.order_by("pk").values_list("pk", flat=True)
    return [ScopingIssue(pk=number) for number in numbers]


def part(
    issue: ScopingIssue, *, by: User, at: datetime, within: timedelta, seen: int | None = None
) -> Event:
    """Undo a merge: both go on by themselves, each with the start it had."""
    into = issue.merged_into
    if into is None:
        raise Refused("It is not merged into another issue.")
    with atomic():
        locked = {each.pk: fresh(each) for each in sorted([issue, into], key=lambda one: one.pk)}
        event = undo(issue, by=by, at=at, within=within, seen=seen)
        absorbed = Event.objects.about(into).filter(
            verb="scoping.absorbed", data__reference=issue.reference
        )
        told = absorbed.last()
        if (
            told
            and "was" in told.data
            and locked[into.pk].created_at.isoformat() == told.data["since"]
        ):
            was = datetime.fromisoformat(told.data["was"])
            ScopingIssue.objects.filter(pk=into.pk).update(created_at=was)
        record(into, "scoping.parted", by=by, at=at, reference=issue.reference)
    return event


def may_revive(issue: ScopingIssue, at: datetime) -> bool:
    return issue.outcome == Outcome.LOST and counted_quarter(issue) < quarter_at(at)


def revive(issue: ScopingIssue, *, by: User, at: datetime) -> ScopingIssue:
    """Raise a new issue for a deal that came back after its quarter; the old one keeps counting."""
    if not may_revive(issue, at):
        raise Refused("Only a deal lost in an earlier quarter is revived. Reopen this one instead.")
    kept = ("account", "title", "segment", "requester", "currency", "expected_value", "services")
    with atomic():
        revival = ScopingIssue.objects.open_issue(
            by=by, at=at, revives=issue, **{name: getattr(issue, name) for name in kept}
        )
        revival.account_team.set(issue.account_team.all())
        record(issue, "scoping.revived", by=by, at=at, reference=revival.reference)
    return revival
