"""The link in a mail: it finds the page of a request for some days, and opens nothing by itself.

Whoever follows it signs in as always, with the second factor, and decides by a form. The moment
of the event is signed with it, so the same notice always carries the same link.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.core import signing
from django.urls import reverse
from django.utils.timezone import localdate

from emdesk.approvals.models import Request
from emdesk.configuration.values import value_of

SALT = "emdesk.approvals.link"
LINK_DAYS = "approval_link_days"


def token(request: int, at: datetime) -> str:
    return signing.Signer(salt=SALT).sign_object([request, int(at.timestamp())])


def link_to(request: int, at: datetime) -> str:
    return reverse("approvals:link", args=[token(request, at)])


def request_behind(found: str, at: datetime) -> Request | None:
    """None for a forged link and one that is too old."""
    try:
        pk, told = signing.Signer(salt=SALT).unsign_object(found)
        told_at = datetime.fromtimestamp(told, UTC)
    except (signing.BadSignature, ValueError, TypeError, OverflowError, UnicodeDecodeError):
        return None
    if at - told_at > timedelta(days=value_of(LINK_DAYS, localdate(at))):
        return None
    return Request.objects.filter(pk=pk).first()
