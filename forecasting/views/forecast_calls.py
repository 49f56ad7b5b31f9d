"""The forecast call everybody is in: through its deals, its decisions, its end, what was kept of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.ledger.models import Event
from emdesk.web import SignedIn
from emdesk.workflow import Refused
from forecasting import deciding, rules
from forecasting.call_mode import CallMode
from forecasting.deciding_forms import DecisionForm, EndForm
from forecasting.forecast import Forecast
from forecasting.models import Decision, ForecastCall
from forecasting.readers import for_hearers
from forecasting.views.forecast import quarter_asked
from scoping.deals import amend_deal
from scoping.forms.deals import SPOKEN, DealForm, may_edit
from scoping.judging import confirm
from scoping.models import Opportunity
from scoping.views.editing import READ_WRITE, keep


@require_safe
@for_hearers
def mode(request: SignedIn, label: str) -> HttpResponse:
    """One deal at a time, whether or not a call is under way."""
    return _page(request, label)


@require_POST
@for_hearers
def begin(request: SignedIn, label: str) -> HttpResponse:
    _only_leads(request)
    shown = _mode(request, label)
    try:
        deciding.begin(shown.forecast.quarter, by=request.user, at=shown.forecast.at)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(shown.url())


@READ_WRITE
@for_hearers
def say(request: SignedIn, label: str, pk: int) -> HttpResponse:
    """Confidence, rationale and next step of one deal; then on to the next one."""
    deals = Opportunity.objects.visible_to(request.user).select_related("account")
    deal = get_object_or_404(deals.prefetch_related("issues"), pk=pk)
    if not may_edit(SPOKEN, deal, request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, label, pk)
    shown = _mode(request, label, pk)
    onward = shown.url(deal=shown.next or pk)
    sent = DealForm(SPOKEN, request.user, request.POST, instance=deal)
    form, status, told = keep(sent, lambda valid: _keep(request, deal, valid))
    if form is None:
        last = Event.objects.about(deal).filter(actor=request.user).last()
        undo = reverse("scoping:undo_deal", args=[pk, last.number]) if last else ""
        messages.success(request, f"{deal.name} is {_word(sent)}.", extra_tags=undo)
        return redirect(onward)
    seen = form.data.get(form.add_initial_prefix("confidence"), "")
    more = {"form": form, "seen_word": seen, "overtaken": told}
    return _page(request, label, pk, status=status, **more)


def _keep(request: SignedIn, deal: Opportunity, form: DealForm) -> None:
    """What is new of it; with nothing new the word is said again."""
    reason, by, at = form.cleaned_data.get("reason", ""), request.user, now()
    if form.said:
        amend_deal(deal, by=by, at=at, seen=form.seen, reason=reason, **form.said)
    else:
        confirm(deal, by=by, at=at, reason=reason)


def _word(form: DealForm) -> str:
    still = "" if "confidence" in form.said else "still "
    colours: Any = form.fields["confidence"]
    return f"{still}{dict(colours.choices)[form.cleaned_data['confidence']]}"


@require_POST
@for_hearers
def decide(request: SignedIn, pk: int) -> HttpResponse:
    """A decision about the deal one is at, or in general."""
    call = _call(request, pk)
    _only_leads(request)
    about = request.POST.get("deal", "")
    deals = Opportunity.objects.visible_to(request.user)
    deal = get_object_or_404(deals, pk=about) if about.isdecimal() else None
    general = bool(request.POST.get("general"))
    form = DecisionForm(None if general else deal, request.POST, prefix="decision")
    if form.is_valid():
        try:
            deciding.decide(call, form.said, by=request.user, at=now())
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "The decision is kept.")
            shown = _mode(request, call.quarter, deal.pk if deal else None)
            return redirect(shown.url(deal=deal.pk if deal else None))
    there = deal.pk if deal else None
    return _page(request, call.quarter, there, status=422, decision_form=form)


@require_POST
@for_hearers
def drop(request: SignedIn, pk: int) -> HttpResponse:
    decision = _decision(pk)
    _only_leads(request)
    try:
        deciding.drop(decision, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(_back(request, decision))


@require_POST
@for_hearers
def done(request: SignedIn, pk: int) -> HttpResponse:
    decision = _decision(pk)
    if not rules.keeps_decision(decision, request.user):
        raise PermissionDenied
    deciding.done(decision, by=request.user, at=now())
    messages.success(request, f"Done: {decision}")
    return redirect(_back(request, decision))


@READ_WRITE
@for_hearers
def end(request: SignedIn, pk: int) -> HttpResponse:
    """Who was there; then it is over, and they are mailed what was decided."""
    call = _call(request, pk)
    _only_leads(request)
    sent = request.POST if request.method == "POST" else None
    shown = _mode(request, call.quarter)
    form = EndForm(sent, initial={"participants": shown.likely})
    if sent is not None and form.is_valid():
        people = list(form.cleaned_data["participants"])
        try:
            deciding.end(call, people, by=request.user, at=now())
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "The call is over. What it decided is on its way.")
            return redirect(call)
    decisions = call.decisions.standing().select_related("owner", "opportunity")
    context = {"call": call, "form": form, "decisions": decisions, "back": shown.url()}
    status = 422 if form.errors else 200
    return render(request, "forecasting/forecast_call_end.html", context, status=status)


@require_safe
@for_hearers
def record(request: SignedIn, pk: int) -> HttpResponse:
    """What was kept of one call."""
    call = _call(request, pk)
    decisions = call.decisions.standing().select_related("owner", "opportunity")
    context = {
        "call": call,
        "quarter": _mode(request, call.quarter).forecast.quarter,
        "participants": call.participants.order_by("name"),
        "decisions": [(each, rules.keeps_decision(each, request.user)) for each in decisions],
        "earlier": ForecastCall.objects.over().exclude(pk=call.pk)[:10],
    }
    return render(request, "forecasting/forecast_call_record.html", context)


def _page(
    request: SignedIn, label: str, deal: int | None = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    shown = _mode(request, label, deal)
    context = {"mode": shown, **shown.context(), **more}
    return render(request, "forecasting/forecast_call.html", context, status=status)


def _mode(request: SignedIn, label: str, deal: int | None = None) -> CallMode:
    said = request.GET.dict() | request.POST.dict()
    forecast = Forecast(quarter_asked(label), request.user, now())
    return CallMode(forecast, request.user, said, deal)


def _call(request: SignedIn, pk: int) -> ForecastCall:
    calls = ForecastCall.objects.visible_to(request.user).select_related("begun_by")
    return get_object_or_404(calls, pk=pk)


def _decision(pk: int) -> Decision:
    found = Decision.objects.standing().select_related("call", "owner", "opportunity")
    return get_object_or_404(found, pk=pk)


def _only_leads(request: SignedIn) -> None:
    if not rules.leads_forecast_calls(request.user):
        raise PermissionDenied


def _back(request: SignedIn, decision: Decision) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if safe else decision.get_absolute_url()
