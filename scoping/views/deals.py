"""Opportunities: one created from an issue, and the page of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now

from emdesk.activity.timeline import timeline
from emdesk.web import SignedIn
from emdesk.workflow import Refused
from scoping import rules
from scoping.deal_changes import word_history
from scoping.deals import amend_deal, create_deal, proposed_close, proposed_name
from scoping.forms.deals import GROUPS, WORD, DealForm, NewDealForm, may_edit
from scoping.models import Opportunity, ScopingIssue
from scoping.picker import notes_on
from scoping.views.editing import READ_WRITE, Meanwhile, keep
from scoping.views.moves import find


@READ_WRITE
def new_opportunity(request: SignedIn, pk: int) -> HttpResponse:
    """A services-only opportunity for this issue, linked to it."""
    found = find(request, pk)
    if not rules.creates_deal(found, request.user):
        raise PermissionDenied
    form = NewDealForm(request.POST or None, initial=_proposed(found))
    if request.method == "POST" and form.is_valid():
        try:
            deal = create_deal(found, by=request.user, at=now(), **form.cleaned_data)
            return redirect(deal)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
    context = {"issue": found, "form": form, "title": "New opportunity", "button": "Create it"}
    return render(request, "scoping/form.html", context, status=422 if form.errors else 200)


def _proposed(issue: ScopingIssue) -> dict[str, Any]:
    today = localdate()
    return {
        "name": proposed_name(issue, today),
        "close_date": proposed_close(today),
        "amount": issue.expected_value,
        "currency": issue.currency,
    }


@READ_WRITE
def opportunity(request: SignedIn, pk: int) -> HttpResponse:
    """The deal, and below it a form for each group of fields this person may change."""
    rows = Opportunity.objects.visible_to(request.user)
    rows = rows.select_related("account", "engagement_manager", "segment")
    deal = get_object_or_404(rows.prefetch_related("issues"), pk=pk)
    if request.method != "POST":
        return _page(request, deal, {}, [], 200)
    group = request.POST.get("group", "")
    if group not in GROUPS:
        raise Http404
    if not may_edit(group, deal, request.user):
        raise PermissionDenied
    sent = DealForm(group, request.user, request.POST, instance=deal)
    form, status, told = keep(sent, lambda valid: _save(request, deal, valid))
    if form is None:
        return redirect(deal)
    return _page(request, deal, {group: form}, told, status)


def _save(request: SignedIn, deal: Opportunity, form: DealForm) -> None:
    reason = form.cleaned_data.get("reason", "")
    user, at = request.user, now()
    refused = amend_deal(deal, by=user, at=at, seen=form.seen, reason=reason, **form.said)
    if refused:
        messages.warning(request, refused)


def _page(
    request: SignedIn, deal: Opportunity, sent: dict[str, DealForm], told: Meanwhile, status: int
) -> HttpResponse:
    user = request.user
    forms = {
        group: sent.get(group) or DealForm(group, user, instance=deal)
        for group in GROUPS
        if may_edit(group, deal, user)
    }
    issues = ScopingIssue.objects.visible_to(user).filter(opportunity=deal).with_people()
    context = {
        "deal": deal,
        "issues": issues,
        "forms": [(group, GROUPS[group][0], form) for group, form in forms.items()],
        "overtaken": told,
        "timeline": timeline(deal),
        "judges": may_edit(WORD, deal, user),
        "beside": notes_on(deal, user, now()) if rules.own_deal(deal, user) else [],
        "risks": deal.risks.select_related("owner"),
        "words": word_history(deal),
    }
    return render(request, "scoping/opportunity.html", context, status=status)
