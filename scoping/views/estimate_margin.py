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
from scoping.estimating.limits import Limits
from scoping.estimating.page import Around, around
from scoping.estimating.reaching import reach
from scoping.estimating.reckoning import Reckoned
from scoping.estimating.sheets import looked_at
from scoping.forms.estimate import ActualHoursForm, ReasonForm, TargetForm
from scoping.models import ActualHours, Estimate
from scoping.models.estimate import Pricing
from scoping.views.editing import READ_WRITE, form_about, only_if
from scoping.views.moves import find

WANTED, MOST_NAMED = Decimal(42), 5


@READ_WRITE
def margin(request: SignedIn, pk: int, place: int) -> HttpResponse:
    """``?target=45`` asks for another margin than the usual one; a lead posts a reason."""
    found = find(request, pk)
    if not rules.sees_cost_of(found, request.user):
        raise Http404
    leads = found.live and rules.excuses_margin(found, request.user)
    only_if(leads or request.method != "POST")
    rows = found.estimates.select_related("rate_card", "cost_sheet", "catalogue")
    chosen = get_object_or_404(rows, position=place)
    seen = around(found, chosen, request.user, now())
    reckoned = seen.reckon(looked_at(chosen))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _excused(form, chosen, reckoned, seen):
        return redirect("scoping:estimate_margin", found.pk, chosen.position)
    target = TargetForm(request.GET if "target" in request.GET else {"target": WANTED})
    wanted = target.cleaned_data["target"] if target.is_valid() else WANTED
    context = {"issue": found, "estimate": chosen, "leads": leads, "form": form, "target": target}
    context |= _asked(chosen, reckoned, seen.limits) | _reached(chosen, reckoned, wanted)
    status = 422 if form.errors or target.errors else 200
    return render(request, "scoping/estimate_margin.html", context, status=status)


def _excused(form: ReasonForm, chosen: Estimate, reckoned: Reckoned, seen: Around) -> bool:
    percent = reckoned.priced.total.margin_percent
    reason = form.cleaned_data["reason"]
    try:
        excuse(chosen, reason, margin=percent, limits=seen.limits, by=seen.user, at=now())
    except Refused as refused:
        form.add_error(None, refused.reason)
    return not form.errors


def _asked(chosen: Estimate, reckoned: Reckoned, limits: Limits) -> dict[str, Any]:
    """What the margin is, and what it asks of whom."""
    total = reckoned.priced.total
    band = band_of(total.margin_percent, limits)
    pairs = zip(reckoned.lines, reckoned.priced.sums, strict=True)
    unknown = [line.title for line, each in pairs if each.cogs is None and not line.optional]
    return {
        "total": total,
        "unknown": [title or "a line without a name" for title in unknown[:MOST_NAMED]],
        "band": band,
        "agrees": agrees_to(chosen.discount_percent),
        "reason": standing_reason(chosen, total.margin_percent) if band and band.broken else None,
    }


def _reached(chosen: Estimate, reckoned: Reckoned, wanted: Decimal) -> dict[str, Any]:
    fixed = chosen.pricing == Pricing.FIXED_FEE
    found = reach(reckoned.priced, wanted, fixed=fixed)
    places = found.dropped if found and found.dropped else []
    titles = [reckoned.lines[place].title or "a line without a name" for place in places]
    return {"reach": found, "fixed": fixed, "dropped": titles}


@READ_WRITE
def actual_hours(request: SignedIn, pk: int) -> HttpResponse:
    """The hours a won engagement took."""
    found = find(request, pk)
    only_if(rules.tells_actual_hours(found, request.user))
    known: Any = ActualHours.objects.filter(issue=found).values("hours", "lessons").first()
    form = ActualHoursForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_valid():
        try:
            note_actual_hours(found, by=request.user, at=now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            return redirect(found)
    return form_about(request, found, form, "Hours it took", "Note them")
