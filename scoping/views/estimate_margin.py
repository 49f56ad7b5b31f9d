"""What an estimate leaves, for those who see cost; and what the engagement took in the end."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now

from emdesk.web import SignedIn
from emdesk.workflow import Refused
from scoping import rules
from scoping.estimating.bands import agrees_to, band_of
from scoping.estimating.delivered import note_actual_hours
from scoping.estimating.excusing import excuse, standing_reason
from scoping.estimating.page import around
from scoping.estimating.reaching import reach
from scoping.estimating.sheets import looked_at
from scoping.forms.estimate import ActualHoursForm, ReasonForm, TargetForm
from scoping.models import ActualHours
from scoping.models.estimate import Pricing
from scoping.views.editing import READ_WRITE, form_about, only_if
from scoping.views.moves import find

WANTED = Decimal(42)


@READ_WRITE
def margin(request: SignedIn, pk: int, place: int) -> HttpResponse:
    """``?target=45`` asks for another margin than the usual one; a lead posts a reason."""
    found = find(request, pk)
    if not rules.sees_cost_of(found, request.user):
        raise Http404
    rows = found.estimates.select_related("rate_card", "cost_sheet", "catalogue")
    chosen = get_object_or_404(rows, position=place)
    seen = around(found, chosen, request.user, now())
    sheet = looked_at(chosen)
    priced = seen.reckon(sheet).priced
    percent = priced.total.margin_percent
    leads = found.live and rules.excuses_margin(found, request.user)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        only_if(leads)
    if form.is_valid():
        said = {"margin": percent, "limits": seen.limits, "by": request.user, "at": now()}
        try:
            excuse(chosen, form.cleaned_data["reason"], **said)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            return redirect("scoping:estimate_margin", found.pk, chosen.position)
    target = TargetForm(request.GET if "target" in request.GET else {"target": WANTED})
    wanted = target.cleaned_data["target"] if target.is_valid() else WANTED
    band = band_of(percent, seen.limits)
    context: dict[str, Any] = {
        "issue": found,
        "estimate": chosen,
        "total": priced.total,
        "priced": priced,
        "reach": reach(priced, wanted, fixed=chosen.pricing == Pricing.FIXED_FEE),
        "fixed": chosen.pricing == Pricing.FIXED_FEE,
        "band": band,
        "agrees": agrees_to(chosen.discount_percent),
        "reason": standing_reason(chosen, percent) if band and band.broken else None,
        "leads": leads and band is not None and band.broken,
        "form": form,
        "target": target,
    }
    context["dropped"] = _titles(context["reach"], sheet.lines)
    status = 422 if form.errors or target.errors else 200
    return render(request, "scoping/estimate_margin.html", context, status=status)


@READ_WRITE
def actual_hours(request: SignedIn, pk: int) -> HttpResponse:
    """The hours a won engagement took."""
    found = find(request, pk)
    only_if(rules.tells_actual_hours(found, request.user))
    known = ActualHours.objects.filter(issue=found).values("hours", "lessons").first()
    form = ActualHoursForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_valid():
        try:
            note_actual_hours(found, by=request.user, at=now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            return redirect(found)
    return form_about(request, found, form, "Hours it took", "Note them")


def _titles(found: Any, lines: Any) -> list[str]:
    places = found.dropped if found and found.dropped else []
    return [lines[place].title or "a line without a name" for place in places]
