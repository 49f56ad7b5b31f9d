"""A statement of work on paper, made by a worker: asked for once, made once, never twice.

Truth is in the row. A lock of the worker's session says whether anybody is at it, so a worker that
was killed leaves a row that says it goes on, and :func:`look_after` has it made again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic

from django.db import connection
from django.db.models import F
from django.db.transaction import atomic

from emdesk.files.refusal import Refused as NotStored
from emdesk.paper import Unprintable
from emdesk.people.models import User
from emdesk.sealing import Unsealable
from emdesk.workflow import Refused
from sow import stamping
from sow.models import Document, Purpose, Version
from sow.paper import printed, put_away

LOCK = 5_261_339
PATIENCE = 45  # seconds before one nobody took up is sent again
MOST_TRIES = 3
EVERY = 1.0  # seconds between two words on how far it is
KILLED = "The worker ended before it was through, several times. Ask an administrator to look."
FAILED = "emdesk could not go on. An administrator finds why in the log; then ask for it again."
PROBLEMS = (Refused, NotStored, Unprintable, Unsealable)


def ask(version: Version, *, by: User, at: datetime) -> Document:
    """The draft of this version on paper: the one there is, or one that is to be made."""
    said = {"statement": version.statement, "asked_by": by, "asked_at": at}
    draft = {"version": version, "purpose": Purpose.DRAFT}
    document, _ = Document.objects.get_or_create(**draft, defaults=said)
    if document.problem:
        again = {"problem": "", "begun_at": None, "tries": 0, "pages": 0}
        failed = Document.objects.filter(pk=document.pk).exclude(problem="")
        failed.update(**again, asked_by=by, asked_at=at)
        document.refresh_from_db()
    return document


def carry_out(pk: int, *, at: datetime) -> bool:
    """Make one, unless another worker is at it or it is made; whether."""
    with _alone(pk) as alone:
        rows = Document.objects.under_way().filter(pk=pk)
        if not (alone and rows.update(begun_at=at, tries=F("tries") + 1, pages=0)):
            return False
        try:
            _make(_whole(pk), at)
        except PROBLEMS as problem:
            rows.update(problem=str(problem)[:300])
    return True


def give_up(pk: int) -> None:
    """It failed in a way nobody foresaw."""
    Document.objects.under_way().filter(pk=pk).update(problem=FAILED)


def look_after(at: datetime, patience: timedelta) -> list[int]:
    """Those nobody is at: to be sent again, unless their workers ended too often."""
    rows = Document.objects.under_way()
    begun = rows.filter(begun_at__isnull=False).values_list("pk", flat=True)
    left = rows.filter(pk__in=[pk for pk in begun if _left(pk)])
    left.filter(tries__gte=MOST_TRIES).update(problem=KILLED)
    waiting = rows.filter(begun_at=None, asked_at__lt=at - patience)
    return [*left.values_list("pk", flat=True), *waiting.values_list("pk", flat=True)]


def _whole(pk: int) -> Document:
    rows = Document.objects.select_related(
        "statement__issue__account", "version__saved_by", "version__statement", "asked_by"
    )
    return rows.get(pk=pk)


def _make(document: Document, at: datetime) -> None:
    if document.stamped:
        stamping.complete(document, at=at, heard=_Progress(document.pk))
        return
    paper = printed(document, _Progress(document.pk))
    with atomic():
        put_away(document, paper, at=at)


class _Progress:
    """Writes the page it is at, now and then."""

    def __init__(self, pk: int) -> None:
        self._pk, self._last = pk, monotonic()

    def __call__(self, page: int) -> None:
        if monotonic() - self._last >= EVERY:
            self._last = monotonic()
            Document.objects.filter(pk=self._pk).update(pages=page)


@contextmanager
def _alone(pk: int) -> Iterator[bool]:
    alone = _said("pg_try_advisory_lock", pk)
    try:
        yield alone
    finally:
        if alone:
            _said("pg_advisory_unlock", pk)


def _left(pk: int) -> bool:
    with _alone(pk) as alone:
        return alone


def _said(function: str, pk: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [LOCK, pk])
        [answer] = cursor.fetchone()
    return bool(answer)
