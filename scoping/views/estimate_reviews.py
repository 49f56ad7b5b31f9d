"""Asking a technical architect to review a version of an estimate."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from emdesk.web import SignedIn
from emdesk.workflow import Refused
from scoping import rules
from scoping.estimating.reviewing import ask_review
from scoping.forms.estimate import ReviewForm
from scoping.views.editing import only_if
from scoping.views.moves import find


@require_POST
def review_version(request: SignedIn, pk: int, number: int) -> HttpResponse:
    found = find(request, pk)
    sent = get_object_or_404(found.estimate_versions.select_related("estimate"), number=number)
    only_if(found.live and rules.edits_estimate(found, request.user))
    form = ReviewForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say it in at most 500 characters.")
        return redirect(sent)
    note = form.cleaned_data["note"]
    try:
        ask_review(sent, by=request.user, at=now(), wished=True, note=note)
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"The review of v{sent.number} is asked for.")
    return redirect(sent)
