"""All clocks: those that run, by the time left, and a report of how promises were kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.exporting import TooMuch, download
from emdesk.people.models import User
from emdesk.sla.chips import Chip, chip_of, span
from emdesk.sla.models import Clock, Policy
from emdesk.sla.reckoning import time_counted
from emdesk.web import SignedIn
from scoping import rules
from scoping.clock_rows import (
    BY,
    PARTS,
    Part,
    Report,
    Tally,
    clocks_of,
    issues_of,
    keyed,
    parted,
    parts_by,
    report,
    turn_name,
)
from scoping.forms.clocks import ClockFilter
from scoping.models import ScopingIssue
from scoping.views.tables import Cell, Head, Row, Table

PAGE = 50
HOUR = timedelta(hours=1)
SHARES = MEDIAN, P85 = 0.5, 0.85
HEAD = [
    *("Promise", "Issue", "Account", "Engagement manager", "Segment", "State", "Whose turn"),
    *("Started", "Due", "Ended", "Counted hours"),
]


@dataclass(frozen=True)
class Line:
    """One clock with its issue, as pages show it."""

    clock: Clock
    issue: ScopingIssue
    chip: Chip

    @property
    def turn(self) -> str:
        return turn_name(self.clock.turn)


@dataclass(frozen=True)
class Asked:
    """What an address asks the report for; what it says wrongly is the usual."""

    by: str
    policy: str
    part: Part | None
    key: str | None

    @classmethod
    def by_address(cls, request: HttpRequest) -> Asked:
        said = {name: str(value).replace("\0", "") for name, value in request.GET.items()}
        by, part = said.get("by", ""), said.get("part", "")
        return cls(
            by if by in BY else "month",
            said.get("policy", ""),
            Part(part) if part in PARTS else None,
            said.get("key"),
        )

    def url(self, name: str = "clock_report", **more: str) -> str:
        said = {"by": self.by} | ({"policy": self.policy} if self.policy else {}) | more
        return f"{reverse(f'scoping:{name}')}?{urlencode(said)}"

    def rows_url(self, part: Part | None, key: str | None) -> str:
        more = {} if key is None else {"key": key}
        return self.url("clock_rows", **more, **({"part": str(part)} if part else {}))

    def clocks(self, user: User) -> QuerySet[Clock]:
        found = clocks_of(user)
        return found.filter(key=self.policy) if self.policy else found


@require_safe
def running(request: SignedIn) -> HttpResponse:
    """Every live clock a person may see, what is due first on top."""
    at = now()
    form = ClockFilter(request.user, request.GET)
    found = form.narrowed(clocks_of(request.user).live(), at)
    ordered = found.in_order_of_time_left().select_related("policy", "calendar")
    if request.GET.get("as") == "csv":
        return _file(request, "clocks", ordered, at)
    shown = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "shown": shown,
        "lines": _lines(shown.object_list, at),
        "here": f"{reverse('scoping:clocks')}?{form.address}",
        "narrowed": bool(form.address),
        "exports": rules.exports(request.user),
    }
    return render(request, "scoping/clocks.html", context)


@require_safe
def kept(request: SignedIn) -> HttpResponse:
    """How promises were kept, along one axis."""
    at, asked = now(), Asked.by_address(request)
    found = report(asked.clocks(request.user), asked.by, at)
    if request.GET.get("as") == "csv":
        only_exporters(request.user)
        return download("csv", f"clocks-by-{asked.by}", _head(asked), _filed(asked, found.rows))
    context = {
        "asked": asked,
        "title": BY[asked.by],
        "table": _table(asked, found),
        "total": {
            "rate": _rate(found.total),
            "median": _length(found.total, MEDIAN),
            "p85": _length(found.total, P85),
        },
        "ways": [(by, name, _with(asked, by=by)) for by, name in BY.items()],
        "policies": [("", "All promises", _with(asked, policy=""))]
        + [(each.key, each.name, _with(asked, policy=each.key)) for each in in_force(at)],
        "csv": f"{asked.url()}&as=csv",
        "exports": rules.exports(request.user),
    }
    return render(request, "scoping/clock_report.html", context)


@require_safe
def rows(request: SignedIn) -> HttpResponse:
    """The clocks behind a number of the report."""
    at, asked = now(), Asked.by_address(request)
    found = asked.clocks(request.user)
    if asked.key is not None:
        found = keyed(found, asked.by, asked.key, at)
    if asked.part or asked.by == "turn":
        found = parted(found, [asked.part] if asked.part else parts_by(asked.by), at)
    ordered = found.order_by("-started_at", "-pk").select_related("policy", "calendar")
    if request.GET.get("as") == "csv":
        return _file(request, "clocks", ordered, at)
    shown = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    context = {
        "title": f"Clocks {PARTS[asked.part]}" if asked.part else "Clocks",
        "shown": shown,
        "lines": _lines(shown.object_list, at),
        "here": asked.rows_url(asked.part, asked.key),
        "back": asked.url(),
        "exports": rules.exports(request.user),
    }
    return render(request, "scoping/clock_rows.html", context)


def in_force(at: datetime) -> list[Policy]:
    """The promises that are made now, in their order."""
    found = Policy.objects.in_force(at)
    return sorted((each for each in found if each.enabled), key=lambda each: each.position)


def only_exporters(user: User) -> None:
    if not rules.exports(user):
        raise PermissionDenied


def _lines(clocks: Iterable[Clock], at: datetime) -> list[Line]:
    clocks = list(clocks)
    issues = issues_of(clocks)
    return [
        Line(clock, issues[clock.subject_id], chip_of(clock, at))
        for clock in clocks
        if clock.subject_id in issues
    ]


def _with(asked: Asked, **other: str) -> str:
    said = {"by": asked.by, "policy": asked.policy} | other
    return Asked(said["by"], said["policy"], None, None).url()


def _table(asked: Asked, found: Report) -> Table:
    parts, title = parts_by(asked.by), BY[asked.by]
    names = [part.capitalize() for part in parts]
    names += [] if asked.by == "turn" else ["Kept"]
    return Table(
        f"Promises kept by {title.lower()}",
        title,
        [Head(name) for name in (*names, "Median", "85th percentile")],
        [Row(row.name, _cells(row, row.key, asked)) for row in found.rows],
        Row("In all", _cells(found.total, None, asked)),
    )


def _cells(row: Tally, key: str | None, asked: Asked) -> list[Cell]:
    counts = [
        Cell(f"{row.counts[part]:,}", asked.rows_url(part, key), PARTS[part])
        for part in parts_by(asked.by)
    ]
    rate = [] if asked.by == "turn" else [Cell(_rate(row))]
    return counts + rate + [Cell(_length(row, share)) for share in SHARES]


def _rate(row: Tally) -> str:
    return "—" if row.rate is None else f"{row.rate:.1%}"


def _length(row: Tally, share: float) -> str:
    length = row.took_at(share)
    return "—" if length is None else span(length)


def _head(asked: Asked) -> list[str]:
    parts = [part.capitalize() for part in parts_by(asked.by)]
    return [BY[asked.by], *parts, "Kept", "Median h", "P85 h"]


def _filed(asked: Asked, rows: Iterable[Tally]) -> Iterable[list[Any]]:
    parts = parts_by(asked.by)
    for row in rows:
        lengths = [row.took_at(share) for share in SHARES]
        hours = [None if each is None else each / HOUR for each in lengths]
        yield [row.name, *(row.counts[part] for part in parts), row.rate, *hours]


def _file(request: SignedIn, name: str, clocks: QuerySet[Clock], at: datetime) -> HttpResponse:
    only_exporters(request.user)
    lines = _lines(clocks, at)
    try:
        return download("csv", name, HEAD, (_cells_of(line) for line in lines))
    except TooMuch as too_much:
        return HttpResponse(f"{too_much}\n", "text/plain; charset=utf-8", 422)


def _cells_of(line: Line) -> list[Any]:
    clock, issue = line.clock, line.issue
    ended = time_counted(clock, clock.stopped_at) / HOUR if clock.stopped_at else None
    return [
        clock.policy.name,
        issue.reference,
        issue.account.name,
        issue.engagement_manager and issue.engagement_manager.name,
        issue.segment and issue.segment.name,
        clock.get_state_display(),
        line.turn,
        clock.started_at,
        clock.due_at,
        clock.stopped_at,
        ended,
    ]
