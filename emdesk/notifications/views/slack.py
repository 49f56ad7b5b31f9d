"""Slack channels: which there are, what each is told of, and what became of its posts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from emdesk.notifications.channels import keep, sees_to_channels
from emdesk.notifications.forms import ChannelForm
from emdesk.notifications.models import SlackChannel
from emdesk.notifications.slack import send_test
from emdesk.web import SignedIn

NEWEST = 20


def for_those_who_see_to_it(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
        if not sees_to_channels(request.user):
            raise PermissionDenied("Leads and administrators see to Slack channels.")
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_those_who_see_to_it
def channels(request: SignedIn) -> HttpResponse:
    found = SlackChannel.objects.defer("webhook").annotate(
        last_sent=Max("posts__sent_at"),
        dead=Count("posts", filter=Q(posts__dead_at__isnull=False)),
    )
    return render(request, "notifications/channels.html", {"channels": found})


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who_see_to_it
def new(request: SignedIn) -> HttpResponse:
    return _form(request, SlackChannel())


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who_see_to_it
def channel(request: SignedIn, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(SlackChannel, pk=pk))


def _form(request: SignedIn, found: SlackChannel) -> HttpResponse:
    form = ChannelForm(request.POST or None, instance=found)
    if form.is_valid():
        keep(form.instance, form.changed_names, by=request.user, at=now())
        messages.success(request, f"{found} is saved. Send a test post to see whether it arrives.")
        return redirect("notifications:channel", found.pk)
    posts = found.posts.order_by("-pk")[:NEWEST] if found.pk else ()
    context = {"form": form, "channel": found, "posts": posts}
    return render(
        request, "notifications/channel.html", context, status=422 if form.errors else 200
    )


@require_POST
@for_those_who_see_to_it
def test_post(request: SignedIn, pk: int) -> HttpResponse:
    found = get_object_or_404(SlackChannel, pk=pk)
    if found.is_on:
        send_test(found, by=request.user, at=now())
        messages.success(
            request, f"A test post leaves for {found}. Below you see what became of it."
        )
    else:
        messages.error(request, f"{found} is off. Switch it on and save first.")
    return redirect("notifications:channel", pk)
