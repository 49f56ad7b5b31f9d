"""Load: what everybody has on the desk, the rows behind each number, and handing them over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST, require_safe

from emdesk.people.models import Segment
from emdesk.web import SignedIn
from scoping import bulk, rules
from scoping.forms.load import NOBODY, SPREAD, Choice, Given, ReasonForm, RowsFilter
from scoping.load.desks import ORDERS, in_order, load, main_currency, people_with
from scoping.load.gaps import HORIZON, gaps
from scoping.load.reassigning import Distribution, HandOver, hand_out
from scoping.models import ScopingIssue
from scoping.models.finding import ScopingIssueQuerySet
from scoping.roster import Manager, Roster, roster
from scoping.states import LIVE

View = Callable[..., HttpResponse]
HEADS = (
    ("name", "Engagement manager", ""),
    ("level", "Level", ""),
    ("live", "Live", "-"),
    ("value", "Value", "-"),
    ("to_do", "To do", "-"),
    ("overdue", "Overdue", "-"),
    ("soon", "Due in 7 days", "-"),
    ("stepless", "Oldest without next step", "-"),
    ("days_off", "Days off", "-"),
)
TICK = "Tick the issues to hand over, or take all that are shown."


@dataclass
class Receiver:
    """Who gets how many, and what they have now and then."""

    manager: Manager
    had: int
    overs: list[HandOver] = field(default_factory=list)

    @property
    def then(self) -> int:
        return self.had + len(self.overs)


def for_leads(view: View) -> View:
    """For everybody else this page does not exist."""

    @wraps(view)
    def guarded(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rules.sees_load(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _visible(request: SignedIn) -> ScopingIssueQuerySet:
    return ScopingIssue.objects.visible_to(request.user)


@require_safe
@for_leads
def desks(request: SignedIn) -> HttpResponse:
    at, issues = now(), _visible(request)
    found = load(issues, at)
    currency = main_currency(found.total)
    wanted = request.GET.get("sort", "")
    wanted = wanted if wanted.removeprefix("-") in {*ORDERS, "value"} else "-live"
    context = {
        "unassigned": found.unassigned,
        "desks": in_order(found.desks, wanted, currency),
        "total": found.total,
        "heads": [_head(name, label, first, wanted) for name, label, first in HEADS],
        "sort": wanted,
        "currency": currency if len(found.total.amounts) > 1 else "",
        "states": LIVE if "columns" in request.GET else (),
        "gaps": gaps(issues, localdate(at)),
        "horizon": HORIZON.days,
        "today": localdate(at),
        "nobody": NOBODY,
    }
    return render(request, "scoping/load.html", context)


def _head(name: str, label: str, first: str, wanted: str) -> dict[str, str]:
    """A sortable head: which way it is sorted, and which way a click sorts it."""
    sorted_by = wanted.removeprefix("-") == name
    down = wanted.startswith("-")
    towards = name if sorted_by and down else f"-{name}" if sorted_by else f"{first}{name}"
    now_sorted = ("descending" if down else "ascending") if sorted_by else ""
    return {"label": label, "sort": towards, "sorted": now_sorted}


@require_safe
@for_leads
def rows(request: SignedIn) -> HttpResponse:
    """The issues behind a number, and whom to give them to."""
    day = localdate()
    return _rows(request, request.GET, Choice(roster(day)))


def _rows(
    request: SignedIn, data: QueryDict, choice: Choice, error: str = "", status: int = 200
) -> HttpResponse:
    filters = RowsFilter(data, list(people_with(_visible(request))))
    issues = filters.applied(_visible(request), localdate())
    context = {
        "filters": filters,
        "count": issues.count(),
        "issues": _first(issues),
        "most": bulk.MOST,
        "choice": choice,
        "error": error,
        "today": localdate(),
    }
    return render(request, "scoping/load_rows.html", context, status=status)


def _first(issues: ScopingIssueQuerySet) -> list[ScopingIssue]:
    """As many as one hand-over takes, the longest in their column first."""
    related = issues.select_related(
        "account__sales_territory__segment", "account__segment", "segment", "engagement_manager"
    )
    return list(related.order_by("entered_state_at", "pk")[: bulk.MOST])


@require_POST
@for_leads
def preview(request: SignedIn) -> HttpResponse:
    """Who would get what, and what stays; nothing is changed yet."""
    crew = roster(localdate())
    data = QueryDict(request.POST.get("filters", ""))
    choice = Choice(crew, request.POST)
    issues = _chosen(request, data)
    if not issues:
        return _rows(request, data, choice, TICK, status=422)
    if not choice.is_valid():
        return _rows(request, data, choice, "Choose who gets them.", status=422)
    had = {manager.user.pk: manager.load.live for manager in crew.managers}
    given, left = _given(choice, issues, crew)
    planned = _planned(request, given, uuid4().hex)
    context = _preview(planned, given, had) | {"left": [*left, *planned.refused]}
    return render(request, "scoping/load_preview.html", context)


def _chosen(request: SignedIn, data: QueryDict) -> list[ScopingIssue]:
    """Those that are ticked, or all that the filter shows."""
    if request.POST.get("which") == "all":
        return _first(RowsFilter(data, []).applied(_visible(request), localdate()))
    ticked = [pk for pk in request.POST.getlist("issue") if pk.isascii() and pk.isdigit()]
    pks = [int(pk) for pk in ticked if len(pk) < 10]
    return _first(_visible(request).live().filter(pk__in=pks))


def _given(
    choice: Choice, issues: list[ScopingIssue], crew: Roster
) -> tuple[list[HandOver], list[tuple[ScopingIssue, str]]]:
    distribution = Distribution(crew, _segments())
    if choice.cleaned_data["to"] == SPREAD:
        return distribution.spread(issues, anyone=choice.cleaned_data["anyone"])
    to = next(each for each in crew.managers if str(each.user.pk) == choice.cleaned_data["to"])
    return distribution.to_one(issues, to), []


def _segments() -> list[Segment]:
    return list(Segment.objects.filter(is_active=True))


def _planned(
    request: SignedIn, given: Sequence[HandOver], key: str, seen: Any = None, reason: str = ""
) -> bulk.Plan:
    deed, issues = hand_out(given, reason), [over.issue for over in given]
    return bulk.plan(issues, deed, by=request.user, at=now(), seen=seen, key=key)


def _preview(planned: bulk.Plan, given: Sequence[HandOver], had: dict[int, int]) -> dict[str, Any]:
    """Those who receive something, and what the button sends."""
    ready = {issue.pk for issue in planned.ready}
    going = [over for over in given if over.issue.pk in ready]
    receivers: dict[int, Receiver] = {}
    for over in going:
        pk = over.to.user.pk
        receivers.setdefault(pk, Receiver(over.to, had[pk])).overs.append(over)
    outside = any(not over.covered for over in going)
    return {
        "receivers": sorted(receivers.values(), key=lambda each: each.manager.user.name),
        "gives": [str(_as_given(over)) for over in going],
        "count": len(going),
        "key": planned.key,
        "outside": outside,
        "form": ReasonForm(needed=outside),
    }


def _as_given(over: HandOver) -> Given:
    moves, had_by = bulk.look(over.issue)
    return Given(over.issue.pk, moves, had_by, over.to.user.pk)


@require_POST
@for_leads
def hand_over(request: SignedIn) -> HttpResponse:
    """Do what the preview showed, as far as nobody changed it since."""
    crew, key = roster(localdate()), _key(request)
    had = {manager.user.pk: manager.load.live for manager in crew.managers}
    gives = {give.pk: give for give in map(Given.parse, request.POST.getlist("give")) if give}
    given = _still_given(request, gives, crew)
    seen = {give.pk: (give.moves, give.had_by) for give in gives.values()}
    form = ReasonForm(request.POST, needed=any(not over.covered for over in given))
    if not form.is_valid():
        planned = _planned(request, given, key, seen)
        context = _preview(planned, given, had) | {"left": planned.refused, "form": form}
        return render(request, "scoping/load_preview.html", context, status=422)
    planned = _planned(request, given, key, seen, form.cleaned_data["reason"])
    batch = bulk.carry_out(planned, by=request.user, at=now())
    return _result(request, batch, [over for over in given if over.issue in batch.done])


def _still_given(request: SignedIn, gives: dict[int, Given], crew: Roster) -> list[HandOver]:
    """What the preview said, for issues one still sees and people who still take any."""
    managers = {manager.user.pk: manager for manager in crew.managers}
    distribution = Distribution(crew, _segments())
    issues = _first(_visible(request).filter(pk__in=gives))
    chosen = [(issue, managers.get(gives[issue.pk].to)) for issue in issues]
    return [distribution.explained(issue, to) for issue, to in chosen if to]


def _key(request: SignedIn) -> str:
    try:
        return UUID(request.POST.get("key", "")).hex
    except ValueError:
        raise Http404 from None


@require_POST
@for_leads
def undo(request: SignedIn) -> HttpResponse:
    """Every issue of one hand-over back to who had it, unless it changed hands since."""
    batch = bulk.take_back(_key(request), by=request.user, at=now())
    return _result(request, batch, [], undone=True)


def _result(
    request: SignedIn, batch: bulk.Batch, given: Sequence[HandOver], *, undone: bool = False
) -> HttpResponse:
    context = {
        "batch": batch,
        "given": given,
        "undone": undone,
        "minutes": int(bulk.undo_time(now()).total_seconds() // 60),
    }
    return render(request, "scoping/load_result.html", context)
