"""Where signature services report to: the door is the secret each shares with this desk."""

from __future__ import annotations

from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.transaction import on_commit
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from emdesk.workflow import Refused
from sow.models import EnvelopeDelivery, Place
from sow.signing.envelopes import read, signed_by_docusign
from sow.signing.tasks import apply_deliveries

MOST_BYTES = 2_000_000
MOST_SIGNATURES = 10


@csrf_exempt  # its signature over the body is what a browser could not send
@login_not_required  # DocuSign has no account
@require_POST
def docusign(request: HttpRequest) -> HttpResponse:
    key: str = settings.SIGNATURE_SECRETS[Place.DOCUSIGN]
    body = _body(request, key)
    numbers = range(1, MOST_SIGNATURES + 1)
    given = [request.headers.get(f"X-DocuSign-Signature-{each}", "") for each in numbers]
    if not signed_by_docusign(body, [each for each in given if each], key):
        return _say(403, "No X-DocuSign-Signature is of this body by the key this desk knows.")
    return _taken(request, Place.DOCUSIGN, body)


@csrf_exempt  # the secret in the header is what a browser would not send
@login_not_required  # Documenso has no account
@require_POST
def documenso(request: HttpRequest) -> HttpResponse:
    return _by_secret(request, Place.DOCUMENSO, "X-Documenso-Secret")


@csrf_exempt  # the secret in the header is what a browser would not send
@login_not_required  # DocuSeal has no account
@require_POST
def docuseal(request: HttpRequest) -> HttpResponse:
    return _by_secret(request, Place.DOCUSEAL, "X-DocuSeal-Secret")


def _by_secret(request: HttpRequest, service: Place, header: str) -> HttpResponse:
    secret: str = settings.SIGNATURE_SECRETS[service]
    body = _body(request, secret)
    if not compare_digest(request.headers.get(header, "").encode(), secret.encode()):
        return _say(403, f"{header} is not the one this desk knows.")
    return _taken(request, service, body)


def _body(request: HttpRequest, secret: str) -> bytes:
    """Without a secret of its own the desk has no such address."""
    if not secret:
        raise Http404
    return request.read(MOST_BYTES + 1)


def _taken(request: HttpRequest, service: Place, body: bytes) -> HttpResponse:
    """Keep what it reports and answer at once; it is applied afterwards."""
    if len(body) > MOST_BYTES:
        return _say(413, f"Send at most {MOST_BYTES:,} bytes.")
    if request.content_type != "application/json":
        return _say(415, "Send JSON as application/json.")
    try:
        text = body.decode()
        told = read(service, text)
    except UnicodeDecodeError:
        return _say(400, "This is not UTF-8.")
    except Refused as why:
        return _say(400, why.reason)
    new = EnvelopeDelivery.objects.keep(service, told.envelope, told.event, text, at=now())
    if new:
        on_commit(apply_deliveries.delay, robust=True)  # should the queue be away, beat sends it
    return _say(200, "Taken." if new else "It is here already.")


def _say(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", "text/plain; charset=utf-8", status)
