"""The ledger's daily head, mailed to whoever administers the desk."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from emdesk.ledger import heads
from emdesk.notifications.models import Mail
from emdesk.notifications.posting import compose
from emdesk.people.models import Role, User

KIND = "head"
TEXT = "Day: {day}\nLast event: {last_event}\nEvents since: {events}\nDigest: {digest}\n"


def anchor_and_mail(path: Path, at: datetime) -> None:
    """Write today's head to the file, and the mails of the last one that nobody wrote yet.

    However often it runs and wherever it was ended before, an administrator gets one mail a day.
    """
    heads.anchor(path, at)
    head = heads.read(path)[-1]
    text, subject = TEXT.format(**asdict(head)), f"emdesk ledger head of {head.day}"
    mails = [
        compose(f"head:{head.day}:{admin.pk}", KIND, admin, subject, text, at=at)
        for admin in User.objects.active().with_role(Role.ADMIN)
    ]
    Mail.objects.bulk_create(mails, ignore_conflicts=True)
