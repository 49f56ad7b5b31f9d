"""Asking for the approval of a SOW, with whom that asks, and noting who agreed to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.views.editing import READ_WRITE, only_if
from sow import rules
from sow.asking import ask as put
from sow.asking import foreseen, missing
from sow.forms.approving import AgreedForm, AskForm
from sow.greenlights import note
from sow.views.finding import find


@READ_WRITE
def ask(request: SignedIn, pk: int) -> HttpResponse:
    """Whom it would ask and what still holds; posting asks them."""
    found = find(request, pk)
    only_if(rules.asks_approval(found.issue, request.user))
    head, by, at = found.head, request.user, now()
    sent = request.POST if request.method == "POST" else None
    form = AskForm(sent, initial={"seen": head.number})
    refused = ""
    if form.is_valid():
        try:
            asked = put(found, **form.cleaned_data, by=by, at=at)
        except NotAllowed:
            raise
        except Refused as refusal:
            refused = refusal.reason
        else:
            messages.success(request, f"{asked.title} is put to approval.")
            return redirect(f"{found.get_absolute_url()}#approval")
    context = {
        "issue": found.issue,
        "statement": found,
        "version": head,
        "missing": missing(found, head),
        "plan": foreseen(found, head, by=by, at=at),
        "form": form,
        "refused": refused,
    }
    return render(request, "sow/ask.html", context, status=422 if refused or form.errors else 200)


@require_POST
def agreed(request: SignedIn, pk: int) -> HttpResponse:
    """The account team reviewed it, or the customer wants to go on: who, when, where it stands."""
    found = find(request, pk)
    only_if(rules.notes_agreement(found.issue, request.user))
    form = AgreedForm(request.POST)
    if not form.is_valid():
        faults = (f"{form.fields[name].label}: {said[0]}" for name, said in form.errors.items())
        messages.error(request, " ".join(faults))
        return redirect(f"{found.get_absolute_url()}#approval")
    try:
        note(found, **form.cleaned_data, by=request.user, at=now())
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "Noted.")
    return redirect(f"{found.get_absolute_url()}#approval")
