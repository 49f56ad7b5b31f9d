"""The EM's word and the close date of one deal, edited in the table or on a page of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST

from emdesk.ledger.models import Event
from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping import rules
from scoping.categories import categorised
from scoping.deals import amend_deal
from scoping.forms.deals import DATE, WORD, DealForm, may_edit
from scoping.hygiene import MISMATCHES, checked
from scoping.judging import confirm, take_back
from scoping.models import Confidence, Opportunity
from scoping.picker import Note, notes_on
from scoping.views.editing import READ_WRITE, Meanwhile, keep
from scoping.views.opportunities import look, summed

TITLES = {WORD: "EM confidence", DATE: "Close date"}


@READ_WRITE
def judge(request: SignedIn, pk: int) -> HttpResponse:
    return _edit(request, pk, WORD)


@READ_WRITE
def close_date(request: SignedIn, pk: int) -> HttpResponse:
    return _edit(request, pk, DATE)


@require_POST
def mend(request: SignedIn, pk: int) -> HttpResponse:
    """The one click for a mismatch of one's own deal: say it again, or doubt the date."""
    deal = _find(request, pk)
    rule = MISMATCHES.get(request.POST.get("rule", ""))
    if not rules.own_deal(deal, request.user):
        raise PermissionDenied
    by, at = request.user, now()
    try:
        if rule and rule.mend == "amber" and deal.confidence == Confidence.GREEN:
            amend_deal(deal, by=by, at=at, confidence=Confidence.AMBER)
            return _done(request, deal, f"{deal.name} is Amber.")
        if rule and rule.mend == "still":
            confirm(deal, by=by, at=at)
            return _done(request, deal, f"{deal.name} is still {deal.get_confidence_display()}.")
        raise Refused("That is mended already. Load the page again.")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _answer(request, deal, 422)


@require_POST
def undo(request: SignedIn, pk: int, number: int) -> HttpResponse:
    deal = _find(request, pk)
    if not (may_edit(WORD, deal, request.user) or may_edit(DATE, deal, request.user)):
        raise PermissionDenied
    try:
        take_back(deal, number, by=request.user, at=now())
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _answer(request, deal, 422)
    messages.success(request, f"{deal.name} is as it was.")
    return _answer(request, deal)


def _find(request: SignedIn, pk: int) -> Opportunity:
    rows = Opportunity.objects.visible_to(request.user).select_related("account")
    return get_object_or_404(rows.prefetch_related("issues"), pk=pk)


def _edit(request: SignedIn, pk: int, group: str) -> HttpResponse:
    deal = _find(request, pk)
    if not may_edit(group, deal, request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, deal, DealForm(group, request.user, instance=deal), [], 200)
    sent = DealForm(group, request.user, request.POST, instance=deal)
    form, status, told = keep(sent, lambda valid: _save(request, deal, valid))
    if form is None:
        return _done(request, deal, _told(deal, sent))
    if request.htmx:
        return _answer(request, deal, status, editor=_editor(group, form, told))
    return _page(request, deal, form, told, status)


def _save(request: SignedIn, deal: Opportunity, form: DealForm) -> None:
    """What was said anew; a word that is the same is said again."""
    reason, by, at = form.cleaned_data.get("reason", ""), request.user, now()
    if form.said:
        refused = amend_deal(deal, by=by, at=at, seen=form.seen, reason=reason, **form.said)
        if refused:
            messages.warning(request, refused)
    elif form.group == WORD:
        confirm(deal, by=by, at=at, reason=reason)


def _told(deal: Opportunity, form: DealForm) -> str:
    if form.group == DATE:
        return f"{deal.name} closes on {form.cleaned_data['close_date']:%-d %b %Y}."
    still = "" if form.said else "still "
    return f"{deal.name} is {still}{Confidence(form.cleaned_data['confidence']).label}."


def _done(request: SignedIn, deal: Opportunity, text: str) -> HttpResponse:
    last = Event.objects.about(deal).filter(actor=request.user).last()
    undo_url = reverse("scoping:undo_deal", args=[deal.pk, last.number]) if last else ""
    messages.success(request, text, extra_tags=undo_url)
    return _answer(request, deal)


def _answer(
    request: SignedIn, deal: Opportunity, status: int = 200, editor: dict[str, Any] | None = None
) -> HttpResponse:
    """To the table the row anew, its totals and the message; else the deal's own page."""
    if not request.htmx:
        return redirect(deal)
    page = QueryDict(urlsplit(request.htmx.current_url or "").query)
    seen = look(request.user, page, now())
    on = localdate(seen.moment.at)
    rows = Opportunity.objects.visible_to(request.user).filter(pk=deal.pk).in_region()
    priced = categorised(rows.valued(on, seen.currency), seen.outlook, *seen.filters.window)
    table = seen.tabled(checked(priced, seen.moment))
    below = _below(request, deal, editor, len(seen.filters.columns)) if editor else ""
    context = {"line": table.written(list(table.data.data), below), "deal": deal}
    return render(request, "scoping/_deal_again.html", context | summed(seen), status=status)


def _beside(request: SignedIn, deal: Opportunity, group: str) -> list[Note]:
    """What is known of one's own colours, where one judges one's own deal."""
    own = group == WORD and rules.own_deal(deal, request.user)
    return notes_on(deal, request.user, now()) if own else []


def _below(request: SignedIn, deal: Opportunity, editor: dict[str, Any], columns: int) -> str:
    """The row with the form, still open."""
    beside = _beside(request, deal, editor["group"])
    shown = editor | {
        "beside": beside,
        "deal": deal,
        "colours": Confidence.choices,
        "columns": columns,
    }
    return render_to_string("scoping/_deal_editing.html", shown, request)


def _editor(group: str, form: DealForm, told: Meanwhile) -> dict[str, Any]:
    """The form as it was sent, with what stands against it."""
    faults = [*form.non_field_errors(), *(fault for each in form for fault in each.errors)]
    said = {field.name: field.value() for field in form}
    seen = {
        name: form.data.get(form.add_initial_prefix(name), "")
        for name in form.fields
        if name != "reason"
    }
    return {
        "group": group,
        "faults": faults,
        "overtaken": told,
        "said": said,
        "seen": seen,
        "says_why": "reason" in form.fields and form.fields["reason"].required,
    }


def _page(
    request: SignedIn, deal: Opportunity, form: DealForm, told: Meanwhile, status: int
) -> HttpResponse:
    context = {"deal": deal, "form": form, "overtaken": told, "title": TITLES[form.group]}
    context |= {"beside": _beside(request, deal, form.group)}
    return render(request, "scoping/deal_form.html", context, status=status)
