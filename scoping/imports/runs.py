"""An import as a worker carries it out: checked and run by the same code, once at a time.

The work is one transaction. How far it has come is written past it, by a connection of its own.
A lock that ends with the transaction says whether anybody is at it; so a worker that was killed
leaves nothing but a run that says it goes on, and :func:`look_after` puts that right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.transaction import atomic, set_rollback

from emdesk.ledger.recording import carrying
from emdesk.people.models import User
from scoping.imports import mapping, outcome, undoing
from scoping.imports.report import Report
from scoping.imports.running import LOCK, taken, undisturbed
from scoping.imports.uploads import private
from scoping.models import Deed, ImportRun, Step

ONE_AT_A_TIME = LOCK + 1
PATIENCE = 45  # seconds before a run nobody took up is sent again
KILLED = "The worker ended before it was through. Nothing was changed; you can start it again."
FAILED = "emdesk could not go on. Nothing was changed; an administrator finds why in the log."
CANCELLED = "It was cancelled. Nothing was changed."


class Cancelled(Exception):
    """Somebody wants it no more."""


def ask(run: ImportRun, deed: Deed, *, by: User, at: datetime) -> bool:
    """Have a worker do this with a run, unless one is at it; whether that was noted."""
    fresh = ImportRun.objects.filter(pk=run.pk, deed="")
    said = {"begun_at": None, "heard_at": None, "read": 0, "cancelled": False, "stopped": ""}
    return bool(fresh.update(deed=deed, asked_by=by, asked_at=at, **said))


def cancel(run: ImportRun) -> bool:
    return bool(ImportRun.objects.filter(pk=run.pk).exclude(deed="").update(cancelled=True))


def carry_out(pk: int, *, at: datetime) -> bool:
    """Do what was asked of a run, unless another worker is at it or another import is; whether."""
    with undisturbed(), atomic():
        if not (_free(ONE_AT_A_TIME, pk) and _free(LOCK)):
            return False
        run = ImportRun.objects.filter(pk=pk).first()
        if run is None or not run.deed:
            return False
        with _outside(run) as outside:
            try:
                outside.begin(at)
                DEEDS[Deed(run.deed)](run, at, outside)
            except Cancelled:
                _end(run, stopped=CANCELLED)
    return True


def give_up(pk: int) -> None:
    """What was asked of it failed in a way nobody foresaw."""
    ImportRun.objects.filter(pk=pk).update(deed="", stopped=FAILED)


def look_after(at: datetime, patience: timedelta) -> list[int]:
    """Mark what a killed worker left; the runs that still wait for a worker."""
    with atomic():
        begun = ImportRun.objects.under_way().filter(begun_at__isnull=False)
        left = [pk for pk in begun.values_list("pk", flat=True) if _free(ONE_AT_A_TIME, pk)]
        ImportRun.objects.under_way().filter(pk__in=left).update(deed="", stopped=KILLED)
    waiting = ImportRun.objects.under_way().filter(begun_at=None, asked_at__lt=at - patience)
    return list(waiting.values_list("pk", flat=True))


class _Outside:
    """A connection of its own: what it writes is seen at once and stays."""

    def __init__(self, run: ImportRun, line: Any) -> None:
        self._run, self._line = run, line
        self._through = 0

    def begin(self, at: datetime) -> None:
        self._run.begun_at, self._run.read, self._run.stopped = at, 0, ""
        self._say("begun_at = clock_timestamp(), read = 0, stopped = ''")

    def heard(self, read: int) -> None:
        """So many are through; Cancelled when that is no longer wanted."""
        self._run.read = read
        if self._say("read = %s, heard_at = clock_timestamp()", read):
            raise Cancelled

    def watch(self, report: Report) -> None:
        self.heard(self._through + report.judged)

    def file_done(self, report: Report) -> None:
        self._through += report.judged

    def _say(self, what: str, *values: Any) -> bool:
        with self._line.cursor() as cursor:
            cursor.execute(
                f"UPDATE scoping_importrun SET {what} WHERE id = %s RETURNING cancelled",  # noqa: S608
                [*values, self._run.pk],
            )
            found = cursor.fetchone()
        return bool(found and found[0])


@contextmanager
def _outside(run: ImportRun) -> Iterator[_Outside]:
    with closing(connection.copy()) as line:
        yield _Outside(run, line)


def _import(run: ImportRun, at: datetime, outside: _Outside) -> None:
    dry, began = run.deed == Deed.CHECK, _clock()
    reports: list[Report] = []
    with atomic(), carrying(import_run=run.pk):
        for work in mapping.works(run, at):
            [report] = taken([work], outside.watch)
            outside.file_done(report)
            reports.append(report)
        whole = _sum(reports)
        summary = outcome.summary(run)
        set_rollback(dry or whole.refused)
    run.summary = {} if whole.refused else summary
    run.refused, run.counts = whole.refused, outcome.counts(whole)
    run.read = run.total = whole.judged
    run.seconds = (_clock() - began).total_seconds()
    _write_problems(run, whole)
    if dry:
        _end(run, step=Step.CHECKED, checked_at=at)
    elif whole.refused:
        _end(run, step=Step.CHECKED, stopped="A file was refused. Nothing was changed.")
    else:
        _end(run, step=Step.DONE, run_by=run.asked_by, run_at=at)


def _undo(run: ImportRun, at: datetime, outside: _Outside) -> None:
    by = run.asked_by or run.by
    with atomic():
        kept = undoing.undo(run, by=by, at=at, heard=outside.heard)
    run.summary |= {"kept": [each.as_json() for each in kept]}
    _end(run, step=Step.UNDONE, undone_by=by, undone_at=at)


DEEDS: Mapping[Deed, Callable[[ImportRun, datetime, _Outside], None]] = {
    Deed.CHECK: _import,
    Deed.RUN: _import,
    Deed.UNDO: _undo,
}
RESULT = ["summary", "refused", "counts", "read", "total", "seconds"]


def _end(run: ImportRun, **fields: Any) -> None:
    """In the transaction of the work itself: it is done exactly when this says so."""
    for name, value in ({"deed": "", "stopped": ""} | fields).items():
        setattr(run, name, value)
    run.save(update_fields=[*RESULT, "deed", "stopped", *fields])


def _sum(reports: list[Report]) -> Report:
    whole = Report()
    for report in reports:
        whole.add(report)
    return whole


def _write_problems(run: ImportRun, report: Report) -> None:
    run.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    run.problems_path.unlink(missing_ok=True)
    with open(run.problems_path, "x", opener=private) as out:
        for each in report.problems:
            out.write(json.dumps([each.file, each.line, each.record, each.verdict, each.reason]))
            out.write("\n")


def _free(*key: int) -> bool:
    """Take a lock until the transaction ends, if nobody holds it."""
    marks = ", ".join(["%s"] * len(key))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({marks})", list(key))
        [free] = cursor.fetchone()
    return bool(free)


def _clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [at] = cursor.fetchone()
    found: datetime = at
    return found
