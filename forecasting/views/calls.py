"""The week's call of one engagement manager, or of the desk: its history and what may be said."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from emdesk.people.models import User
from emdesk.web import SignedIn
from emdesk.workflow import Refused
from forecasting import calling, rules
from forecasting.call_forms import CallForm, ReopenForm, own_form
from forecasting.calls import CallLine, Calls, history
from forecasting.calls_shown import CallsShown, asking
from forecasting.readers import for_readers
from forecasting.views.forecast import page_asked

DESK = 0


@require_safe
@for_readers
def call(request: SignedIn, label: str, whose: int) -> HttpResponse:
    return _page(request, label, _em(request, whose))


@require_POST
@for_readers
def submit(request: SignedIn, label: str, whose: int) -> HttpResponse:
    """Their own word."""
    em, page = _em(request, whose), page_asked(request, label)
    if em is None or not rules.calls(request.user, em):
        raise PermissionDenied
    form = CallForm(request.POST)
    if form.is_valid():
        try:
            calling.submit(page.forecast.quarter, em, form.said, at=page.forecast.at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"Your call for {page.forecast.quarter.written} is in.")
            return redirect("forecasting:forecast", label)
    return _page(request, label, em, own=form)


@require_POST
@for_readers
def lead(request: SignedIn, label: str, whose: int) -> HttpResponse:
    """A lead's line beside it."""
    em, page = _em(request, whose), page_asked(request, label)
    if not rules.leads_calls(request.user):
        raise PermissionDenied
    form = CallForm(request.POST, prefix="lead")
    if form.is_valid():
        quarter, at = page.forecast.quarter, page.forecast.at
        try:
            calling.lead(quarter, em, form.said, by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"Your line stands beside {em or 'the desk'}'s.")
            return redirect("forecasting:call", label, whose)
    return _page(request, label, em, lead=form)


@require_POST
@for_readers
def reopen(request: SignedIn, label: str, whose: int) -> HttpResponse:
    em, page = _em(request, whose), page_asked(request, label)
    if em is None or not rules.leads_calls(request.user):
        raise PermissionDenied
    form = ReopenForm(request.POST)
    if form.is_valid():
        quarter, at = page.forecast.quarter, page.forecast.at
        try:
            calling.reopen(quarter, em, form.cleaned_data["reason"], by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"{em} may say this week's call once more.")
            return redirect("forecasting:call", label, whose)
    return _page(request, label, em, reopen=form)


def _em(request: SignedIn, whose: int) -> User | None:
    if not rules.reads_calls(request.user):
        raise Http404
    return get_object_or_404(User, pk=whose) if whose != DESK else None


def _page(request: SignedIn, label: str, em: User | None, **forms_sent: forms.Form) -> HttpResponse:
    page = page_asked(request, label)
    found = Calls(page.forecast, page.forecast.by("em"))
    line = found.line(em)
    shown = CallsShown(found)
    context = {
        "page": page,
        "forecast": page.forecast,
        "whose": em,
        "entries": shown.entries(history(page.forecast, em)),
        **asking(shown, line),
        **_forms(request.user, found, line, forms_sent),
    }
    status = 422 if forms_sent else 200
    return render(request, "forecasting/call.html", context, status=status)


def _forms(
    user: User, found: Calls, line: CallLine, sent: dict[str, forms.Form]
) -> dict[str, forms.Form | None]:
    """Those this person may fill in now."""
    leads = found.open and rules.leads_calls(user)
    owns = found.open and rules.calls(user, line.em) and ("own" in sent or not line.locked)
    start = {name: f"{worth:.2f}" for name, worth in line.computed.items()}
    return {
        "own_form": sent.get("own", own_form(line)) if owns else None,
        "lead_form": sent.get("lead", CallForm(initial=start, prefix="lead")) if leads else None,
        "reopen_form": (
            sent.get("reopen", ReopenForm()) if leads and line.em and line.locked else None
        ),
    }
