"""Files handed in for an import: kept privately, and not for longer than is said."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.transaction import atomic

from emdesk.files.limits import CEILING, MEGABYTE
from emdesk.files.names import clean_name
from emdesk.files.refusal import Refused
from emdesk.people.models import User
from scoping.imports.reading import MOST_BYTES
from scoping.imports.recognising import recognise
from scoping.imports.report import FileRefused
from scoping.models import ImportFile, ImportRun
from scoping.models.import_run import KEPT_DAYS

MOST_FILES = 20
LARGEST = CEILING * MEGABYTE
LARGEST_UNPACKED = MOST_BYTES


def take_in(files: Iterable[UploadedFile[Any]], *, by: User, at: datetime) -> ImportRun:
    """Keep files for a new import; :class:`Refused` names the first that cannot be taken."""
    run = ImportRun(by=by, created_at=at)
    try:
        with atomic():
            run.save()
            for number, file in enumerate(files, 1):
                _keep(run, number, file)
    except BaseException:
        remove(run.path)
        raise
    return run


def _keep(run: ImportRun, number: int, file: UploadedFile[Any]) -> None:
    name = _own_name(run, clean_name(file.name or "file.csv"))
    kept = ImportFile(run=run, number=number, name=name, size=file.size or 0)
    if kept.size > LARGEST:
        raise Refused(f"{name} is larger than {CEILING} MB. Pack it with gzip, or split it.")
    kept.sha256 = _write(file, kept.path)
    try:
        kept.kind = kept.recognised = recognise(kept.path)
    except FileRefused as refused:
        raise Refused(f"{name}: {refused}") from None
    kept.save()


def _own_name(run: ImportRun, name: str) -> str:
    """Problems name their file, so no two of an import share a name."""
    taken = set(run.files.values_list("name", flat=True))
    stem, dot, ending = name.partition(".")
    again = (f"{stem} ({number}){dot}{ending}" for number in range(2, MOST_FILES + 2))
    return next(each for each in (name, *again) if each not in taken)


def _write(file: UploadedFile[Any], path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with open(path, "xb", opener=private) as target:
        for chunk in file.chunks():
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def remove_old(at: datetime) -> int:
    """Delete the files of imports of long ago; how many imports that were."""
    old = ImportRun.objects.with_files().filter(created_at__lt=at - timedelta(days=KEPT_DAYS))
    runs = list(old.filter(deed=""))
    for run in runs:
        remove(run.path)
        run.files_removed_at = at
        run.save(update_fields=["files_removed_at"])
    return len(runs)
