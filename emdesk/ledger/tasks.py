"""The ledger's daily work."""

from __future__ import annotations

from dataclasses import asdict

from celery import shared_task
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.utils.timezone import now

from emdesk.ledger import heads


@shared_task(ignore_result=True)
def anchor_head() -> None:
    """Write today's head to the file and mail it to the admins. Running it twice changes nothing."""
    head = heads.anchor(settings.LEDGER_HEADS, at=now())
    if head:
        for admin in get_user_model().objects.filter(is_active=True, roles__contains=["admin"]):
            mail_head.delay(admin.email, **asdict(head))


@shared_task(ignore_result=True, autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def mail_head(to: str, *, day: str, last_event: int, events: int, digest: str) -> None:
    text = f"Day: {day}\nLast event: {last_event}\nEvents since: {events}\nDigest: {digest}\n"
    send_mail(f"emdesk ledger head of {day}", text, None, [to])
