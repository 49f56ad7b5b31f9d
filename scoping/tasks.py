"""What scoping does by itself, on the schedule in emdesk/celery.py."""

from datetime import timedelta

from celery import shared_task
from django.utils.timezone import now

from emdesk.clock import database_now
from scoping import stays
from scoping.imports import runs
from scoping.imports.uploads import remove_old
from scoping.imports.webhooks import apply_next
from scoping.quiet.nights import pass_night

AT_ONCE = 200


@shared_task(ignore_result=True)
def measure_typical_stays() -> None:
    """Running it twice changes nothing."""
    stays.measure(at=now())


@shared_task(ignore_result=True, soft_time_limit=1_700, time_limit=1_800)
def mind_quiet_issues() -> None:
    """Tell of issues nobody works on and close them in time. Running it twice changes nothing."""
    night = pass_night(database_now())
    if not night.finished:
        mind_quiet_issues.delay()


@shared_task(ignore_result=True)
def apply_webhooks() -> None:
    """Apply what GitLab told. Several at once share the work; what is left over, beat sends again."""
    for _ in range(AT_ONCE):
        if not apply_next(now()):
            return
    apply_webhooks.delay()


@shared_task(ignore_result=True, soft_time_limit=3_500, time_limit=3_600)
def carry_out_import(pk: int) -> None:
    """Check, run or undo an import; asked twice it does it once. Then those that waited for it."""
    try:
        done = runs.carry_out(pk, at=now())
    except Exception:
        runs.give_up(pk)
        raise
    if done:
        look_after_imports.delay(0)


@shared_task(ignore_result=True)
def look_after_imports(patience: int = runs.PATIENCE) -> None:
    """Mark imports whose worker was killed, and send those again that nobody took up."""
    for pk in runs.look_after(now(), timedelta(seconds=patience)):
        carry_out_import.delay(pk)


@shared_task(ignore_result=True)
def remove_old_imports() -> None:
    """The files of old imports go; what they changed stays."""
    remove_old(now())
