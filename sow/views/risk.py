"""Work at risk of an issue: what is approved, what was done of it, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now

from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.models import ScopingIssue
from scoping.views.editing import READ_WRITE, only_if
from scoping.views.moves import find
from sow import risking as deeds
from sow import rules
from sow.forms.risk import FORMS
from sow.models import StatementOfWork, WorkAtRisk
from sow.risk_page import works_of

DONE = {
    "ask": "PS leadership is asked.",
    "extend": "PS leadership is asked.",
    "note": "Noted.",
    "stop": "It is stopped.",
}


@READ_WRITE
def risk(request: SignedIn, pk: int) -> HttpResponse:
    """``do`` says what a post does: ``ask``, ``extend``, ``note`` or ``stop``."""
    found, at = find(request, pk), now()
    if request.method != "POST":
        return _page(request, found, at)
    only_if(rules.works_at_risk(found, request.user))
    do = request.POST.get("do", "")
    work = deeds.open_work(found)
    if do not in FORMS or (work is None and do != "ask"):
        raise Http404
    form = FORMS[do](request.POST, auto_id=f"{do}-%s")
    if form.is_valid():
        try:
            _act(found, work, do)(**form.cleaned_data, by=request.user, at=at)
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, DONE[do])
            return redirect("sow:risk", pk)
    return _page(request, found, at, **{do: form})


def _act(issue: ScopingIssue, work: WorkAtRisk | None, do: str) -> Callable[..., Any]:
    if work is None or do == "ask":
        return lambda **said: deeds.ask(issue, **said)
    act: Any = {"extend": deeds.extend, "note": deeds.note, "stop": deeds.stop}[do]
    return lambda **said: act(work, **said)


def _page(request: SignedIn, found: ScopingIssue, at: datetime, **sent: forms.Form) -> HttpResponse:
    works = works_of(found, localdate(at))
    current = works[0] if works and works[0].open else None
    may = rules.works_at_risk(found, request.user)
    over = deeds.over(found) if may or current else ""
    initial = {"on": localdate(at)}
    context = {
        "issue": found,
        "statement": StatementOfWork.objects.filter(issue=found).first(),
        "current": current,
        "past": works[1:] if current else works,
        "over": over,
        "may": may,
        "asks": may and current is None and not over,
        "forms": {
            do: sent.get(do) or form(auto_id=f"{do}-%s", initial=initial)
            for do, form in FORMS.items()
        },
        "opened": next(iter(sent), ""),
    }
    return render(request, "sow/risk.html", context, status=422 if sent else 200)
