"""Duplicates, deals that come back, and corrections of how an issue closed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from emdesk.web import SignedIn
from emdesk.workflow import Refused
from scoping import rules
from scoping.closing import correct, may_correct, merge, revive
from scoping.forms.issue import CorrectionForm, MergeForm
from scoping.views.editing import READ_WRITE, form_about, only_if
from scoping.views.moves import find


@READ_WRITE
def merge_into(request: SignedIn, pk: int) -> HttpResponse:
    found = find(request, pk)
    only_if(rules.works_issue(found, request.user) and found.live)
    form = MergeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        into = form.cleaned_data["into"]
        only_if(rules.triages(into, request.user))
        try:
            merge(found, into, by=request.user, at=now())
            return redirect(into)
        except Refused as refusal:
            form.add_error("into", refusal.reason)
    return form_about(request, found, form, f"Merge {found.reference}", "Merge")


@require_POST
def revive_deal(request: SignedIn, pk: int) -> HttpResponse:
    """A lost deal came back after its quarter: a new issue, linked to this one."""
    found = find(request, pk)
    only_if(rules.triages(found, request.user))
    try:
        return redirect(revive(found, by=request.user, at=now()))
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect(found)


@READ_WRITE
def correct_close(request: SignedIn, pk: int) -> HttpResponse:
    found = find(request, pk)
    only_if(bool(found.outcome) and may_correct(found, request.user, now()))
    names = ("outcome", "close_reason", "close_quarter")
    initial = {name: getattr(found, name) for name in names}
    form = CorrectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in names}
        correct(found, by=request.user, at=now(), why=form.cleaned_data["why"], **said)
        return redirect(found)
    return form_about(request, found, form, "Correct how it closed", "Correct")
