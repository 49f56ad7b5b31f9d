"""Proposals for the catalogue: made by engagement managers, decided by Practice."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST, require_safe

from emdesk.web import SignedIn
from scoping.catalogue import proposing
from scoping.catalogue.kinds import KINDS
from scoping.forms.catalogue_suggestions import DecisionForm, ProposalForm
from scoping.models import CatalogueVersion, Proposal
from scoping.models.catalogue import ProposalStatus
from scoping.rules import proposes_to_catalogue
from scoping.views.catalogue.frame import asked, keepers_only, page, readers_only
from scoping.views.editing import READ_WRITE

COLUMNS = ("Proposal", "About", "By", "Status")
NOTHING = "No proposal waits. An engagement manager makes one from a service, an activity or a SKU."
DECIDED = "Somebody decided it, or took it back, meanwhile."


@require_safe
def proposals(request: SignedIn) -> HttpResponse:
    readers_only(request)
    rows = Proposal.objects.visible_to(request.user).select_related("made_by", "decided_by")
    usual = ProposalStatus.OPEN.value
    said = {"columns": COLUMNS, "nothing": NOTHING}
    return asked(request, "proposals", rows, ProposalStatus, usual, **said)


@READ_WRITE
def new_proposal(request: SignedIn) -> HttpResponse:
    """About one item of the version in force, named in the address, or about none."""
    readers_only(request)
    if not proposes_to_catalogue(request.user):
        raise PermissionDenied
    version = CatalogueVersion.current(localdate())
    if version is None:
        raise Http404
    kind, key = request.GET.get("kind", ""), request.GET.get("key", "")
    item = _item(version, kind, key)
    form = ProposalForm(kind, item, request.POST if request.method == "POST" else None)
    if form.is_valid():
        about = {"kind": kind, "key": key} if item else {}
        proposing.propose(version, by=request.user, at=now(), **about, **form.cleaned_data)
        messages.success(request, "Practice will see it.")
        return redirect("scoping:proposals")
    context = {"form": form, "item": item, "kind": KINDS.get(kind)}
    return page(request, "propose", "proposals", context, 422 if form.errors else 200)


@require_safe
def proposal(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk), DecisionForm())


@require_POST
def decide(request: SignedIn, pk: int) -> HttpResponse:
    """Accept or decline, with a reason either way."""
    keepers_only(request)
    found, form = _find(request, pk), DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, 422)
    deed = proposing.accept if request.POST.get("do") == "accept" else proposing.decline
    try:
        deed(found, answer=form.cleaned_data["answer"], by=request.user, at=now())
    except proposing.Decided:
        messages.error(request, DECIDED)
    except proposing.NotApplied as why:
        form.add_error(None, str(why))
        return _page(request, found, form, 422)
    return redirect(found)


@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    readers_only(request)
    found = _find(request, pk)
    if found.made_by_id != request.user.pk:
        raise PermissionDenied
    try:
        proposing.withdraw(found, by=request.user, at=now())
    except proposing.Decided:
        messages.error(request, DECIDED)
    return redirect(found)


def _item(version: CatalogueVersion, kind: str, key: str) -> Any:
    if not kind:
        return None
    if kind not in proposing.FIELDS:
        raise Http404
    found = KINDS[kind].find(version, key.replace("\x00", ""))
    if found is None:
        raise Http404
    return found


def _find(request: SignedIn, pk: int) -> Proposal:
    rows = Proposal.objects.visible_to(request.user)
    related = rows.select_related("made_by", "decided_by", "version", "taken_into")
    return get_object_or_404(related, pk=pk)


def _page(
    request: SignedIn, found: Proposal, form: DecisionForm, status: int = 200
) -> HttpResponse:
    kind = KINDS.get(found.kind)
    item = kind.find(found.version, found.key) if kind else None
    context = {
        "proposal": found,
        "kind": kind,
        "item": item,
        "field": kind.title_of(found.field) if kind and found.field else "",
        "form": form,
        "own": found.made_by_id == request.user.pk,
        "open": found.status == ProposalStatus.OPEN,
    }
    return page(request, "proposal", "proposals", context, status)
