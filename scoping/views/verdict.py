"""Verdicts of triage: each is given by a form, answered with the next issue, and can be undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from emdesk.web import SignedIn
from emdesk.workflow import Conflict, Refused, undo
from scoping import rules
from scoping.closing import merge, part, time_to_undo
from scoping.forms.triage import FORMS, AskForm, SnoozeForm, VerdictForm
from scoping.models import ScopingIssue
from scoping.states import CloseReason, State
from scoping.triage.asking import ask, withdraw
from scoping.triage.queue import queue
from scoping.triage.verdicts import accept, decline, snooze, wake
from scoping.views.moves import find, moves_seen, who_moved
from scoping.views.triage import panes, undone


@require_POST
def verdict(request: SignedIn, pk: int) -> HttpResponse:
    """Give a verdict, or take one back; then the next issue opens."""
    found = find(request, pk)
    if not rules.triages(found, request.user):
        raise PermissionDenied
    at, kind, back = now(), request.POST.get("verdict", ""), request.GET.get("undo", "")
    if back in UNDO:
        return _take_back(request, found, at, back)
    if kind not in FORMS:
        raise Http404
    return _give(request, found, at, kind)


def _give(request: SignedIn, found: ScopingIssue, at: datetime, kind: str) -> HttpResponse:
    follower = queue(request.user, at).after(found.pk)
    form = FORMS[kind](found, request.POST, user=request.user, at=at)
    if not form.is_valid():
        return _again(request, found, at, kind, form)
    try:
        said = DECIDE[kind](request, found, form, at)
    except Conflict as conflict:
        return _refused(request, found, at, who_moved(found, conflict), 409)
    except Refused as refusal:
        form.add_error(None, refusal.reason)
        return _again(request, found, at, kind, form)
    return _next(request, at, follower, said, undoes=(kind, found.pk))


def _accept(request: SignedIn, found: ScopingIssue, form: Any, at: datetime) -> str:
    said, facts = form.cleaned_data, common(request, at)
    to, segment = said["em"], said["segment"]
    accept(found, to=to, segment=segment, proposal=form.proposal, why=said["why"], **facts)
    return f"{found.reference} goes to {to} and is in {State.AWAITING_DISCOVERY.label}."


def _duplicate(request: SignedIn, found: ScopingIssue, form: Any, at: datetime) -> str:
    into = form.cleaned_data["into"]
    merge(found, into, **common(request, at))
    return f"{found.reference} is merged into {into.reference}."


def _decline(request: SignedIn, found: ScopingIssue, form: Any, at: datetime) -> str:
    said = form.cleaned_data
    decline(found, reason=said["reason"], note=said["note"], **common(request, at))
    return f"{found.reference} is closed: {CloseReason(said['reason']).label}."


def _snooze(request: SignedIn, found: ScopingIssue, form: SnoozeForm, at: datetime) -> str:
    day = form.cleaned_data["day"]
    snooze(found, until=day, awaited=form.awaited, **common(request, at))
    until = f"until {day:%-d %b}" if day else "until then"
    return f"{found.reference} is snoozed {until}, or until somebody works on it."


def _ask(request: SignedIn, found: ScopingIssue, form: AskForm, at: datetime) -> str:
    link = request.build_absolute_uri(reverse("scoping:questions", args=[found.pk]))
    said = form.cleaned_data
    extra = {"note": said["note"], "until": said["until"], "link": link}
    mail = ask(found, form.asked, **extra, **common(request, at))
    count = len(form.asked)
    what = "One question" if count == 1 else f"{count} questions"
    return f"{what} about {found.reference} go to {mail.recipient} in a few seconds; until the mail has left you can undo."


Decide = Callable[[SignedIn, ScopingIssue, Any, datetime], str]
DECIDE: dict[str, Decide] = {
    "accept": _accept,
    "duplicate": _duplicate,
    "decline": _decline,
    "snooze": _snooze,
    "ask": _ask,
}


def common(request: SignedIn, at: datetime) -> dict[str, Any]:
    return {"by": request.user, "at": at, "seen": moves_seen(request)}


def _move_back(request: SignedIn, found: ScopingIssue, at: datetime) -> None:
    undo(found, within=time_to_undo(found, at), **common(request, at))


def _part(request: SignedIn, found: ScopingIssue, at: datetime) -> None:
    part(found, within=time_to_undo(found, at), **common(request, at))


def _wake(request: SignedIn, found: ScopingIssue, at: datetime) -> None:
    wake(found, by=request.user, at=at)


def _withdraw(request: SignedIn, found: ScopingIssue, at: datetime) -> None:
    withdraw(found, by=request.user, at=at)


UNDO: dict[str, Callable[[SignedIn, ScopingIssue, datetime], None]] = {
    "accept": _move_back,
    "decline": _move_back,
    "duplicate": _part,
    "snooze": _wake,
    "ask": _withdraw,
}


def _take_back(request: SignedIn, found: ScopingIssue, at: datetime, kind: str) -> HttpResponse:
    try:
        UNDO[kind](request, found, at)
    except Conflict as conflict:
        return _refused(request, found, at, who_moved(found, conflict), 409)
    except Refused as refusal:
        return _refused(request, found, at, refusal.reason, 422)
    return _next(request, at, found.pk, f"{found.reference} waits for a verdict again.")


def _next(
    request: SignedIn,
    at: datetime,
    pk: int | None,
    said: str,
    *,
    undoes: tuple[str, int] | None = None,
) -> HttpResponse:
    """The panes with the next issue, and what was done."""
    address = reverse("scoping:triage") + (f"?issue={pk}" if pk else "")
    if not request.htmx:
        messages.success(request, said)
        if undoes:
            address += f"{'&' if pk else '?'}done={undoes[0]}.{undoes[1]}"
        return redirect(address)
    context = panes(request, at, pk) | {"text": said}
    if undoes:
        kind, about_pk = undoes
        context |= {"undone": undone(request, kind, about_pk)}
    return render(request, "scoping/_triaged.html", context)


def _again(
    request: SignedIn, found: ScopingIssue, at: datetime, kind: str, form: VerdictForm
) -> HttpResponse:
    """The same issue with the form, and what it still needs."""
    context = panes(request, at, found.pk, kind=kind, form=form)
    return render(request, _template(request), context, status=422)


def _refused(
    request: SignedIn, found: ScopingIssue, at: datetime, text: str, status: int
) -> HttpResponse:
    """The panes as they are now, and why nothing was done."""
    context = panes(request, at, found.pk) | {"text": text, "failed": True}
    return render(request, _template(request), context, status=status)


def _template(request: SignedIn) -> str:
    return "scoping/_triaged.html" if request.htmx else "scoping/triage.html"
