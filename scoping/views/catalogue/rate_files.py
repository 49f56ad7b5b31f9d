"""Rate cards out as a file, and in again: looked at first, then given all at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from emdesk.exporting import TYPES, download
from emdesk.web import SignedIn
from scoping.catalogue.rate_files import Planned, give, head, read, rows
from scoping.forms.rates import RatesFileForm
from scoping.imports.report import FileRefused
from scoping.models import RateCard, ResourceRole
from scoping.rules import sets_bill_rates, takes_rates_away
from scoping.views.catalogue.frame import page, readers_only
from scoping.views.editing import READ_WRITE


@require_safe
def rates_export(request: SignedIn, kind: str) -> HttpResponse:
    readers_only(request)
    if kind not in TYPES:
        raise Http404
    if not takes_rates_away(request.user):
        raise PermissionDenied
    roles = list(ResourceRole.objects.filter(is_active=True))
    cards = RateCard.objects.visible_to(request.user).prefetch_related("own_rates")
    return download(kind, "rate-cards", head(roles), rows(cards, roles))


@READ_WRITE
def rates_import(request: SignedIn) -> HttpResponse:
    """A file, or its text again with the word to give what it says."""
    readers_only(request)
    if not sets_bill_rates(request.user):
        raise PermissionDenied
    form = RatesFileForm(request.POST, request.FILES) if request.method == "POST" else None
    if form is None or not form.is_valid():
        empty = {"form": form or RatesFileForm()}
        return page(request, "rates_import", "rates", empty, 422 if form else 200)
    planned = _read(form)
    if planned is None:
        return page(request, "rates_import", "rates", {"form": form}, 422)
    faulty = any(each.faults for each in planned)
    if request.POST.get("do") == "give" and not faulty:
        given = give(planned, by=request.user, at=now())
        messages.success(request, f"{given} card{'' if given == 1 else 's'} given.")
        return redirect("scoping:rates")
    again: Any = RatesFileForm(initial={"text": form.cleaned_data["content"]})
    again.fields["text"].widget = forms.HiddenInput()
    new = sum(not each.known and not each.faults for each in planned)
    context: dict[str, Any] = {"form": again, "planned": planned, "faulty": faulty, "new": new}
    return page(request, "rates_import", "rates", context, 422 if faulty else 200)


def _read(form: RatesFileForm) -> list[Planned] | None:
    try:
        return read(form.cleaned_data["content"], localdate())
    except FileRefused as refused:
        form.add_error(None, str(refused))
        return None
