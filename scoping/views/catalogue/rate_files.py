"""Rate cards and standard cost out as files, and in again: looked at first, then given at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from emdesk.exporting import TYPES, download
from emdesk.web import SignedIn
from scoping import rules
from scoping.catalogue.dated_files import Kind, Planned, give, head_of, read
from scoping.catalogue.rate_files import CARDS, SHEETS
from scoping.forms.rates import RatesFileForm
from scoping.imports.report import FileRefused
from scoping.models import CostSheet, RateCard, ResourceRole
from scoping.views.catalogue.frame import cost_readers_only, page, readers_only
from scoping.views.editing import READ_WRITE, only_if


@require_safe
def rates_export(request: SignedIn, kind: str) -> HttpResponse:
    readers_only(request)
    only_if(rules.takes_rates_away(request.user))
    roles = _roles(kind)
    cards = RateCard.objects.visible_to(request.user).prefetch_related("own_rates")
    return download(kind, "rate-cards", head_of(CARDS, roles), CARDS.rows(cards, roles))


@require_safe
def costs_export(request: SignedIn, kind: str) -> HttpResponse:
    cost_readers_only(request)
    only_if(rules.takes_costs_away(request.user))
    roles = _roles(kind)
    sheets = CostSheet.objects.visible_to(request.user).prefetch_related("rates")
    return download(kind, "standard-cost", head_of(SHEETS, roles), SHEETS.rows(sheets, roles))


@READ_WRITE
def rates_import(request: SignedIn) -> HttpResponse:
    readers_only(request)
    only_if(rules.sets_bill_rates(request.user))
    return _bring_in(request, CARDS, "rates", "rates_import")


@READ_WRITE
def costs_import(request: SignedIn) -> HttpResponse:
    cost_readers_only(request)
    only_if(rules.sets_cost_rates(request.user))
    return _bring_in(request, SHEETS, "costs", "costs_import")


def _bring_in(request: SignedIn, kind: Kind, here: str, name: str) -> HttpResponse:
    """A file, or its text again with the word to give what it says."""
    context: dict[str, Any] = {"kind": kind, "back": reverse(f"scoping:{here}")}
    form = RatesFileForm(request.POST, request.FILES) if request.method == "POST" else None
    planned = _read(kind, form) if form and form.is_valid() else None
    if form is None or planned is None:
        return page(
            request, name, here, context | {"form": form or RatesFileForm()}, 422 if form else 200
        )
    faulty = any(each.faults for each in planned)
    if request.POST.get("do") == "give" and not faulty:
        given = give(kind, planned, by=request.user, at=now())
        messages.success(request, f"{given} {kind.name}{'' if given == 1 else 's'} given.")
        return redirect(f"scoping:{here}")
    again: Any = RatesFileForm(initial={"text": form.cleaned_data["content"]})
    again.fields["text"].widget = forms.HiddenInput()
    new = sum(not each.known and not each.faults for each in planned)
    context |= {"form": again, "planned": planned, "faulty": faulty, "new": new}
    return page(request, name, here, context, 422 if faulty else 200)


def _read(kind: Kind, form: RatesFileForm) -> list[Planned] | None:
    try:
        return read(kind, form.cleaned_data["content"], localdate())
    except FileRefused as refused:
        form.add_error(None, str(refused))
        return None


def _roles(kind: str) -> list[ResourceRole]:
    """The columns of a file of this kind, of which there are two."""
    if kind not in TYPES:
        raise Http404
    return list(ResourceRole.objects.filter(is_active=True))
