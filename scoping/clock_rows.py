"""Clocks of scoping issues, found and grouped for people: who, where, which promise, how it went."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localtime

from emdesk.calendars.models import CalendarVersion
from emdesk.people.models import User
from emdesk.sla.models import LIVE, Clock, Policy, State
from emdesk.sla.models.clock import ClockQuerySet, spells_of, timetable_of
from emdesk.sla.reckoning import counted
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


@dataclass(frozen=True)
class Axis:
    """What lines a report has: the columns to ask for, and key and name of the line they make."""

    columns: tuple[str, ...]
    line: Callable[..., tuple[str, str]]
    asked: dict[str, Any] = field(default_factory=dict)


def report(clocks: QuerySet[Clock], by: str, at: datetime) -> Report:
    """Every clock in one line of the report, and all of them in its last; by turn, the broken.

    Reads plain columns, since there may be a hundred thousand.
    """
    total, rows = Tally(), dict[str, Tally]()
    axis, parts, took = AXES[by], parts_by(by), Took(clocks)
    columns = clocks.annotate(**axis.asked).values_list(
        "state", "due_at", *Took.COLUMNS, *axis.columns
    )
    for state, due, *rest in columns.iterator(chunk_size=5_000):
        part = part_of(state, due, at)
        if part not in parts:
            continue
        place = len(Took.COLUMNS)
        key, name = axis.line(*rest[place:])
        row = rows.setdefault(key, Tally(key, name))
        length = took(*rest[:place]) if part in (Part.MET, Part.LATE) else None
        row.add(part, length)
        total.add(part, length)
    order: Callable[[Tally], Any] = (
        (lambda row: row.key) if by == "month" else (lambda row: row.name.lower())
    )
    return Report(total, sorted(rows.values(), key=order))


class Took:
    """How long ended clocks took, by what counted; policies and calendars are read once."""

    COLUMNS = ("started_at", "stopped_at", "pauses", "policy_id", "calendar_id")

    def __init__(self, clocks: QuerySet[Clock]) -> None:
        self._hours = dict(Policy.objects.values_list("pk", "hours"))
        versions = clocks.exclude(calendar=None).order_by().values("calendar").distinct()
        found = CalendarVersion.objects.filter(pk__in=versions)
        self._tables = {version.pk: timetable_of(version) for version in found}

    def __call__(
        self,
        start: datetime,
        end: datetime,
        pauses: list[list[Any]],
        policy: int,
        calendar: int | None,
    ) -> timedelta:
        table = self._tables[calendar] if calendar else None
        return counted(start, end, spells_of(pauses), self._hours[policy], table)


def _month(started: datetime) -> tuple[str, str]:
    start = localtime(started)
    return f"{start:%Y-%m}", f"{start:%b %Y}"


def turn_name(turn: str) -> str:
    return LEGS.get(turn) or SIDES.get(turn) or turn


def _of_issue(field: str) -> Subquery:
    issue = ScopingIssue.objects.filter(pk=OuterRef("subject_id"))
    return Subquery(issue.order_by().values(field)[:1])


AXES = {
    "month": Axis(("started_at",), _month),
    "policy": Axis(("key", "policy__name"), lambda key, name: (key, name)),
    "em": Axis(
        ("em_key", "em"),
        lambda key, name: (str(key or "none"), name or "Nobody"),
        {
            "em": _of_issue("engagement_manager__name"),
            "em_key": _of_issue("engagement_manager_id"),
        },
    ),
    "segment": Axis(
        ("segment",),
        lambda name: (name or "none", (name or "No segment").replace("_", " ")),
        {"segment": _of_issue("segment__name")},
    ),
    "turn": Axis(("turn",), lambda turn: (turn, turn_name(turn))),
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
