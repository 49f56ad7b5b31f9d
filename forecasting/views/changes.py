"""The change waterfall of the open forecast, and the deals behind each of its bars."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.exporting import TYPES, TooMuch, download
from emdesk.web import SignedIn
from forecasting.as_at import end_of
from forecasting.changes import Asked
from forecasting.explaining import Explained, Line
from forecasting.readers import for_readers
from forecasting.steps import CLOSING, OPENING, PASSED, SAYS, Steps
from forecasting.waterfall import Movement, Reason, Waterfall
from scoping import rules

PAGE = 50
HEAD = ["Reason", "Deals", "Amount", "Currency", "Without value or rate"]
ROWS_HEAD = [
    *("CRM id", "Account", "Opportunity", "Engagement manager", "Reason", "What changed"),
    *("When", "By whom", "Before", "After", "Amount", "Currency"),
]


@require_safe
@for_readers
def waterfall(request: SignedIn) -> HttpResponse:
    at, user = now(), request.user
    asked = Asked.by_address(request, user, at)
    opens = rules.reads_deals(user)
    steps = Steps(asked.told(user, at), asked, opens=opens)
    exports = rules.exports(user)
    if (kind := request.GET.get("as")) in TYPES:
        if not exports:
            raise PermissionDenied
        return download(kind, f"forecast-changes-{asked.first}-{asked.last}", HEAD, steps.cells)
    context = {
        "asked": asked,
        "form": asked.form,
        "steps": steps,
        "narrowed": bool(asked.form.words),
        "periods": asked.periods,
        "now_shown": str(asked.first),
        "files": [(kind.upper(), f"{asked.url()}&as={kind}") for kind in TYPES if exports],
        "whole": rules.reads_whole_win_rate(user),
        "says": [(reason.label, words) for reason, words in SAYS.items()],
    }
    template = "changes_body" if request.htmx else "changes"
    return render(request, f"forecasting/{template}.html", context)


@require_safe
@for_readers
def waterfall_rows(request: SignedIn) -> HttpResponse:
    """The deals of one bar: what changed about each, when and by whom."""
    at, user = now(), request.user
    if not rules.reads_deals(user):
        raise Http404
    asked, reason = Asked.by_address(request, user, at), request.GET.get("reason", "")
    found = asked.told(user, at)
    moves = _behind(found, reason)
    if (kind := request.GET.get("as")) in TYPES:
        if not rules.exports(user):
            raise PermissionDenied
        return _file(kind, asked, Explained(moves, found.currency), found.currency)
    shown: Any = Paginator(moves, PAGE).get_page(request.GET.get("page"))
    shown.object_list = _lines(Explained(list(shown.object_list), found.currency), asked)
    here = asked.url("waterfall_rows", reason=reason)
    context = {
        "title": f"{_name(reason)}, {asked.which}",
        "asked": asked,
        "shown": shown,
        "here": here,
        "back": asked.url(),
        "back_to": "the changes",
        "exports": rules.exports(user),
    }
    return render(request, "forecasting/changes_rows.html", context)


def _behind(found: Waterfall, reason: str) -> list[Movement]:
    if reason == PASSED:
        return found.passed
    if reason in (OPENING, CLOSING):
        return found.standing_before if reason == OPENING else found.standing_after
    if reason not in Reason.values:
        raise Http404
    return found.because_of(Reason(reason))


def _lines(explained: Explained, asked: Asked) -> list[Line]:
    return explained.lines(end_of(asked.first), end_of(asked.last))


def _name(reason: str) -> str:
    named = {OPENING: "Opening", CLOSING: "Closing", PASSED: "Came in and closed in between"}
    return named.get(reason) or str(Reason(reason).label)


def _file(kind: str, asked: Asked, explained: Explained, currency: str) -> HttpResponse:
    name = f"forecast-changes-{asked.first}-{asked.last}"
    cells = [
        [
            *(line.deal.external_id, line.deal.account and line.deal.account.name, line.deal.name),
            *(line.em, line.move.reason.label, line.what, line.at, line.by),
            line.move.before and line.move.before.desk_value,
            line.move.after and line.move.after.desk_value,
            *(line.move.amount, currency),
        ]
        for line in _lines(explained, asked)
    ]
    try:
        return download(kind, name, ROWS_HEAD, cells)
    except TooMuch as too_much:
        return HttpResponse(f"{too_much}\n", "text/plain; charset=utf-8", 422)
