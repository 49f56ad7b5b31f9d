"""Handing over many issues: to one engagement manager, or spread by coverage and load.

Spread, an issue goes where triage would send it, to who covers its sales territory, else its
segment, with those away replaced by who stands in; of several to the one with the fewest live
issues, counting what this very hand-over gave or took. Whoever has it now does not get it again.
To give it to somebody who does not cover it takes a reason, which its event keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from emdesk.ledger.models import Event
from emdesk.people.models import Segment, User
from scoping.bulk_deeds import Assign
from scoping.facts import amend
from scoping.models import ScopingIssue
from scoping.roster import Manager, Roster
from scoping.triage.proposing import propose_manager, propose_segment

OUTSIDE = "Outside what they cover"
PLACELESS = "It has no territory and no segment"
Left = tuple[ScopingIssue, str]


@dataclass(frozen=True)
class HandOver:
    """One issue, who gets it and why; ``covered`` is whether it is theirs by coverage."""

    issue: ScopingIssue
    to: Manager
    because: str
    covered: bool


@dataclass(frozen=True)
class HandOut:
    """A deed for many issues: each to its own engagement manager; ``reason`` by issue."""

    to: Mapping[int, User]
    reasons: Mapping[int, str]
    words: str = "Reassign"

    def against(self, issue: ScopingIssue, by: User, at: datetime) -> str:
        return Assign(self.to[issue.pk]).against(issue, by, at)

    def do(self, issue: ScopingIssue, *, by: User, at: datetime) -> Event | None:
        return amend(
            issue,
            by=by,
            at=at,
            verb="scoping.assigned",
            seen={"engagement_manager_id": issue.engagement_manager_id},
            reason=self.reasons.get(issue.pk, ""),
            engagement_manager_id=self.to[issue.pk].pk,
        )


@dataclass(frozen=True)
class Distribution:
    """Who could get which issue as the roster's day has it. ``segments`` are those in use."""

    roster: Roster
    segments: Sequence[Segment]

    def to_one(self, issues: Iterable[ScopingIssue], to: Manager) -> list[HandOver]:
        return [self.explained(issue, to) for issue in issues]

    def explained(self, issue: ScopingIssue, to: Manager) -> HandOver:
        territory, segment = issue.account.sales_territory, self._segment(issue)
        if territory is None and segment is None:
            return HandOver(issue, to, PLACELESS, covered=True)
        if territory and to.covers_territory(territory, segment):
            return HandOver(issue, to, f"Covers sales territory {territory}", covered=True)
        if segment and to.covers_segment(segment):
            return HandOver(issue, to, f"Covers segment {segment.label}", covered=True)
        proposal = propose_manager(territory, segment, self.roster)
        if proposal.user == to.user:
            return HandOver(issue, to, proposal.because, covered=True)
        return HandOver(issue, to, OUTSIDE, covered=False)

    def spread(
        self, issues: Iterable[ScopingIssue], *, anyone: bool
    ) -> tuple[list[HandOver], list[Left]]:
        """Who gets what, and what stays. With ``anyone``, what nobody covers goes by load alone."""
        given: list[HandOver] = []
        left: list[Left] = []
        for issue in issues:
            chosen = self._chosen(issue, anyone=anyone)
            if isinstance(chosen, str):
                left.append((issue, chosen))
            else:
                given.append(chosen)
                self._count(issue, chosen.to)
        return given, left

    def _chosen(self, issue: ScopingIssue, *, anyone: bool) -> HandOver | str:
        others = self._others(issue)
        proposal = propose_manager(issue.account.sales_territory, self._segment(issue), others)
        if proposal.manager:
            return HandOver(issue, proposal.manager, proposal.because, covered=True)
        here = [each for each in others.managers if each.away is None]
        if not (anyone and here):
            return f"{proposal.because}."
        lightest = min(here, key=lambda each: (each.load.live, each.user.name))
        because = f"{proposal.because}; the fewest live issues has {lightest.user}"
        return HandOver(issue, lightest, because, covered=False)

    def _others(self, issue: ScopingIssue) -> Roster:
        """Everybody but who has it; while those are away, who stands in for them counts."""
        has = issue.engagement_manager_id
        staying = [each for each in self.roster.managers if each.user.pk != has or each.away]
        return Roster(staying, self.roster.absences)

    def _segment(self, issue: ScopingIssue) -> Segment | None:
        return propose_segment(issue, self.segments).segment

    def _count(self, issue: ScopingIssue, to: Manager) -> None:
        to.load.live += 1
        if before := self.roster.find(issue.engagement_manager):
            before.load.live -= 1


def hand_out(overs: Sequence[HandOver], reason: str) -> HandOut:
    """The deed that does it; the reason is told where coverage is passed over."""
    return HandOut(
        {over.issue.pk: over.to.user for over in overs},
        {over.issue.pk: reason for over in overs if not over.covered},
    )
