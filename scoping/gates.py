"""What must be true before a scoping issue moves (domain.md §2.3). Later parts add theirs."""

from __future__ import annotations

from datetime import datetime

from emdesk.ledger.models import Event
from emdesk.people.models import User
from emdesk.workflow import Guard
from scoping.estimating.reviewing import review_missing
from scoping.models import ScopingIssue
from scoping.quarters import counted_quarter, quarter_at
from scoping.states import State


def leaves_open(move: str) -> bool:
    """Everything but dismissing what never was a deal of its own."""
    return move not in {"dismiss", "resume", "reopen"}


def no_segment(issue: ScopingIssue, by: User | None, at: datetime) -> str:
    missing = issue.state == State.OPEN and issue.segment_id is None
    return "Choose a segment before it leaves Open." if missing else ""


def no_engagement_manager(issue: ScopingIssue, by: User | None, at: datetime) -> str:
    missing = issue.state == State.OPEN and issue.engagement_manager_id is None
    return "Assign an engagement manager before it leaves Open." if missing else ""


def not_won_yet(issue: ScopingIssue, by: User | None, at: datetime) -> str:
    if issue.state == State.APPROVED or (issue.opportunity and issue.opportunity.won):
        return ""
    return "Won needs an approved SOW, or an opportunity that is Closed Won."


def quarter_is_over(issue: ScopingIssue, by: User | None, at: datetime) -> str:
    if issue.merged_into_id:
        return f"It was merged into PS-{issue.merged_into_id}; go on there."
    quarter = counted_quarter(issue)
    if quarter == quarter_at(at):
        return ""
    return f"It counts in {quarter.written}, which is over. Raise a new issue linked to this one."


def submitted_by_approver(issue: ScopingIssue, by: User | None, at: datetime) -> str:
    asked = Event.objects.about(issue).filter(verb="scoping.request_approval").last()
    own = by and asked and asked.actor_id == by.pk
    return "You asked for this approval. Somebody else in PS leadership decides." if own else ""


ScopingIssue.guards += [
    Guard("segment", leaves_open, no_segment, asks=("segment",)),
    Guard("engagement manager", leaves_open, no_engagement_manager, asks=("engagement_manager",)),
    Guard("won", lambda move: move == "win", not_won_yet, overridable=False),
    Guard("approver", lambda move: move == "approve", submitted_by_approver, overridable=False),
    Guard("architect's review", lambda move: move == "start_sow", review_missing),
    Guard("quarter", lambda move: move == "reopen", quarter_is_over, overridable=False),
]
