"""What is done by itself, on the schedule in emdesk/celery.py. Each may be lost or run twice."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from emdesk.clock import database_now
from emdesk.notifications import purging
from emdesk.notifications.heads import anchor_and_mail
from emdesk.notifications.rounds import ANNOUNCE, DIGEST, POST, SEND, work_off

A_WHILE = timedelta(seconds=20)


@shared_task(ignore_result=True, soft_time_limit=110, time_limit=120)
def tell() -> None:
    """Announce what happened, and send the mails that are due."""
    work_off((ANNOUNCE, SEND), database_now, A_WHILE)


@shared_task(ignore_result=True)
def write_digests() -> None:
    work_off((DIGEST,), database_now, A_WHILE)


@shared_task(ignore_result=True, soft_time_limit=110, time_limit=120)
def post() -> None:
    """Post to Slack; apart from mail, which a slow answer there must not keep waiting."""
    work_off((POST,), database_now, A_WHILE)


@shared_task(ignore_result=True)
def anchor_head() -> None:
    """Running it twice changes nothing."""
    anchor_and_mail(settings.LEDGER_HEADS, database_now())


@shared_task(ignore_result=True, soft_time_limit=590, time_limit=600)
def purge() -> None:
    """What a run that was ended left over goes in the next."""
    purging.purge(database_now())
