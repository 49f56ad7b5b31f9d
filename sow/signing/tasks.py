"""What signatures do by themselves, on the schedule in emdesk/celery.py."""

from __future__ import annotations

from celery import shared_task

from emdesk.clock import database_now
from sow.signing import deliveries, executing, minding

AT_ONCE = 50


@shared_task(ignore_result=True)
def mind_signings() -> None:
    """Remind, let expire, and make what a lost message left. Running it twice changes nothing."""
    at = database_now()
    minding.mind(at)
    for pk in executing.waiting(at):
        execute_signing.delay(pk)


@shared_task(ignore_result=True, soft_time_limit=110, time_limit=120)
def execute_signing(pk: int) -> None:
    """Make the executed file; asked twice it is made once."""
    executing.execute(pk, at=database_now())


@shared_task(ignore_result=True)
def apply_deliveries() -> None:
    """Apply what signature services told. Several at once share the work."""
    for _ in range(AT_ONCE):
        if not deliveries.apply_next(database_now()):
            return
    apply_deliveries.delay()
