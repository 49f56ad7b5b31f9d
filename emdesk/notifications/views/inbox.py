"""The inbox: what a person was told, by record, and what they do about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime, now
from django.views.decorators.http import require_POST, require_safe

from emdesk.notifications import inbox
from emdesk.notifications.forms import DeedForm
from emdesk.web import SignedIn

NEWEST = 5


@require_safe
def page(request: SignedIn) -> HttpResponse:
    show = request.GET.get("show", "")
    show = show if show in inbox.SHOWN else ""
    context = {
        "show": show,
        "tabs": inbox.SHOWN.items(),
        "groups": inbox.groups(request.user, now(), show),
        "untils": inbox.Until.choices,
        "show_name": inbox.SHOWN[show],
    }
    return render(request, "notifications/inbox.html", context)


@require_safe
def newest(request: SignedIn) -> HttpResponse:
    """The few newest records, for the popover of the bell."""
    found = inbox.groups(request.user, now(), most=10 * NEWEST)
    return render(request, "notifications/_newest.html", {"groups": found[:NEWEST]})


@require_POST
def act(request: SignedIn) -> HttpResponse:
    """One deed about the notices of one record, as far as they were shown."""
    form = DeedForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("That is not something to do here. Load the page again.")
    show = request.GET.get("show", "")
    done = _carried_out(request, show, **form.cleaned_data)
    if request.headers.get("X-Quietly"):
        return HttpResponse(status=204)
    if done:
        messages.success(request, done)
    asked = f"?{urlencode({'show': show})}" if show in inbox.SHOWN and show else ""
    return redirect(reverse("notifications:inbox") + asked)


def _carried_out(
    request: SignedIn, show: str, about: tuple[str, int], upto: int, deed: str, until: str
) -> str:
    """What to say about it."""
    user, at = request.user, now()
    rows = inbox.about_record(user, *about, upto, show)
    if deed == "seen":
        inbox.see(rows, at)
        return ""
    if deed == "snooze":
        ends = inbox.snooze(rows, user, until, at)
        return f"It comes back on {localtime(ends):%A, %-d %B, %H:%M}."
    if deed == "mute":
        inbox.mute(user, *about, at)
        inbox.finish(inbox.about_record(user, *about, upto), at)
        return "Muted. You hear of it again only when somebody calls you by name."
    if deed == "unmute":
        inbox.unmute(user, *about)
        return "You hear of it again."
    if deed == "back":
        inbox.put_back(rows)
        return "It is back in your inbox."
    inbox.finish(rows, at)
    return "Done. You find it under “Done”."
