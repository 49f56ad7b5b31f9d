"""A signer's own address: it finds their page for a while, and does nothing by itself.

The secret is random and leaves by mail alone; here only its hash is kept.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate

from emdesk.configuration.values import value_of
from emdesk.ledger.models import Event, Origin
from emdesk.notifications.writing import absolute, one_line
from sow import outside_mail
from sow.models import Signer, SignerLink
from sow.outside_mail import SIGNING
from sow.settings import OUR_SIDE

BYTES = 32
COPY_DAYS = timedelta(days=30)


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def make_link(signer: Signer, *, at: datetime, until: datetime) -> str:
    """A new address of this signer's page; those made before stay."""
    token = secrets.token_urlsafe(BYTES)
    SignerLink.objects.create(signer=signer, token_hash=hashed(token), made_at=at, until=until)
    return absolute(reverse("signing:link", args=[token]))


def link_behind(token: str) -> SignerLink | None:
    """None for a secret nobody was given; an old one is found, to say that it is over."""
    rows = SignerLink.objects.select_related(
        "signer__signing__statement__issue__account",
        "signer__signing__stamp__version",
        "signer__signing__stamp__document__file",
        "signer__signing__executed__file",
        "signer__signing__sent_by",
    )
    return rows.filter(token_hash=hashed(token)).first()


def write(signer: Signer, event: Event, what: str, *, at: datetime, **said: Any) -> None:
    """A mail to a signer: ``what`` is one of the parts of its template."""
    if event.origin in {Origin.DEMO, Origin.IMPORT}:
        return
    signing = signer.signing
    statement = signing.statement
    us = value_of(OUR_SIDE, localdate(at))
    about = {
        "what": what,
        "name": one_line(signer.name),
        "us": one_line(us),
        "number": statement.number,
        "title": one_line(statement.issue.title),
        "until": signing.expires_at,
        **said,
    }
    outside_mail.write(SIGNING, event, (signer.pk, signer.email), about, at=at)
