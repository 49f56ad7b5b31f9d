"""Triage: the queue of new issues, and beside it what one reads before judging."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.people.models import User
from emdesk.web import SignedIn
from emdesk.workflow import Refused
from scoping import rules
from scoping.forms.triage import FORMS, AskForm, VerdictForm
from scoping.models import Question, ScopingIssue
from scoping.search.asking import exactly
from scoping.states import Service, State
from scoping.triage.asking import recipient_of
from scoping.triage.queue import asleep, kin, queue, snoozed_count
from scoping.triage.queue_markup import rows_markup
from scoping.views.search import address

FEW = 5
NAMED = (
    *("account__sales_territory__segment", "account__segment", "segment", "requester"),
    *("engagement_manager", "opportunity", "snooze__by"),
)
LABELS = {
    "accept": ("Accept", "1"),
    "duplicate": ("Duplicate", "2"),
    "decline": ("Decline", "3"),
    "snooze": ("Snooze", "h"),
    "ask": ("Ask", "i"),
}


@require_safe
def triage(request: SignedIn) -> HttpResponse:
    """The page; the two panes alone; or, asked for ``part``, only the form of another verdict."""
    if not rules.sees_triage(request.user):
        raise Http404
    at, kind = now(), request.GET.get("verdict", "accept")
    wanted = request.GET.get("issue", "")
    pk = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else None
    if "part" in request.GET and pk:
        found = record(request, pk, at)
        return render(request, "scoping/_verdict.html", verdicts(request, found, at, kind))
    context = panes(request, at, pk, kind=kind) | {"done": _done(request)}
    return render(request, f"scoping/{'_' if request.htmx else ''}triage.html", context)


def panes(
    request: SignedIn,
    at: datetime,
    pk: int | None,
    *,
    kind: str = "accept",
    form: VerdictForm | None = None,
) -> dict[str, Any]:
    """The queue and, beside it, the issue that was chosen or else the oldest."""
    snoozed = request.GET.get("show") == "snoozed"
    listed = queue(request.user, at, snoozed=snoozed)
    shown = pk or (listed.rows[0].pk if listed.rows else None)
    more = "&show=snoozed" if snoozed else ""
    address = reverse("scoping:triage") + "?issue={}" + more
    context = {
        "queue": listed,
        "rows": rows_markup(listed.rows, shown, at, address),
        "snoozed": snoozed,
        "put_off": listed.total if snoozed else snoozed_count(request.user, at),
        "chosen": pk is not None,
        "address": address.format(shown),
    }
    if shown is None:
        return context
    found = record(request, shown, at)
    return context | about(found, request) | verdicts(request, found, at, kind, form)


def record(request: SignedIn, pk: int, at: datetime) -> ScopingIssue:
    visible = ScopingIssue.objects.visible_to(request.user)
    rows = visible.select_related(*NAMED).annotate(asleep=asleep(at))
    return get_object_or_404(rows, pk=pk)


def about(found: ScopingIssue, request: SignedIn) -> dict[str, Any]:
    """What one reads before judging."""
    asked = list(Question.objects.asked_of(found))
    return {
        **_kin(found, request.user),
        "known": [row for row in asked if row["by"]],
        "needed": [row for row in asked if row["required"] and not row["by"]],
        "optional": sum(1 for row in asked if not row["required"] and not row["by"]),
        "services": [Service(each).label for each in found.services],
    }


def _kin(found: ScopingIssue, user: User) -> dict[str, Any]:
    """The first few; a customer of many is looked through by search."""
    others = kin(found, user)
    named = exactly("account", found.account.name)
    return {
        "kin": others[:FEW],
        "all_kin": address(f"{named} is:open") if len(others) > FEW else "",
    }


def verdicts(
    request: SignedIn, found: ScopingIssue, at: datetime, kind: str, form: VerdictForm | None = None
) -> dict[str, Any]:
    """The bar of verdicts and the form of the one that is open; none once it left the queue."""
    context: dict[str, Any] = {"issue": found, "open": "verdict" in request.GET or form is not None}
    if found.state != State.OPEN or found.engagement_manager_id:
        return context
    kind = kind if kind in FORMS else "accept"
    form = form or FORMS[kind](found, user=request.user, at=at)
    context |= {"bar": LABELS.items(), "verdict": kind, "form": form}
    if isinstance(form, AskForm):
        context |= _whom(found, form)
    return context


def _whom(found: ScopingIssue, form: AskForm) -> dict[str, Any]:
    """Who would get the mail, or why nobody can."""
    try:
        return {"recipient": recipient_of(found)} | _nothing_open(form)
    except Refused as refusal:
        return {"impossible": refusal.reason}


def _nothing_open(form: AskForm) -> dict[str, str]:
    said = "Everything asked at intake is answered. Accept it, or ask on the issue itself."
    return {} if form.open else {"impossible": said}


def _done(request: SignedIn) -> dict[str, Any] | None:
    """Which verdict the address says was just given, so that it can be undone without script."""
    kind, _, pk = request.GET.get("done", "").partition(".")
    if kind in FORMS and pk.isascii() and pk.isdigit() and len(pk) < 10:
        return undone(request, kind, int(pk))
    return None


def undone(request: SignedIn, kind: str, pk: int) -> dict[str, Any] | None:
    about = ScopingIssue.objects.visible_to(request.user).only("moves").filter(pk=pk).first()
    if about is None:
        return None
    url = reverse("scoping:verdict", args=[pk]) + f"?undo={kind}"
    return {"about": about, "url": url, "kind": kind}
