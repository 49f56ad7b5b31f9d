"""A person's calendar: its secret address, and what a calendar program finds there."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.notifications import feeds
from emdesk.notifications.writing import absolute
from emdesk.web import SignedIn


@login_not_required  # calendar programs have no account; the secret in the address says for whom
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    user = feeds.subscriber(token)
    if user is None:
        raise Http404
    return HttpResponse(feeds.calendar_of(user, now()), content_type="text/calendar; charset=utf-8")


@require_POST
def make(request: SignedIn) -> HttpResponse:
    """The address is shown on this answer alone."""
    token = feeds.make_address(request.user, now())
    address = absolute(reverse("notifications:feed", args=[token]))
    return render(request, "notifications/feed_made.html", {"address": address})


@require_POST
def remove(request: SignedIn) -> HttpResponse:
    feeds.switch_off(request.user, now())
    messages.success(request, "Your calendar is switched off; its address leads nowhere any more.")
    return redirect("notifications:settings")
