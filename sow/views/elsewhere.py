"""Noting what is signed elsewhere: the executed file, or the service that has it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.views.editing import READ_WRITE, only_if
from sow import rules
from sow.forms.signing import ElsewhereForm, EnvelopeForm
from sow.models import StatementOfWork
from sow.signing.elsewhere import Word, note_envelope, record
from sow.views.finding import find
from sow.views.signing import ANCHOR


@READ_WRITE
def elsewhere(request: SignedIn, pk: int) -> HttpResponse:
    """The executed file, with who signed it when."""
    found = _find(request, pk)
    sent = request.method == "POST"
    form = ElsewhereForm(request.POST if sent else None, request.FILES if sent else None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            record(
                found,
                said["file"].file,
                ours=Word(said["ours"], said["ours_on"]),
                customer=Word(said["customer"], said["customer_on"]),
                where=said["where"],
                by=request.user,
                at=now(),
            )
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"{found.number} is executed.")
            return redirect(f"{found.get_absolute_url()}{ANCHOR}")
    return _page(request, found, 422 if form.errors else 200, form=form)


@require_POST
def envelope(request: SignedIn, pk: int) -> HttpResponse:
    found = _find(request, pk)
    form = EnvelopeForm(request.POST)
    if form.is_valid():
        try:
            signing = note_envelope(found, **form.cleaned_data, by=request.user, at=now())
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            where = signing.get_where_display()
            messages.success(request, f"{found.number} is out with {where}.")
            return redirect(f"{found.get_absolute_url()}{ANCHOR}")
    return _page(request, found, 422, envelope=form)


def _find(request: SignedIn, pk: int) -> StatementOfWork:
    found = find(request, pk)
    only_if(rules.minds_signing(found.issue, request.user))
    return found


def _page(request: SignedIn, found: StatementOfWork, status: int, **forms: Any) -> HttpResponse:
    context = {
        "issue": found.issue,
        "statement": found,
        "form": ElsewhereForm(),
        "envelope": EnvelopeForm(auto_id="envelope-%s"),
    }
    return render(request, "sow/elsewhere.html", context | forms, status=status)
