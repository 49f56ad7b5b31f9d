"""Pausing a clock by hand and letting it run again, and what its strip offers for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now

from emdesk.ledger.models import Event
from emdesk.sla.models import Clock
from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping import rules
from scoping.forms.deeds import DeedForm, PauseForm
from scoping.models import ScopingIssue
from scoping.pausing import halted, pause, resume
from scoping.promises import Standing
from scoping.views.editing import READ_WRITE, form_about, only_if
from scoping.views.moves import find


@dataclass(frozen=True)
class Act:
    """What a person may do about a live clock; ``undo`` is the deed they may take back, or 0."""

    issue: ScopingIssue
    clock: Clock
    halted: bool
    undo: int
    template = "scoping/_clock_act.html"


def act_on(
    clock: Clock, found: ScopingIssue, done: Standing, undoable: set[int], at: datetime
) -> Act | None:
    """For somebody who may pause it: nothing, once its time is up."""
    if not clock.live or (clock.due_at and clock.due_at <= at):
        return None
    halt = halted(clock, done)
    last = halt or done.get(f"clock_resumed:{clock.key}")
    undo = last.number if last and last.number in undoable else 0
    return Act(found, clock, halted=halt is not None, undo=undo)


@READ_WRITE
def pause_clock(request: SignedIn, pk: int, key: str) -> HttpResponse:
    found, clock = _live(request, pk, key)
    form = PauseForm(request.POST if request.method == "POST" else None)

    def noted() -> Event:
        return pause(found, key, by=request.user, at=now(), **form.cleaned_data)

    return _answer(request, found, form, f"Pause the clock “{clock.policy.name}”", "Pause", noted)


@READ_WRITE
def resume_clock(request: SignedIn, pk: int, key: str) -> HttpResponse:
    """In one click, or with the date it happened on."""
    found, clock = _live(request, pk, key)
    form = DeedForm(request.POST if request.method == "POST" else None)

    def noted() -> Event:
        return resume(found, key, by=request.user, at=now(), **form.cleaned_data)

    return _answer(request, found, form, f"Resume the clock “{clock.policy.name}”", "Resume", noted)


def _live(request: SignedIn, pk: int, key: str) -> tuple[ScopingIssue, Clock]:
    found = find(request, pk)
    only_if(rules.pauses_clocks(found, request.user))
    clocks = Clock.objects.about(found).live().filter(key=key)
    clock = clocks.select_related("policy").first()
    if clock is None:
        raise Http404
    return found, clock


def _answer(
    request: SignedIn,
    found: ScopingIssue,
    form: forms.Form,
    title: str,
    button: str,
    noted: Callable[[], Event],
) -> HttpResponse:
    if form.is_valid():
        try:
            event = noted()
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            undo = reverse("scoping:undo_deed", args=[found.pk, event.number])
            messages.success(request, f"{title}: done.", extra_tags=undo)
            return redirect(f"{found.get_absolute_url()}#clocks")
    return form_about(request, found, form, title, button)
