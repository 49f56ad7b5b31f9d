"""How a quarter goes beside the same weeks of earlier ones, and the deals behind each value."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.exporting import TYPES, download
from emdesk.web import SignedIn
from forecasting.paces import Paces
from forecasting.readers import for_readers
from scoping import rules

PAGE = 50
LARGEST_FIRST = (F("desk_value").desc(nulls_last=True), "opportunity")


@require_safe
@for_readers
def page(request: SignedIn) -> HttpResponse:
    user = request.user
    paces = Paces.by_address(request, user, now())
    exports = rules.exports(user)
    if (kind := request.GET.get("as")) in TYPES:
        if not exports:
            raise PermissionDenied
        head = ["Week", *paces.heads, f"Mean before, in {paces.pacing.currency}"]
        name = f"pacing-{paces.pacing.quarter}-{paces.pacing.measure}"
        return download(kind, name, head, paces.cells)
    context = {
        "paces": paces,
        "pacing": paces.pacing,
        "form": paces.form,
        "lines": paces.lines(opens=rules.reads_deals(user)),
        "narrowed": bool(paces.form.words),
        "files": [(kind.upper(), paces.url(**{"as": kind})) for kind in TYPES if exports],
        "whole": rules.reads_whole_win_rate(user),
    }
    return render(request, "forecasting/pacing.html", context)


@require_safe
@for_readers
def rows(request: SignedIn) -> HttpResponse:
    """The deals of one week's value, as they were then."""
    if not rules.reads_deals(request.user):
        raise Http404
    paces = Paces.by_address(request, request.user, now())
    label, week = (request.GET.get(name, "") for name in ("of", "week"))
    course = next((each for each in paces.pacing.courses if str(each.quarter) == label), None)
    if course is None or not week.isdecimal() or int(week) not in course.days:
        raise Http404
    found = paces.pacing.rows(course, int(week)).order_by(*LARGEST_FIRST)
    people = found.select_related("opportunity__account", "engagement_manager", "segment")
    context = {
        "title": f"{paces.measure} of {course.quarter.written} in week {week}",
        "shown": Paginator(people, PAGE).get_page(request.GET.get("page")),
        "day": course.days[int(week)],
        "here": paces.url("pacing_rows", of=label, week=week),
        "back_to": "the pacing",
        "back": paces.url(),
        "form": paces.form,
    }
    return render(request, "forecasting/pacing_rows.html", context)
