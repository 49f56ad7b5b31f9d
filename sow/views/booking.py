"""The booking package: what is together, what is missing, and the deeds that bring it together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST

from emdesk.people.models import User
from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.estimating.papers import OWN
from scoping.rules import exports, sees_cost_of
from scoping.views.editing import READ_WRITE, only_if
from sow import booking as deeds
from sow import rules
from sow.forms.booking import DeedForm
from sow.models import BookingDeed, Done, StatementOfWork, Version
from sow.package import Point, missing, package
from sow.views.finding import find

OFFERED: dict[str, tuple[Done, ...]] = {
    "cogs": (Done.COGS,),
    "order": (Done.ORDER, Done.NO_ORDER),
    "finance": (Done.FINANCE_ASKED, Done.FINANCE_YES, Done.FINANCE_NO),
    "signed": (Done.SIGNED_US, Done.SIGNED_THEM),
}


@dataclass(frozen=True)
class Row:
    """A point with what may be noted about it and what this person may take back."""

    point: Point
    forms: list[tuple[str, DeedForm]]
    deeds: list[tuple[BookingDeed, bool]]


@READ_WRITE
def booking(request: SignedIn, pk: int) -> HttpResponse:
    """Posting notes one deed, ``key``; ``do=book`` closes the opportunity won."""
    found, at = find(request, pk), now()
    if request.method != "POST":
        return _page(request, found, at)
    if request.POST.get("do") == "book":
        return _book(request, found, at)
    key = request.POST.get("key", "")
    if key not in deeds.MAY:
        raise Http404
    only_if(deeds.MAY[key](found.issue, request.user))
    form = DeedForm(key, request.POST)
    if not form.is_valid():
        return _page(request, found, at, form)
    try:
        deed = deeds.note(found, **form.cleaned_data, by=request.user, at=at)
    except NotAllowed:
        raise
    except Refused as refusal:
        form.add_error(None, refusal.reason)
        return _page(request, found, at, form)
    messages.success(request, f"{deed.get_key_display()}: noted.")
    return redirect("sow:booking", pk)


@require_POST
def take_back(request: SignedIn, pk: int, deed: int) -> HttpResponse:
    found = find(request, pk)
    only_if(rules.notes_signature(found.issue, request.user) or _decides(found, request.user))
    try:
        deeds.take_back(found, deed, by=request.user, at=now())
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect("sow:booking", pk)


def _decides(found: StatementOfWork, user: User) -> bool:
    return rules.decides_finance(found.issue, user)


def _book(request: SignedIn, found: StatementOfWork, at: datetime) -> HttpResponse:
    only_if(rules.books(found.issue, request.user))
    try:
        stays = deeds.book(found, missing(found), by=request.user, at=at)
    except NotAllowed:
        raise
    except Refused as refusal:
        return _page(request, found, at, refused=refusal.reason)
    if stays:
        messages.warning(request, stays)
    else:
        messages.success(request, "The opportunity is closed won, and the issue with it.")
    return redirect("sow:booking", pk=found.issue_id)


def _page(
    request: SignedIn,
    found: StatementOfWork,
    at: datetime,
    form: DeedForm | None = None,
    refused: str = "",
) -> HttpResponse:
    user, head, done = request.user, found.head, deeds.standing(found)
    points = package(found, head, done)
    open_points = [point for point in points if not point.met]
    context: dict[str, Any] = {
        "issue": found.issue,
        "statement": found,
        "version": head,
        "deal": found.issue.opportunity,
        "rows": [_row(each, found, user, at, form) for each in points],
        "open": len(open_points),
        "booked": done.get(Done.BOOKED),
        "books": rules.books(found.issue, user) and found.issue.live,
        "refused": refused,
        "cost_sheet": _cost_sheet(found, head, user),
    }
    wrong = bool(refused or form)
    return render(request, "sow/booking.html", context, status=422 if wrong else 200)


def _row(
    point: Point, found: StatementOfWork, user: User, at: datetime, sent: DeedForm | None
) -> Row:
    live, forms = found.issue.live, []
    for key in OFFERED.get(point.key, ()):
        if live and deeds.MAY[key](found.issue, user):
            mine = sent if sent and sent.data.get("key") == key else None
            first = {"on": localdate(at)}
            forms.append((Done(key).label, mine or DeedForm(key, initial=first)))
    kept = [(deed, live and deeds.MAY[deed.key](found.issue, user)) for deed in point.deeds]
    return Row(point, forms, kept)


def _cost_sheet(found: StatementOfWork, head: Version, user: User) -> str:
    """Where it is downloaded, for those who see cost and may take files away."""
    if not (sees_cost_of(found.issue, user) and exports(user)):
        return ""
    number = head.estimate_version.number
    return reverse("scoping:estimate_export", args=[found.issue_id, number, OWN, "xlsx"])
