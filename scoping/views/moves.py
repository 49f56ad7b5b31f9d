"""Moving an issue: by drop, by menu, by key or by the plain page; and taking a move back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.transaction import atomic
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate, localtime, now
from django.views.decorators.http import require_POST

from emdesk.activity.sentences import who
from emdesk.ledger.models import Event
from emdesk.people.models import User
from emdesk.web import SignedIn
from emdesk.workflow import ADOPTED, MOVED_BACK, Conflict, Refused, perform, takes_back, undo
from scoping.closing import note_close, time_to_undo
from scoping.deeds import Deed
from scoping.destinations import Destination, destination, destinations
from scoping.forms.moving import CloseForm, MoveForm, form_for
from scoping.models import ScopingIssue
from scoping.promises import likely_deed, note, offered_deed
from scoping.states import State
from scoping.views.board import renewed
from scoping.views.editing import READ_WRITE

LONGEST_UNDO = timedelta(days=1)  # no setting allows more


def find(request: SignedIn, pk: int) -> ScopingIssue:
    return get_object_or_404(ScopingIssue.objects.visible_to(request.user), pk=pk)


@READ_WRITE
def move(request: SignedIn, pk: int) -> HttpResponse:
    """GET: where it can go and why not elsewhere. POST: go there."""
    issue = find(request, pk)
    at = now()
    if request.method != "POST":
        return _offer(request, issue, at)
    if moves_seen(request) not in {None, issue.moves}:
        return _conflict(request, issue, Conflict(issue.last_move))
    target = request.POST.get("to", "")
    if target not in State.values:
        return _refuse(request, issue, "Choose a column of the board.")
    chosen = destination(issue, target, request.user, at, request.POST.get("outcome", ""))
    if not chosen.open:
        return _refuse(request, issue, chosen.reason)
    offered = offered_deed(issue, target, request.user) if chosen.unmet else None
    about: dict[str, Any] = {"user": request.user, "at": at, "deed": offered}
    form = form_for(target)(issue, chosen.unmet, request.POST, **about)
    if form.fields and not form.is_valid():
        return _ask(request, issue, chosen, form)
    return _go(request, issue, chosen, form, at)


def undoable(issue: ScopingIssue, user: User, at: datetime) -> Event | None:
    """The last move, while this person can still take it back."""
    if at - issue.entered_state_at > LONGEST_UNDO and not issue.close_to_note:
        return None
    last = issue.last_move
    if last is None or not last.before or not takes_back(issue, last, user):
        return None
    fits = not last.verb.endswith((MOVED_BACK, ADOPTED))
    return last if fits and at - last.at <= time_to_undo(issue, at) else None


@require_POST
def take_back(request: SignedIn, pk: int) -> HttpResponse:
    issue = find(request, pk)
    at = now()
    try:
        within, seen = time_to_undo(issue, at), moves_seen(request)
        event = undo(issue, by=request.user, at=at, within=within, seen=seen)
    except Conflict as conflict:
        return _conflict(request, issue, conflict)
    except Refused as refusal:
        return _refuse(request, issue, refusal.reason)
    return _moved(request, issue, event, undone=True)


@require_POST
def noted(request: SignedIn, pk: int) -> HttpResponse:
    """Its EM has seen that emdesk closed it with its opportunity."""
    issue = find(request, pk)
    note_close(issue, by=request.user, at=now())
    messages.success(request, f"Noted: {issue.reference} stays closed.")
    return redirect(onward(request, issue))


def _go(
    request: SignedIn, issue: ScopingIssue, chosen: Destination, form: MoveForm, at: datetime
) -> HttpResponse:
    name = chosen.move
    if isinstance(form, CloseForm):
        name = form.cleaned_data["outcome"]
    facts: dict[str, Any] = {}
    if form.fields:
        facts = {"fill": form.fill, "override": form.override, **form.details}
    try:
        way = getattr(issue, name)
        with _noting(request, issue, form, at):
            event = perform(way, by=request.user, at=at, seen=moves_seen(request), **facts)
    except Conflict as conflict:
        return _conflict(request, issue, conflict)
    except Refused as refusal:
        return _refuse(request, issue, refusal.reason)
    likely = None if chosen.unmet else likely_deed(issue, event.after, request.user)
    return _moved(request, issue, event, deed=likely)


@contextmanager
def _noting(request: SignedIn, issue: ScopingIssue, form: MoveForm, at: datetime) -> Iterator[None]:
    """The deed that the sheet was told of is noted with the move, or neither is."""
    said = form.cleaned_data if form.deed else {}
    happened_at = said.get("happened_at")
    if form.deed is None or not (said["deed"] or happened_at):
        yield
        return
    with atomic():
        note(issue, form.deed, by=request.user, at=at, happened_at=happened_at)
        yield


def moves_seen(request: SignedIn) -> int | None:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None


def _offer(request: SignedIn, issue: ScopingIssue, at: datetime) -> HttpResponse:
    template = "scoping/_destinations.html" if request.htmx else "scoping/move.html"
    if "reasons" in request.GET:
        template = "scoping/_reasons.html"
    context = {"issue": issue, "destinations": destinations(issue, request.user, at)}
    return render(request, template, context)


def _moved(
    request: SignedIn,
    issue: ScopingIssue,
    event: Event,
    *,
    undone: bool = False,
    deed: Deed | None = None,
) -> HttpResponse:
    says = "is back in" if undone else "moved to"
    text = f"{issue.reference} {says} {State(event.after).label}."
    if not request.htmx:
        messages.success(request, text)
        return redirect(onward(request, issue))
    context = renewed(request, issue.pk, {event.before, event.after})
    context |= {"text": text, "undone": undone, "deed": deed}
    return render(request, "scoping/_moved.html", context)


def onward(request: SignedIn, issue: ScopingIssue) -> str:
    """Back to the page the move was made on, if it said which."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if safe else issue.get_absolute_url()


def _ask(
    request: SignedIn, issue: ScopingIssue, chosen: Destination, form: MoveForm
) -> HttpResponse:
    context = {
        "issue": issue,
        "destination": chosen,
        "form": form,
        "seen": issue.moves,
        "next": request.POST.get("next", ""),
    }
    template = "scoping/_sheet.html" if request.htmx else "scoping/move_sheet.html"
    return render(request, template, context, status=422)


def _refuse(request: SignedIn, issue: ScopingIssue, reason: str) -> HttpResponse:
    text = f"{issue.reference} stayed in {State(issue.state).label}. {reason}"
    return _back(request, issue, text, 422, "scoping/_refused.html")


def _conflict(request: SignedIn, issue: ScopingIssue, conflict: Conflict) -> HttpResponse:
    issue = find(request, issue.pk)
    return _back(request, issue, who_moved(issue, conflict), 409, "scoping/_conflict.html")


def who_moved(issue: ScopingIssue, conflict: Conflict) -> str:
    """Who moved it first, where to and when, in a sentence."""
    event = conflict.event
    if event is None:
        return f"{issue.reference} is in {State(issue.state).label} now."
    moment = localtime(event.at)
    today = moment.date() == localdate()
    when = f"{moment:%H:%M}" if today else f"{moment:%-d %b, %H:%M}"
    return f"{who(event)} moved {issue.reference} to {State(event.after).label} at {when}."


def _back(
    request: SignedIn, issue: ScopingIssue, text: str, status: int, template: str
) -> HttpResponse:
    """The card where it is, and why."""
    at = now()
    context: dict[str, Any] = {"issue": issue, "text": text}
    if request.htmx:
        context |= renewed(request, issue.pk, set())
        return render(request, template, context, status=status)
    context["destinations"] = destinations(issue, request.user, at)
    return render(request, "scoping/move.html", context, status=status)
