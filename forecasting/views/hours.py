"""Expected delivery hours by role and month, and the issues behind each number."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.exporting import download
from emdesk.web import SignedIn
from forecasting.forms import ScopeForm
from forecasting.hours import SUREST_FIRST, Hours
from forecasting.hours_page import ALL, Asked, HoursPage, spelled
from forecasting.readers import for_readers, names_customers
from forecasting.spreading import LEAD, PER_WEEK
from scoping import rules

PAGE = 50
HEAD = ["Role", "Delivered by", "Confidence", "Measure"]
UNESTIMATED = "unestimated"


@require_safe
@for_readers
def page(request: SignedIn) -> HttpResponse:
    shown = _asked(request)
    exports = rules.exports(request.user)
    if request.GET.get("as") == "csv":
        if not exports:
            raise PermissionDenied
        return download("csv", "delivery-hours", [*HEAD, *shown.columns.values()], shown.file)
    hours = shown.hours
    context = {
        "page": shown,
        "form": hours.form,
        "groups": shown.groups,
        "works": len(hours.works),
        "unestimated": len(hours.unestimated),
        "unestimated_url": shown.opens and shown.url("hours_rows", of=UNESTIMATED),
        "narrowed": bool(hours.form.said),
        "whole": rules.reads_whole_win_rate(request.user),
        "csv": shown.url(**{"as": "csv"}) if exports else "",
        "lead": hours.known[LEAD],
        "per_week": spelled(hours.known[PER_WEEK]),
    }
    return render(request, "forecasting/hours.html", context)


@require_safe
@for_readers
def rows(request: SignedIn) -> HttpResponse:
    """The largest first; without an estimate, issues in the order they came. All are live."""
    if not names_customers(request.user):
        raise Http404
    shown, asked = _asked(request), Asked.by(request.GET.dict())
    if asked.month not in shown.columns or asked.colour not in (ALL, *SUREST_FIRST):
        raise Http404
    context = {
        "back": shown.url(),
        "back_to": "delivery hours",
        "no_file": True,
    }
    number = request.GET.get("page")
    if request.GET.get("of") == UNESTIMATED:
        context |= {
            "title": "Live issues without an estimate",
            "shown": Paginator(shown.hours.unestimated, PAGE).get_page(number),
            "here": shown.url("hours_rows", of=UNESTIMATED),
        }
        return render(request, "forecasting/rows_unestimated.html", context)
    found = shown.behind(asked)
    context |= {
        "title": shown.title(asked),
        "shown": Paginator(found.rows, PAGE).get_page(number),
        "hours": spelled(found.whole.hours),
        "weighted": spelled(found.whole.weighted),
        "here": shown.url("hours_rows", of="estimates", **asked.said),
    }
    return render(request, "forecasting/rows_hours.html", context)


def _asked(request: SignedIn) -> HoursPage:
    said = QueryDict(mutable=True)
    for name, value in request.GET.items():
        said[name] = str(value).replace("\0", "")
    hours = Hours(request.user, ScopeForm(said), now())
    return HoursPage(hours, opens=names_customers(request.user))
