"""What forecasting does by itself, on the schedule in emdesk/celery.py."""

from celery import shared_task

from emdesk.clock import database_now
from forecasting import drift


@shared_task(ignore_result=True)
def sweep_drift() -> None:
    """Tell where desk and CRM begin and cease to disagree. Running it twice changes nothing."""
    drift.sweep(database_now())
