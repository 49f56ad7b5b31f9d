"""What statements of work have done for them, on the schedule in emdesk/celery.py."""

from datetime import timedelta

from celery import shared_task
from django.db.transaction import on_commit
from django.utils.timezone import now

from emdesk.clock import database_now
from sow import documents, risking
from sow.models import Document


@shared_task(ignore_result=True)
def make_document(pk: int) -> None:
    """Set a version as PDF; asked twice it does it once."""
    try:
        documents.carry_out(pk, at=now())
    except Exception:
        documents.give_up(pk)
        raise


@shared_task(ignore_result=True)
def look_after_documents() -> None:
    """Send those again whose worker was killed, and those that nobody took up."""
    for pk in documents.look_after(now(), timedelta(seconds=documents.PATIENCE)):
        make_document.delay(pk)


@shared_task(ignore_result=True)
def mind_work_at_risk() -> None:
    """Warn of what runs out, end what is signed. Running it twice changes nothing."""
    risking.mind(database_now())


def have_made(document: Document) -> None:
    """By a worker, once what asked for it is kept; should the queue be away, beat sends it."""
    if document.under_way:
        on_commit(lambda: make_document.delay(document.pk) and None, robust=True)
