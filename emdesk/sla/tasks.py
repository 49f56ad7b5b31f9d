"""What clocks do by themselves, on the schedule in emdesk/celery.py."""

from celery import shared_task

from emdesk.clock import database_now
from emdesk.ledger.models import Heartbeat
from emdesk.sla.sweeping import sweep


@shared_task(ignore_result=True)
def sweep_clocks() -> None:
    """Running it twice, or by several at once, changes nothing."""
    at = database_now()
    swept = sweep(at)
    Heartbeat.objects.beat("sweep", at)
    if not swept.finished:
        sweep_clocks.delay()
