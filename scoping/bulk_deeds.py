"""What can be done with many issues at once. Each deed says what stands against it, and does it.

A deed asks nothing of single issues: where one misses a field that a guard asks for, it stays
behind and says so. Guards are never overridden in bulk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from emdesk.ledger.models import Event
from emdesk.people.models import User
from emdesk.workflow import perform
from scoping.destinations import destination, ways_from, who_may
from scoping.facts import amend
from scoping.models import ScopingIssue
from scoping.rules import triages
from scoping.states import State

TRIAGERS = "Engagement managers assign and label. Ask one, or leave a comment."


class Deed(Protocol):
    @property
    def words(self) -> str:
        """What is to be done: “Move to SOW_WIP”."""

    def against(self, issue: ScopingIssue, by: User, at: datetime) -> str:
        """Why it cannot be done with this issue, or nothing."""

    def do(self, issue: ScopingIssue, *, by: User, at: datetime) -> Event | None:
        """Do it as long as the issue is still as it was read; None when there was nothing to do."""


@dataclass(frozen=True)
class Move:
    """To a column, with what the move asks for. ``outcome`` is win, lose or dismiss."""

    to: str
    outcome: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return f"Move to {State(self.to).label}"

    def against(self, issue: ScopingIssue, by: User, at: datetime) -> str:
        chosen = destination(issue, self.to, by, at, self.outcome)
        if not chosen.open:
            return chosen.reason
        if self.outcome and chosen.move != self.outcome:
            return who_may(issue, self.outcome)
        return " ".join(each.reason for each in chosen.unmet)

    def do(self, issue: ScopingIssue, *, by: User, at: datetime) -> Event | None:
        name = self.outcome or ways_from(issue)[State(self.to)][0]
        way = getattr(issue, name)
        return perform(way, by=by, at=at, seen=issue.moves, **self.details)


@dataclass(frozen=True)
class Assign:
    """To an engagement manager, or to nobody."""

    to: User | None

    @property
    def words(self) -> str:
        return f"Assign to {self.to.name}" if self.to else "Take the engagement manager off"

    def against(self, issue: ScopingIssue, by: User, at: datetime) -> str:
        if not triages(issue, by):
            return TRIAGERS
        if issue.state == State.CLOSED:
            return "It is closed; whose it was stays on record."
        if issue.engagement_manager_id == (self.to and self.to.pk):
            return "It is theirs already." if self.to else "It has no engagement manager."
        return ""

    def do(self, issue: ScopingIssue, *, by: User, at: datetime) -> Event | None:
        new: dict[str, Any] = {"engagement_manager_id": self.to.pk if self.to else None}
        seen = {"engagement_manager_id": issue.engagement_manager_id}
        return amend(issue, by=by, at=at, seen=seen, verb="scoping.assigned", **new)


@dataclass(frozen=True)
class Label:
    """Put a free label on, or take it off."""

    text: str
    remove: bool = False

    @property
    def words(self) -> str:
        return f"Take the label “{self.text}” off" if self.remove else f"Label “{self.text}”"

    def against(self, issue: ScopingIssue, by: User, at: datetime) -> str:
        if not triages(issue, by):
            return TRIAGERS
        if (self.text in issue.free_labels) != self.remove:
            return "It does not have this label." if self.remove else "It has this label already."
        return ""

    def do(self, issue: ScopingIssue, *, by: User, at: datetime) -> Event | None:
        kept = [label for label in issue.free_labels if label != self.text]
        labels = kept if self.remove else [*kept, self.text]
        seen = {"free_labels": issue.free_labels}
        return amend(issue, by=by, at=at, seen=seen, free_labels=labels)
