"""Standard cost, for those who see cost: the sheets of every quarter, and giving a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from emdesk.web import SignedIn
from scoping import rules
from scoping.catalogue.rating import give_sheet
from scoping.forms.rates import CostSheetForm
from scoping.models import CostSheet, ResourceRole
from scoping.views.catalogue.frame import cost_readers_only, page
from scoping.views.editing import READ_WRITE


@require_safe
def costs(request: SignedIn) -> HttpResponse:
    cost_readers_only(request)
    today = localdate()
    roles = list(ResourceRole.objects.all())
    held = set(CostSheet.objects.in_force(today).values_list("pk", flat=True))
    sheets = [
        {"sheet": each, "rates": [each.rate_of(role) for role in roles], "held": each.pk in held}
        for each in _sheets(request)
    ]
    context = {"roles": roles, "sheets": sheets, "today": today}
    return page(request, "costs", "costs", context)


@require_safe
def cost_sheet(request: SignedIn, pk: int) -> HttpResponse:
    cost_readers_only(request)
    sheet = get_object_or_404(_sheets(request), pk=pk)
    return page(request, "cost_sheet", "costs", {"sheet": sheet})


@READ_WRITE
def new_cost_sheet(request: SignedIn) -> HttpResponse:
    """Beginning with the figures that hold today."""
    cost_readers_only(request)
    if not rules.sets_cost_rates(request.user):
        raise PermissionDenied
    today = localdate()
    like = _sheets(request).filter(effective_from__lte=today, currency="USD").first()
    form = CostSheetForm(today, like, request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("currency", "billable_hours", "reason")}
        give_sheet(
            yearly=form.by_role,
            effective_from=form.effective_from,
            by=request.user,
            at=now(),
            **said,
        )
        messages.success(request, "The sheet is given.")
        return redirect("scoping:costs")
    return page(request, "new_cost_sheet", "costs", {"form": form}, 422 if form.errors else 200)


def _sheets(request: SignedIn) -> Any:
    rows = CostSheet.objects.visible_to(request.user).select_related("set_by")
    return rows.prefetch_related("rates__role").order_by("-effective_from", "-pk")
