"""Sending an estimate, and what was sent: read, compared, answered, taken away as a file."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST, require_safe

from emdesk.exporting import TYPES, TooMuch, download
from emdesk.paper import Unprintable, pdf_of
from emdesk.web import SignedIn
from emdesk.workflow import Refused
from scoping import rules
from scoping.estimating.comparing import Side, compared, scenario_side, version_side
from scoping.estimating.difference import difference, margin_change
from scoping.estimating.limits import limits_on
from scoping.estimating.page import around, sending
from scoping.estimating.papers import CUSTOMER, OWN, head_and_rows, own_paper, paper
from scoping.estimating.reviewing import review_of
from scoping.estimating.sending import (
    decide,
    make_link,
    send,
    token_of,
    version_behind,
)
from scoping.estimating.sheets import looked_at
from scoping.forms.estimate import AnswerForm, SendForm
from scoping.models import ActualHours, EstimateVersion, ScopingIssue
from scoping.models.estimate import Standing
from scoping.states import Outcome
from scoping.views.editing import READ_WRITE, only_if
from scoping.views.moves import find

ANSWERS = (Standing.ACCEPTED, Standing.REWORK)


@READ_WRITE
def send_estimate(request: SignedIn, pk: int, place: int) -> HttpResponse:
    found = find(request, pk)
    only_if(found.live and rules.edits_estimate(found, request.user))
    chosen = get_object_or_404(found.estimates, position=place)
    form = SendForm(request.POST if request.method == "POST" else None, token=chosen.token)
    if form.is_valid():
        try:
            version = send(chosen, by=request.user, at=now(), **form.said)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"Estimate v{version.number} is sent.")
            return redirect(version)
    context = {
        "issue": found,
        "form": form,
        "title": f"Send {chosen.name}",
        "button": "Freeze and send",
        **sending(around(found, chosen, request.user, now()), looked_at(chosen)),
    }
    template = "scoping/estimate_send.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
def version(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """As it was sent; ``?view=customer`` as the customer reads it."""
    found, sent = _find(request, pk, number)
    if request.GET.get("view") == CUSTOMER:
        return render(request, "scoping/estimate_customer.html", paper(sent) | {"preview": True})
    costs = rules.sees_cost_of(found, request.user)
    earlier = found.estimate_versions.filter(number__lt=number).first()
    told = difference(earlier.content, sent.content) if earlier else []
    if earlier and costs and (margin := margin_change(earlier.costs, sent.costs)):
        told.append(margin)
    sends = sent.stands and found.live and rules.sends_link(found, request.user)
    context = {
        **own_paper(sent, costs=costs),
        "issue": found,
        "earlier": earlier,
        "told": told,
        "edits": found.live and rules.edits_estimate(found, request.user),
        "sends": sends,
        "exports": rules.exports(request.user),
        "link": _address(request, sent) if sends and sent.links else "",
        "actual": ActualHours.objects.filter(issue=found).select_related("noted_by").first(),
        "tells_hours": found.outcome == Outcome.WON
        and rules.tells_actual_hours(found, request.user),
        "open": sent.standing == Standing.SENT,
        "form": AnswerForm(),
        **review_of(found, sent, request.user),
    }
    return render(request, "scoping/estimate_version.html", context)


@require_POST
def answer_version(request: SignedIn, pk: int, number: int) -> HttpResponse:
    found, sent = _find(request, pk, number)
    only_if(found.live and rules.edits_estimate(found, request.user))
    form, standing = AnswerForm(request.POST), request.POST.get("standing", "")
    if not form.is_valid() or standing not in ANSWERS:
        messages.error(request, "Choose accepted or rework, with at most 500 characters.")
        return redirect(sent)
    try:
        decide(sent, standing, answer=form.cleaned_data["answer"], by=request.user, at=now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect(sent)


@require_POST
def link_version(request: SignedIn, pk: int, number: int) -> HttpResponse:
    found, sent = _find(request, pk, number)
    only_if(found.live and rules.sends_link(found, request.user))
    try:
        make_link(sent, by=request.user, at=now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect(sent)


@require_safe
def version_pdf(request: SignedIn, pk: int, number: int, view: str) -> HttpResponse:
    """As the customer reads it, or our own with hours; with cost for those alone who see it."""
    found, sent = _find(request, pk, number)
    only_if(rules.exports(request.user))
    if view not in {CUSTOMER, OWN}:
        raise Http404
    return _pdf(sent, view, costs=view == OWN and rules.sees_cost_of(found, request.user))


@require_safe
def version_export(request: SignedIn, pk: int, number: int, view: str, kind: str) -> HttpResponse:
    found, sent = _find(request, pk, number)
    only_if(rules.exports(request.user))
    if kind not in TYPES or view not in {CUSTOMER, OWN}:
        raise Http404
    costs = view == OWN and rules.sees_cost_of(found, request.user)
    head, rows = head_and_rows(sent, view, costs=costs)
    try:
        return download(kind, f"{found.reference}-estimate-v{sent.number}", head, rows)
    except TooMuch as much:
        return HttpResponse(str(much), status=422, content_type="text/plain")


@require_safe
def compare_estimates(request: SignedIn, pk: int) -> HttpResponse:
    """Two scenarios or versions side by side, only where they differ."""
    found = find(request, pk)
    costs = rules.sees_cost_of(found, request.user)
    left, right = (_side(found, request.GET.get(name, ""), costs=costs) for name in ("a", "b"))
    context = {
        "issue": found,
        "left": left,
        "right": right,
        "sides": [("a", left), ("b", right)],
        "rows": compared(left, right),
        "told": difference(left.content, right.content),
        "margin": margin_change(left.costs, right.costs) if left.costs and right.costs else "",
        "scenarios": list(found.estimates.all()),
        "versions": list(found.estimate_versions.defer("content", "costs")),
    }
    return render(request, "scoping/estimate_compare.html", context)


@login_not_required
@require_safe
def for_customer(request: HttpRequest, token: str) -> HttpResponse:
    """The customer's own page: whoever has the link reads this version and nothing else."""
    found = _behind(token)
    if found.superseded:
        return _gone(request, found)
    return render(request, "scoping/estimate_customer.html", paper(found) | {"token": token})


@login_not_required
@require_safe
def pdf_for_customer(request: HttpRequest, token: str) -> HttpResponse:
    found = _behind(token)
    return _gone(request, found) if found.superseded else _pdf(found, CUSTOMER, costs=False)


def _behind(token: str) -> EstimateVersion:
    found = version_behind(token, days=limits_on(localdate(now())).link_days)
    if found is None:
        raise Http404
    return found


def _gone(request: HttpRequest, found: EstimateVersion) -> HttpResponse:
    """Nothing of what it said: a price that holds no more is not to be read as one that does."""
    context = {"customer": found.content["customer"], "number": found.number}
    return render(request, "scoping/estimate_superseded.html", context, status=410)


def _find(request: SignedIn, pk: int, number: int) -> tuple[ScopingIssue, EstimateVersion]:
    found = find(request, pk)
    rows = found.estimate_versions.select_related("sent_by", "decided_by", "estimate")
    return found, get_object_or_404(rows, number=number)


def _side(found: ScopingIssue, name: str, *, costs: bool) -> Side:
    """``2`` is a scenario, ``v2`` a version."""
    number = name.removeprefix("v")
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        raise Http404
    if name.startswith("v"):
        sent = get_object_or_404(found.estimate_versions, number=int(number))
        return version_side(sent, costs=costs)
    rows = found.estimates.select_related("rate_card", "cost_sheet", "catalogue")
    chosen = get_object_or_404(rows, position=int(number))
    return scenario_side(chosen, found, localdate(now()), costs=costs)


def _address(request: SignedIn, sent: EstimateVersion) -> str:
    return request.build_absolute_uri(reverse("scoping:customer_estimate", args=[token_of(sent)]))


def _pdf(sent: EstimateVersion, view: str, *, costs: bool) -> HttpResponse:
    context = own_paper(sent, costs=costs) if view == OWN else paper(sent)
    try:
        content = pdf_of(render_to_string(f"scoping/estimate_{view}_paper.html", context))
    except Unprintable as reason:
        return HttpResponse(str(reason), status=503, content_type="text/plain")
    response = HttpResponse(content, content_type="application/pdf")
    name = f"{sent.content['reference']}-estimate-v{sent.number}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
