"""Pages of one deal's risks, and of its call for help."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now

from emdesk.notifications.slack import posted_to
from emdesk.web import SignedIn
from scoping.deal_notices import HELP
from scoping.forms.deals import WORD, may_edit
from scoping.forms.risks import HelpForm, RiskForm
from scoping.models import Opportunity
from scoping.risks import ask_for_help, change_risk, note_risk
from scoping.views.editing import READ_WRITE


@READ_WRITE
def new_risk(request: SignedIn, pk: int) -> HttpResponse:
    deal = _find(request, pk)
    form = RiskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        note_risk(deal, by=request.user, at=now(), **form.cleaned_data)
        return redirect(deal)
    return _page(request, deal, form, "New risk")


@READ_WRITE
def risk(request: SignedIn, pk: int, number: int) -> HttpResponse:
    deal = _find(request, pk)
    found = get_object_or_404(deal.risks.select_related("opportunity"), pk=number)
    sent = request.POST if request.method == "POST" else None
    form = RiskForm(sent, initial={name: getattr(found, name) for name in RiskForm.base_fields})
    if form.is_valid():
        change_risk(found, by=request.user, at=now(), **form.cleaned_data)
        return redirect(deal)
    return _page(request, deal, form, "Risk")


@READ_WRITE
def help_needed(request: SignedIn, pk: int) -> HttpResponse:
    deal = _find(request, pk)
    sent = request.POST if request.method == "POST" else None
    channels = posted_to(HELP)
    form = HelpForm(sent, initial={"help_needed": deal.help_needed}, channels=channels)
    if form.is_valid():
        ask_for_help(deal, form.cleaned_data["help_needed"], by=request.user, at=now())
        return redirect(deal)
    return _page(request, deal, form, "Blocked, or in need of help")


def _find(request: SignedIn, pk: int) -> Opportunity:
    rows = Opportunity.objects.visible_to(request.user).prefetch_related("issues")
    deal = get_object_or_404(rows, pk=pk)
    if not may_edit(WORD, deal, request.user):
        raise PermissionDenied
    return deal


def _page(request: SignedIn, deal: Opportunity, form: forms.Form, title: str) -> HttpResponse:
    context: dict[str, Any] = {"deal": deal, "form": form, "title": title}
    status = 422 if form.errors else 200
    return render(request, "scoping/deal_form.html", context, status=status)
