"""Which segment and which engagement manager a new issue should get, and by which rule.

Segment: as labelled, as the account says, by size and region, by territory (domain.md §4.5). EM:
who covers the sales territory on the day, else who covers the segment, else nobody. Whoever is
away is passed over; if nobody else covers it, their delegate is proposed. Among several the one
with the fewest live issues, and among equals the first by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from emdesk.people.models import Absence, Segment, Territory, User
from scoping.models import Account, ScopingIssue
from scoping.roster import Manager, Roster

LARGE_FROM, MID_FROM = 2_001, 101
REGIONS = (
    ("latam", "East"),
    ("latin america", "East"),
    ("emea", "EMEA"),
    ("apac", "APAC"),
    ("east", "East"),
    ("west", "West"),
)


@dataclass(frozen=True)
class SegmentProposal:
    segment: Segment | None
    because: str


@dataclass(frozen=True)
class Proposal:
    """``because`` is a sentence without its full stop."""

    manager: Manager | None
    because: str

    @property
    def user(self) -> User | None:
        return self.manager.user if self.manager else None


def propose_segment(issue: ScopingIssue, segments: Sequence[Segment]) -> SegmentProposal:
    """``segments`` are those in use; one that was switched off is proposed no more."""
    account = issue.account
    territory = account.sales_territory
    known = {segment.pk: segment for segment in segments}
    if named := known.get(issue.segment_id or 0):
        return SegmentProposal(named, f"It is labelled {named.label} already")
    if named := known.get(account.segment_id or 0):
        return SegmentProposal(named, f"The account is in {named.label}")
    if sized := _by_size(account, segments):
        return sized
    if territory and (named := known.get(territory.segment_id or 0)):
        because = f"Sales territory {territory} belongs to {named.label}"
        return SegmentProposal(named, because)
    return SegmentProposal(None, "The account does not say: choose one")


def _by_size(account: Account, segments: Sequence[Segment]) -> SegmentProposal | None:
    if account.employees is None:
        return None
    size, prefix = size_of(account.employees)
    territory = account.sales_territory
    region = "" if prefix == "SMB" or territory is None else region_of(territory)
    name = f"{prefix}_{region}" if region else prefix
    found = next((each for each in segments if each.name.casefold() == name.casefold()), None)
    if found is None:
        return None
    because = f"{account.employees:,} employees is {size}"
    if region:
        because += f", and sales territory {territory} is in {region}"
    return SegmentProposal(found, because)


def size_of(employees: int) -> tuple[str, str]:
    """The size in words, and how the segments of that size begin."""
    if employees >= LARGE_FROM:
        return "Large", "Ent"
    return ("Mid-Market", "MM") if employees >= MID_FROM else ("SMB", "SMB")


def region_of(territory: Territory) -> str:
    """The region its segment ends in, else one its name tells; Latin America counts as East."""
    tail = territory.segment.name.rpartition("_")[2] if territory.segment else ""
    for text in (tail, territory.name):
        for word, region in REGIONS:
            if re.search(rf"\b{word}\b", text.casefold()):
                return region
    return ""


def propose_manager(
    territory: Territory | None, segment: Segment | None, roster: Roster
) -> Proposal:
    """Who should get an issue of this territory and segment, as the roster's day has it."""
    away = ""
    for what, covering in _covering(territory, segment, roster):
        here = [manager for manager in covering if manager.away is None]
        if here:
            return _lightest(f"{what} is covered by", here, covering)
        standing_in = roster.stand_ins(covering)
        if standing_in:
            return _lightest(f"{what}: {_away(covering)}, so it goes to", standing_in, [])
        away = away or f"{what}: {_away(covering)}, and no engagement manager stands in"
    return Proposal(None, away or _nobody(territory, segment))


def _covering(
    territory: Territory | None, segment: Segment | None, roster: Roster
) -> Iterator[tuple[str, list[Manager]]]:
    """Those whom each rule names, in the order of the rules."""
    if territory:
        named = [m for m in roster.managers if m.covers_territory(territory, segment)]
        if named:
            yield f"Sales territory {territory}", named
    if segment:
        named = [m for m in roster.managers if m.covers_segment(segment)]
        if named:
            yield f"Segment {segment.label}", named


def _lightest(what: str, candidates: Sequence[Manager], covering: Sequence[Manager]) -> Proposal:
    chosen, *others = sorted(candidates, key=lambda each: (each.load.live, each.user.name))
    because = f"{what} {chosen.user}; {chosen.load.live} live"
    because += "".join(f", {other.user} {other.load.live}" for other in others)
    if others and others[0].load.live == chosen.load.live:
        because += "; equal loads go by name"
    gone = [each for each in covering if each.away]
    return Proposal(chosen, f"{because}. {_away(gone)}" if gone else because)


def _away(managers: Sequence[Manager]) -> str:
    """“Amara is away until 27 Nov (Jonas stands in)”."""
    return ", ".join(_one_away(each.user, each.away) for each in managers if each.away)


def _one_away(user: User, away: Absence) -> str:
    return f"{user} is away until {_day(away.last_day)} ({away.delegate} stands in)"


def _day(day: date) -> str:
    return f"{day:%-d %b}"


def _nobody(territory: Territory | None, segment: Segment | None) -> str:
    parts = [f"sales territory {territory}"] if territory else []
    parts += [f"segment {segment.label}"] if segment else []
    return f"Nobody covers {' or '.join(parts)}" if parts else "It has no territory and no segment"
