"""Clocks of scoping issues, found and grouped for people: who, where, which promise, how it went."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localtime

from emdesk.people.models import User
from emdesk.sla.models import LIVE, Clock, State
from emdesk.sla.models.clock import ClockQuerySet
from emdesk.sla.reckoning import time_counted
from scoping.clocks import LEGS, SIDES
from scoping.models import ScopingIssue

LABEL = ScopingIssue._meta.label_lower


class Part(StrEnum):
    """How clocks went; the parts are apart and together all of them."""

    MET = "met"
    LATE = "late"
    OVERDUE = "overdue"
    RUNNING = "running"
    CANCELLED = "cancelled"


PARTS = {
    Part.MET: "met",
    Part.LATE: "kept late",
    Part.OVERDUE: "overdue and not kept yet",
    Part.RUNNING: "running or paused, in time so far",
    Part.CANCELLED: "cancelled, because the issue closed or the start was taken back",
}
BROKEN = (Part.LATE, Part.OVERDUE)
BY = {
    "month": "Month of start",
    "policy": "Promise",
    "em": "Engagement manager",
    "segment": "Segment",
    "turn": "Whose turn when it broke",
}


def parts_by(by: str) -> Sequence[Part]:
    """The parts a report has along one axis: whose turn it was is asked of broken ones only."""
    return BROKEN if by == "turn" else tuple(Part)


def clocks_of(user: User) -> ClockQuerySet:
    """The clocks of every issue a person may see."""
    issues = ScopingIssue.objects.visible_to(user)
    found = Clock.objects.filter(subject_type=LABEL)
    return found.filter(Exists(issues.filter(pk=OuterRef("subject_id")).order_by()))


def with_names(clocks: QuerySet[Clock]) -> QuerySet[Any]:
    """With ``em``, ``segment`` and ``promise`` as they are called now."""
    issue = ScopingIssue.objects.filter(pk=OuterRef("subject_id"))
    return clocks.annotate(
        em=Subquery(issue.values("engagement_manager__name")[:1]),
        em_key=Subquery(issue.values("engagement_manager_id")[:1]),
        segment=Subquery(issue.values("segment__name")[:1]),
        promise=F("policy__name"),
    )


def parted(clocks: QuerySet[Any], parts: Iterable[Part], at: datetime) -> QuerySet[Any]:
    """Those of some parts, as they stand at a moment."""
    return clocks.filter(reduce(or_, (parting(part, at) for part in parts)))


def parting(part: Part, at: datetime) -> Q:
    live = Q(state__in=LIVE)
    return {
        Part.MET: Q(state=State.MET),
        Part.LATE: Q(state=State.LATE),
        Part.OVERDUE: live & Q(due_at__lte=at),
        Part.RUNNING: live & (Q(due_at=None) | Q(due_at__gt=at)),
        Part.CANCELLED: Q(state=State.CANCELLED),
    }[part]


def part_of(state: str, due: datetime | None, at: datetime) -> Part:
    if state in LIVE:
        return Part.OVERDUE if due and due <= at else Part.RUNNING
    return Part(state)


@dataclass
class Tally:
    """One line of the report. ``took`` is what counted until each was kept."""

    key: str = ""
    name: str = ""
    counts: dict[Part, int] = field(default_factory=lambda: dict.fromkeys(Part, 0))
    took: list[timedelta] = field(default_factory=list)

    def add(self, part: Part, took: timedelta | None) -> None:
        self.counts[part] += 1
        if took is not None:
            self.took.append(took)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        """Those of which it is known whether the promise was kept in time."""
        return sum(self.counts[part] for part in (Part.MET, *BROKEN))

    @property
    def rate(self) -> float | None:
        return self.counts[Part.MET] / self.judged if self.judged else None

    def took_at(self, share: float) -> timedelta | None:
        """The length that this share of the kept ones did not exceed, between two if need be."""
        if not self.took:
            return None
        ordered = sorted(self.took)
        place = share * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


@dataclass(frozen=True)
class Report:
    total: Tally
    rows: list[Tally]


Key = Callable[[Any], tuple[str, str]]


def report(clocks: QuerySet[Clock], by: str, at: datetime) -> Report:
    """Every clock in one line of the report, and all of them in its last; by turn, the broken."""
    total, rows = Tally(), dict[str, Tally]()
    key, parts = KEYS[by], parts_by(by)
    for clock in with_names(clocks).select_related("policy", "calendar").iterator(chunk_size=2_000):
        part = part_of(clock.state, clock.due_at, at)
        if part not in parts:
            continue
        named, name = key(clock)
        row = rows.setdefault(named, Tally(named, name))
        took = time_counted(clock, at) if part in (Part.MET, Part.LATE) else None
        row.add(part, took)
        total.add(part, took)
    order: Callable[[Tally], Any] = (
        (lambda row: row.key) if by == "month" else (lambda row: row.name.lower())
    )
    return Report(total, sorted(rows.values(), key=order))


def _month(clock: Any) -> tuple[str, str]:
    start = localtime(clock.started_at)
    return f"{start:%Y-%m}", f"{start:%b %Y}"


def _turn(clock: Any) -> tuple[str, str]:
    return clock.turn, turn_name(clock.turn)


def turn_name(turn: str) -> str:
    return LEGS.get(turn) or SIDES.get(turn) or turn


KEYS: dict[str, Key] = {
    "month": _month,
    "policy": lambda clock: (clock.key, clock.promise),
    "em": lambda clock: (str(clock.em_key or "none"), clock.em or "Nobody"),
    "segment": lambda clock: (
        clock.segment or "none",
        (clock.segment or "No segment").replace("_", " "),
    ),
    "turn": _turn,
}


def keyed(clocks: QuerySet[Clock], by: str, key: str, at: datetime) -> QuerySet[Clock]:
    """The clocks of one line of the report. What is not spelled right is no line."""
    if by == "policy":
        return clocks.filter(key=key)
    if by == "turn":
        return clocks.filter(turn=key)
    if by == "month":
        return _in_month(clocks, key, at)
    wanted = ScopingIssue.objects.filter(_issue_by(by, key)).values("pk")
    return clocks.filter(subject_id__in=wanted)


def _issue_by(by: str, key: str) -> Q:
    if by == "em":
        number = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0
        return Q(engagement_manager=None if key == "none" else number)
    return Q(segment=None) if key == "none" else Q(segment__name=key)


def _in_month(clocks: QuerySet[Clock], key: str, at: datetime) -> QuerySet[Clock]:
    zone = localtime(at).tzinfo
    try:
        first = datetime.strptime(key, "%Y-%m").replace(tzinfo=zone)
    except ValueError:
        return clocks.none()
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return clocks.filter(started_at__gte=first, started_at__lt=after)


def issues_of(clocks: Iterable[Clock]) -> dict[int, ScopingIssue]:
    keys = {clock.subject_id for clock in clocks}
    return ScopingIssue.objects.with_people().in_bulk(keys)
