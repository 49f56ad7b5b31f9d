"""Drafting: what it would be made of and what is missing, and then the draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now

from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.views.editing import READ_WRITE, only_if
from scoping.views.moves import find as find_issue
from sow import rules
from sow.drafting import draft as make
from sow.drafting import plan
from sow.forms.drafting import DraftForm
from sow.forms.library import one_line
from sow.models import StatementOfWork
from sow.renewing import foreseen
from sow.renewing import renew as make_anew
from sow.views.finding import find

LONGEST_WHY = 300


@READ_WRITE
def draft(request: SignedIn, pk: int) -> HttpResponse:
    found = find_issue(request, pk)
    only_if(rules.drafts(found, request.user))
    known = StatementOfWork.objects.filter(issue=found).first()
    if known is not None:
        return redirect(known)
    context: dict[str, Any] = {"issue": found}
    try:
        planned = plan(found, at=now())
        sent = request.POST if request.method == "POST" else None
        form = DraftForm(sent, known=planned.fields, estimate=planned.version.number)
        context |= {"plan": planned, "form": form}
        if form.is_valid():
            seen = form.cleaned_data["seen_estimate"]
            version = make(found, by=request.user, at=now(), said=form.said, seen=seen)
            messages.success(request, f"{version.statement.number} is drafted.")
            return redirect(version.statement)
        status = 422 if form.errors else 200
    except Refused as refusal:
        context["refused"] = refusal.reason
        status = 422 if request.method == "POST" else 200
    return render(request, "sow/draft.html", context, status=status)


@READ_WRITE
def renew(request: SignedIn, pk: int) -> HttpResponse:
    """Go on from the estimate that was accepted since: what that changes and resets, then so."""
    found = find(request, pk)
    only_if(rules.edits(found.issue, request.user))
    if request.method != "POST":
        return _renewal(request, found)
    why = one_line(request.POST.get("why", ""), LONGEST_WHY)
    told = request.POST.getlist("told")
    try:
        version = make_anew(found, by=request.user, at=now(), why=why, told=told)
    except NotAllowed:
        raise
    except Refused as refusal:
        return _renewal(request, found, why=why, refused=refusal.reason)
    messages.success(request, f"v{version.number} is built from the estimate accepted now.")
    return redirect(found)


def _renewal(
    request: SignedIn, found: StatementOfWork, why: str = "", refused: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {"issue": found.issue, "statement": found, "why": why}
    try:
        context["renewal"] = foreseen(found, by=request.user, at=now())
    except Refused as refusal:
        refused = refused or refusal.reason
    context |= {"refused": refused, "says_why": rules.says_why(found.issue, request.user)}
    posted = request.method == "POST"
    return render(request, "sow/renew.html", context, status=422 if posted else 200)
