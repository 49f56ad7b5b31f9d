"""What is done by itself, on the schedule in emdesk/celery.py. Each may be lost or run twice."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from emdesk.clock import database_now
from emdesk.notifications.delivery import deliver
from emdesk.notifications.digests import make_digests
from emdesk.notifications.fanning import fan_out
from emdesk.notifications.heads import anchor_and_mail
from emdesk.notifications.rounds import work_off

A_WHILE = timedelta(seconds=20)


@shared_task(ignore_result=True, soft_time_limit=110, time_limit=120)
def tell() -> None:
    """Announce what happened, and send the mails that are due."""
    work_off((fan_out, deliver), database_now, A_WHILE)


@shared_task(ignore_result=True)
def write_digests() -> None:
    make_digests(database_now())


@shared_task(ignore_result=True)
def anchor_head() -> None:
    """Running it twice changes nothing."""
    anchor_and_mail(settings.LEDGER_HEADS, database_now())
