"""The inbox of decisions, the page of one, and the few things one may do there.

A decision is only ever a form that is posted, by somebody who is signed in: the link in a mail
leads to the page.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.approvals import deciding, inquiring, passing
from emdesk.approvals.eligible import today_of
from emdesk.approvals.forms import (
    AnswerForm,
    AskForm,
    DecideForm,
    DelegateForm,
    ReassignForm,
    RecallForm,
)
from emdesk.approvals.links import request_behind
from emdesk.approvals.models import Decision, Inquiry, Request, Step
from emdesk.approvals.page import choices_for, deeds
from emdesk.approvals.refusals import NotAllowed, Overtaken, Refused
from emdesk.subjects import visible_subjects
from emdesk.web import SignedIn

MOST = 50
Deed = Callable[[dict[str, Any]], str]


@require_safe
def inbox(request: SignedIn) -> HttpResponse:
    """What waits for one's word, what one asked for, what one decided lately."""
    user, at = request.user, now()
    seen = Request.objects.filter(visible_subjects.rows(user))
    decided = Decision.objects.filter(by=user, kept_from=None).values("step__request")
    context = {
        "mine": seen.asked_of(user, today_of(user, at)).order_by("asked_at").with_steps()[:MOST],
        "asked": seen.filter(requester=user).with_steps()[:MOST],
        "decided": seen.filter(pk__in=decided).with_steps()[:MOST],
        "at": at,
        "user": user,
    }
    return render(request, "approvals/inbox.html", context)


@require_safe
def page(request: SignedIn, pk: int) -> HttpResponse:
    found, subject = _find(request, pk)
    return _shown(request, found, subject, now())


@require_safe
def link(request: SignedIn, token: str) -> HttpResponse:
    """From a mail to the page of the decision; an old or forged link says where to look."""
    found = request_behind(token, now())
    if found is None:
        return render(request, "approvals/link_over.html", status=410)
    _find(request, found.pk)
    return redirect(found)


@require_POST
def decide(request: SignedIn, pk: int) -> HttpResponse:
    """Where the gate asks for it, by somebody who has just shown who they are."""
    found, _ = _find(request, pk)
    form = DecideForm(request.POST)
    step = _step(found, form) if form.is_valid() else None
    if step and step.declared.anew:
        return reauthentication_required(_decide)(request, found, form)  # type: ignore[no-any-return]
    return _decide(request, found, form)


def _decide(request: SignedIn, found: Request, form: DecideForm) -> HttpResponse:
    def deed(said: dict[str, Any]) -> str:
        step, facts = _step(found, form), {"digest": said["digest"], "reason": said["reason"]}
        decision = deciding.decide(step, said["verdict"], by=request.user, at=now(), **facts)
        return f"{found.title}: {decision.step.get_turn_display().lower()}."

    return _done(request, found, form, "decide", deed)


@require_POST
def ask(request: SignedIn, pk: int) -> HttpResponse:
    found, _ = _find(request, pk)
    form = AskForm(request.POST, auto_id="ask-%s")

    def deed(said: dict[str, Any]) -> str:
        inquiring.ask(_step(found, form), said["text"], by=request.user, at=now())
        return f"{found.requester.name} is asked."

    return _done(request, found, form, "ask", deed)


@require_POST
def answer(request: SignedIn, pk: int) -> HttpResponse:
    found, _ = _find(request, pk)
    form = AnswerForm(request.POST, auto_id="answer-%s")

    def deed(said: dict[str, Any]) -> str:
        inquiries = Inquiry.objects.filter(step__request=found).select_related("step__request")
        inquiry = get_object_or_404(inquiries, pk=said["inquiry"])
        inquiring.answer(inquiry, said["text"], by=request.user, at=now())
        return "Your answer is there."

    return _done(request, found, form, "answer", deed)


@require_POST
def delegate(request: SignedIn, pk: int) -> HttpResponse:
    return _pass_on(request, pk, DelegateForm, "delegate", passing.delegate)


@require_POST
def reassign(request: SignedIn, pk: int) -> HttpResponse:
    return _pass_on(request, pk, ReassignForm, "reassign", passing.reassign)


@require_POST
def recall(request: SignedIn, pk: int) -> HttpResponse:
    found, _ = _find(request, pk)

    def deed(said: dict[str, Any]) -> str:
        deciding.recall(found, said["reason"], by=request.user, at=now())
        return f"{found.title} is recalled."

    return _done(request, found, RecallForm(request.POST, auto_id="recall-%s"), "recall", deed)


def _pass_on(
    request: SignedIn, pk: int, form_class: Any, name: str, act: Callable[..., None]
) -> HttpResponse:
    found, _ = _find(request, pk)
    number = request.POST.get("step", "")
    step = found.steps.filter(pk=number).first() if number.isascii() and number.isdigit() else None
    if step is None:
        raise Http404
    step.request = found
    form = form_class(request.POST, people=choices_for(step), auto_id=f"{name}-%s")

    def deed(said: dict[str, Any]) -> str:
        facts = {key: said[key] for key in ("until", "reason") if key in said}
        act(step, said["to"], by=request.user, at=now(), **facts)
        return f"{said['to'].name} is asked now."

    return _done(request, found, form, name, deed)


def _find(request: SignedIn, pk: int) -> tuple[Request, Any]:
    """404 for whoever may not see the subject."""
    found = get_object_or_404(Request.objects.with_steps(), pk=pk)
    return found, visible_subjects.find(found.subject_type, found.subject_id, request.user)


def _step(found: Request, form: forms.Form) -> Step:
    step = next((each for each in found.steps.all() if each.pk == form.cleaned_data["step"]), None)
    if step is None:
        raise Http404
    step.request = found
    return step


def _done(
    request: SignedIn, found: Request, form: forms.Form, name: str, deed: Deed
) -> HttpResponse:
    """Carry it out and go back to the page; a refusal stands in the form, with what was typed."""
    status = 422
    if form.is_valid():
        try:
            messages.success(request, deed(form.cleaned_data))
            return redirect(found)
        except NotAllowed:
            raise
        except Overtaken as overtaken:
            form.add_error(None, overtaken.reason)
            status = 409
        except Refused as refusal:
            form.add_error(None, refusal.reason)
    again, subject = _find(request, found.pk)
    return _shown(request, again, subject, now(), refused={name: form}, status=status)


def _shown(
    request: SignedIn,
    found: Request,
    subject: Any,
    at: datetime,
    *,
    refused: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    made = deeds(found, subject, request.user, at)
    faults = [fault for form in (refused or {}).values() for fault in form.non_field_errors()]
    for name, form in (refused or {}).items():
        if getattr(made, name, None) is not None:
            setattr(made, name, form)
    context = {
        "found": found,
        "subject": subject,
        "brief": found.declared.brief(found, request.user),
        "deeds": made,
        "faults": faults,
        "at": at,
    }
    return render(request, "approvals/request.html", context, status=status)
