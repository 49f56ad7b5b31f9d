"""What approvals do by themselves, on the schedule in emdesk/celery.py."""

from celery import shared_task

from emdesk.approvals.minding import mind
from emdesk.clock import database_now


@shared_task(ignore_result=True)
def mind_approvals() -> None:
    """Running it twice, or by several at once, changes nothing."""
    mind(database_now())
