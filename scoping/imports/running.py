"""Files taken in: each wholly or not at all, all of them in one transaction."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import DataError, IntegrityError, connection
from django.db.transaction import atomic, set_rollback

from scoping.imports.report import FileRefused, Judge, Report, Watch, nobody

Taking = Callable[[Path, Judge], None]
LOCK = 5_261_337  # any number, as long as every import asks for the same


@dataclass(frozen=True)
class Work:
    """A file, and how to come by what takes it in; ``name`` is what its sender calls it."""

    path: Path
    prepare: Callable[[], Taking]
    name: str = ""


def run(works: Sequence[Work], *, dry: bool) -> Report:
    """Take files in and report; a dry run does the same and then forgets it."""
    report = Report()
    with undisturbed(), atomic():
        for each in taken(works):
            report.add(each)
        set_rollback(dry)
    return report


def taken(works: Sequence[Work], watch: Watch = nobody) -> list[Report]:
    """The report of each file; of one that is refused nothing stays."""
    _wait_for_others()
    return [_take(work, watch) for work in works]


def _take(work: Work, watch: Watch) -> Report:
    judge = Judge(work.name or work.path.name, watch=watch)
    try:
        with atomic():
            work.prepare()(work.path, judge)
    except FileRefused as refused:
        return judge.refuse(str(refused))
    except (DataError, IntegrityError) as wrong:
        return judge.refuse(f"The database refuses a record: {str(wrong).splitlines()[0]}")
    judge.report.problems.sort(key=lambda problem: problem.record)
    return judge.report


@contextmanager
def undisturbed() -> Iterator[None]:
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
