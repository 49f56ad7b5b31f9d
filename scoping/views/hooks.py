"""Where other systems report to: the door is the token they share with this desk."""

from __future__ import annotations

from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.transaction import on_commit
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from scoping.imports.report import Rejected
from scoping.imports.webhooks import read
from scoping.models import WebhookDelivery
from scoping.models.webhook import key_of
from scoping.tasks import apply_webhooks

MOST_BYTES = 5_000_000


@csrf_exempt  # the token in the header is what a browser would not send
@login_not_required  # GitLab has no account
@require_POST
def gitlab_hook(request: HttpRequest) -> HttpResponse:
    """Keep what GitLab reports and answer at once; it is applied afterwards."""
    if not settings.GITLAB_TOKEN:
        raise Http404
    if not _knows_the_token(request):
        return _say(403, "X-Gitlab-Token is not the one this desk knows.")
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return _say(413, f"Send at most {MOST_BYTES:,} bytes.")
    if request.content_type != "application/json":
        return _say(415, "Send JSON as application/json.")
    try:
        text = body.decode()
        read(text)
    except UnicodeDecodeError:
        return _say(400, "This is not UTF-8.")
    except Rejected as why:
        return _say(400, str(why))
    return _say(200, "Taken." if _keep(request, body, text) else "It is here already.")


def _knows_the_token(request: HttpRequest) -> bool:
    given = request.headers.get("X-Gitlab-Token", "")
    return compare_digest(given.encode(), settings.GITLAB_TOKEN.encode())


def _keep(request: HttpRequest, body: bytes, text: str) -> bool:
    idempotency = request.headers.get("Idempotency-Key", "")
    event = request.headers.get("X-Gitlab-Event-UUID", "")
    new = WebhookDelivery.objects.keep(
        key=key_of(idempotency=idempotency, event=event, body=body),
        event=request.headers.get("X-Gitlab-Event", ""),
        body=text,
        at=now(),
    )
    if new:
        on_commit(apply_webhooks.delay, robust=True)  # should the queue be away, beat sends it
    return new


def _say(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", "text/plain; charset=utf-8", status)
