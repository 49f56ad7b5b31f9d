"""Is emdesk alive, and ready to serve? For load balancers and container health checks."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    close_old_connections,
)
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe
from django.views.defaults import server_error

from emdesk.clock import database_now
from emdesk.notifications.health import look


@login_not_required  # a load balancer has no account
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"live": True})


@login_not_required  # a load balancer has no account
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether the database answers, nothing that is due waits too long, and somebody sends it.

    A loop has one sign of life, whoever runs it.
    """
    found = look(database_now())
    ages = {sign.name: round(sign.age.total_seconds()) for sign in (*found.oldest, *found.hearts)}
    said = {
        "ready": found.ready,
        "seconds": ages,
        "silent": [sign.name for sign in found.hearts if not sign.well],
        "not delivered": found.dead_mails + found.dead_posts + found.dead_events,
    }
    return JsonResponse(said, status=200 if found.ready else 503)


def went_away(error: BaseException | None) -> bool:
    """A server that dies while it answers is a bare DatabaseError to psycopg2; no wrong SQL is."""
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


def failed(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database is away: that passes, and nobody did anything wrong."""
    if not went_away(sys.exc_info()[1]):
        return server_error(request)
    close_old_connections()
    page = render_to_string("503.html")
    return HttpResponse(page, status=503, headers={"Retry-After": "5"})
