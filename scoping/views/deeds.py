"""Noting a deed in one click or with its date, taking it back, and the panel that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from emdesk.ledger.models import Event
from emdesk.people.models import User
from emdesk.sla.models import Clock
from emdesk.sla.panel import clocks_shown
from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping import rules
from scoping.closing import time_to_undo
from scoping.deeds import DEEDS, LEG, Deed
from scoping.forms.deeds import DeedForm
from scoping.models import ScopingIssue
from scoping.promises import (
    Standing,
    amiss,
    history_of,
    may_take_back,
    moment,
    next_deed,
    note,
    standing_in,
    take_back,
    title_of,
)
from scoping.states import State
from scoping.views.clock_acts import Act, act_on
from scoping.views.editing import READ_WRITE, form_about, only_if
from scoping.views.moves import LONGEST_UNDO, find, onward

SIGNING = (State.READY_FOR_APPROVAL, State.APPROVED)


@dataclass(frozen=True)
class Row:
    """A deed on the issue page: the last time it was done, and what this person may do about it."""

    deed: Deed
    event: Event | None
    allowed: bool
    undoable: bool
    is_next: bool

    @property
    def happened_at(self) -> datetime | None:
        return moment(self.event) if self.event else None

    @property
    def seen(self) -> int:
        return self.event.number if self.event else 0


@READ_WRITE
def deed(request: SignedIn, pk: int, key: str) -> HttpResponse:
    found, chosen = find(request, pk), DEEDS.get(key)
    if chosen is None:
        raise Http404
    only_if(chosen.allowed(found, request.user))
    form = DeedForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            event = _note(request, found, chosen, form)
        except Refused as refusal:
            return _refused(request, found, chosen, form, refusal.reason)
        return _told(request, found, f"{chosen.title}: {found.reference}.", event)
    return form_about(request, found, form, chosen.title, "Note it")


@require_POST
def undo_deed(request: SignedIn, pk: int, number: int) -> HttpResponse:
    found, at = find(request, pk), now()
    within = time_to_undo(found, at)
    try:
        event = take_back(found, number, by=request.user, at=at, within=within)
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return _back(request, found, 422)
    messages.success(request, f"{title_of(event)}: taken back.")
    return _back(request, found)


def panels(
    found: ScopingIssue, history: Sequence[Event], user: User, at: datetime
) -> dict[str, Any]:
    """What the issue page needs to show its clocks, and the deeds that move them.

    ``history`` is the issue's events in order.
    """
    done = standing_in(history)
    recent = any(at - event.at <= LONGEST_UNDO for event in done.values())
    within = time_to_undo(found, at) if recent else timedelta()
    undoable = {event.number for event in done.values() if may_take_back(event, user, at, within)}
    pauses = found.live and rules.pauses_clocks(found, user)

    def acts(clock: Clock) -> Act | None:
        return act_on(clock, found, done, undoable, at) if pauses else None

    clocks = clocks_shown(found, history, at, acts)
    return {"clocks": clocks, **_rows(found, done, user, undoable)}


def _rows(
    found: ScopingIssue, done: Standing, user: User, undoable: set[int]
) -> dict[str, list[Row]]:
    upcoming = next_deed(found, done)
    judged = {deed.allowed: deed.allowed(found, user) for deed in DEEDS.values()}
    rows = [
        Row(
            each,
            event := done.get(each.key),
            allowed=found.live and judged[each.allowed] and not amiss(found, each, done),
            undoable=bool(event and event.number in undoable),
            is_next=each is upcoming or each.key == "pen_back",
        )
        for each in DEEDS.values()
    ]
    plain = [row for row in rows if LEG not in row.deed.data]
    legs = [row for row in rows if LEG in row.deed.data]
    signing = found.state in SIGNING or "content_final" in done
    return {
        "deeds": [row for row in plain if row.event or (row.is_next and row.allowed)],
        "further": [row for row in plain if row.allowed and not (row.event or row.is_next)],
        "legs": [row for row in legs if row.event or (signing and row.allowed)],
    }


def _note(request: SignedIn, found: ScopingIssue, chosen: Deed, form: DeedForm) -> Event:
    said = request.POST.get("seen", "")
    seen = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None
    happened_at = form.cleaned_data["happened_at"]
    return note(found, chosen, by=request.user, at=now(), happened_at=happened_at, seen=seen)


def _refused(
    request: SignedIn, found: ScopingIssue, chosen: Deed, form: DeedForm, reason: str
) -> HttpResponse:
    if request.htmx:
        messages.error(request, reason)
        return _back(request, found, 422)
    form.add_error("happened_at" if form.cleaned_data["happened_at"] else None, reason)
    return form_about(request, found, form, chosen.title, "Note it")


def _told(request: SignedIn, found: ScopingIssue, text: str, event: Event) -> HttpResponse:
    undo_url = reverse("scoping:undo_deed", args=[found.pk, event.number])
    messages.success(request, text, extra_tags=undo_url)
    return _back(request, found)


def _back(request: SignedIn, found: ScopingIssue, status: int = 200) -> HttpResponse:
    """To the page it was done on; or, to a part of a page, the panel anew and the message."""
    if not request.htmx:
        return redirect(onward(request, found))
    context = {"issue": found, **panels(found, history_of(found), request.user, now())}
    return render(request, "scoping/_deed_told.html", context, status=status)
