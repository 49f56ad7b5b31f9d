"""Saying something about a clause, and settling what was said."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.rules import comments as may_comment
from scoping.views.editing import only_if
from sow import commenting
from sow.forms.library import one_line_ends
from sow.models import StatementOfWork
from sow.models.comment import Remark
from sow.views.finding import find

HERE = "#comments"


@require_POST
def comment(request: SignedIn, pk: int) -> HttpResponse:
    """``section`` of version ``seen``; ``page`` is the version's page one came from."""
    found, said = find(request, pk), request.POST
    only_if(may_comment(found.issue, request.user))
    seen = said.get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0
    body = one_line_ends(said.get("body", ""))
    section = said.get("section", "")
    try:
        commenting.comment(found, section, body, seen=number, by=request.user, at=now())
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return _back(request, found)


@require_POST
def settle(request: SignedIn, pk: int, remark: int) -> HttpResponse:
    """``do`` is resolve or reopen."""
    found = find(request, pk)
    only_if(may_comment(found.issue, request.user))
    return settled(request, found, get_object_or_404(found.comments, pk=remark))


def settled(request: SignedIn, found: StatementOfWork, about: Remark) -> HttpResponse:
    act = commenting.reopen if request.POST.get("do") == "reopen" else commenting.resolve
    try:
        act(found, about, by=request.user, at=now())
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return _back(request, found)


def _back(request: SignedIn, found: StatementOfWork) -> HttpResponse:
    number = request.POST.get("page", "")
    if number.isascii() and number.isdigit() and len(number) < 9:
        return redirect(reverse("sow:version", args=[found.issue_id, int(number)]) + HERE)
    return redirect(f"{found.get_absolute_url()}{HERE}")
