"""One file, one transaction: wholly in, or not at all."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DataError, IntegrityError, connection
from django.db.transaction import atomic, set_rollback

from scoping.imports.report import FileRefused, Judge, Report

Taking = Callable[[Path, Judge], None]
LOCK = 5_261_337  # any number, as long as every import asks for the same


def run(path: Path, take: Taking, *, dry: bool) -> Report:
    """Take a file in and report; a dry run does the same and then forgets it."""
    judge = Judge(path.name)
    try:
        with _undisturbed(), atomic():
            _wait_for_others()
            take(path, judge)
            set_rollback(dry)
    except FileRefused as refused:
        return judge.refuse(str(refused))
    except (DataError, IntegrityError) as wrong:
        return judge.refuse(f"The database refuses a record: {str(wrong).splitlines()[0]}")
    return judge.report


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Rows go as they come; looking for cycles among them would take a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _wait_for_others() -> None:
    """Two imports at once would each make what the other makes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
