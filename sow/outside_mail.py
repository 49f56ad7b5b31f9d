"""Mails to people outside. They hold secrets, so that their text stays no longer than until sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.template.loader import get_template

from emdesk.ledger.models import Event
from emdesk.notifications.models import Mail
from emdesk.notifications.writing import LONGEST_SUBJECT, one_line

SIGNING, REVIEW = "signing", "review"


def write(
    kind: str, event: Event, to: tuple[int, str], about: dict[str, Any], *, at: datetime
) -> None:
    """``to`` is who gets it, by key and address; the first line of the template is the subject."""
    key, address = to
    text = get_template(f"sow/{kind}_mail.txt").render(about)
    subject, _, body = text.strip().partition("\n")
    Mail.objects.create(
        key=f"{kind}:{event.pk}:{key}",
        event=event,
        kind=kind,
        address=address,
        subject=one_line(subject)[:LONGEST_SUBJECT],
        text=body.strip() + "\n",
        headers={"Auto-Submitted": "auto-generated"},
        written_at=at,
        leaves_at=at,
        next_at=at,
    )


def forget() -> int:
    """Addresses and codes are not kept once they are sent."""
    sent = Mail.objects.filter(kind__in=[SIGNING, REVIEW], sent_at__isnull=False).exclude(text="")
    return sent.update(text="", html="")
