"""How delivery is doing, for administrators."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from emdesk.clock import database_now
from emdesk.ledger.models import Dispatch
from emdesk.notifications.health import look, reads_health
from emdesk.notifications.models import Mail
from emdesk.web import SignedIn

NEWEST = 20


@require_safe
def page(request: SignedIn) -> HttpResponse:
    if not reads_health(request.user):
        raise PermissionDenied("Only administrators see how delivery is doing.")
    at = database_now()
    context = {
        "health": look(at),
        "at": at,
        "dead": Mail.objects.dead().select_related("recipient").order_by("-dead_at")[:NEWEST],
        "stuck": Dispatch.objects.filter(dead_at__isnull=False).select_related("event")[:NEWEST],
    }
    return render(request, "notifications/health.html", context)
