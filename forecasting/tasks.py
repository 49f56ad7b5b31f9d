"""What forecasting does by itself, on the schedule in emdesk/celery.py."""

from celery import shared_task

from emdesk.clock import database_now
from forecasting import drift
from forecasting.snapshots import due_days, take


@shared_task(ignore_result=True, soft_time_limit=1_700, time_limit=1_800)
def take_snapshots() -> None:
    """Those of the weeks that are over; a week that was missed is read from the ledger."""
    at = database_now()
    take(due_days(at), at)


@shared_task(ignore_result=True)
def sweep_drift() -> None:
    """Tell where desk and CRM begin and cease to disagree. Running it twice changes nothing."""
    drift.sweep(database_now())
