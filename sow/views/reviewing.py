"""Sending a version to the customer, and what came of the links that were made."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.views.editing import READ_WRITE, only_if
from sow import documents, reviewing, rules
from sow.forms.reviewing import SendReviewForm
from sow.tasks import have_made
from sow.views.finding import find


@READ_WRITE
def review(request: SignedIn, pk: int) -> HttpResponse:
    """Whom it was sent to; posting makes a link, which is shown once."""
    found = find(request, pk)
    only_if(rules.sends_review(found.issue, request.user))
    head, at = found.head, now()
    sent = request.POST if request.method == "POST" else None
    form, refused = SendReviewForm(sent, initial={"seen": head.number, "mail": True}), ""
    if form.is_valid():
        try:
            link, secret = reviewing.send(found, **form.cleaned_data, by=request.user, at=at)
        except NotAllowed:
            raise
        except Refused as refusal:
            refused = refusal.reason
        else:
            have_made(documents.ask(link.version, by=request.user, at=at))
            path = reverse("sow:review_enter", args=[secret])
            address = request.build_absolute_uri(path)
            made = {"issue": found.issue, "statement": found, "link": link, "address": address}
            made["mailed"] = form.cleaned_data["mail"]
            return render(request, "sow/review_sent.html", made)
    context: dict[str, Any] = {
        "issue": found.issue,
        "statement": found,
        "version": head,
        "form": form,
        "refused": refused,
        "links": reviewing.links_of(found, at),
    }
    status = 422 if refused or form.errors else 200
    return render(request, "sow/review.html", context, status=status)


@require_POST
def revoke(request: SignedIn, pk: int, link: int) -> HttpResponse:
    found = find(request, pk)
    only_if(rules.sends_review(found.issue, request.user))
    chosen = get_object_or_404(found.review_links.select_related("version", "statement"), pk=link)
    try:
        reviewing.revoke(chosen, by=request.user, at=now())
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect("sow:review", pk)
