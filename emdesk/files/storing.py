"""Taking a file in: checked, hashed, written once under a random name, and put on record."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.transaction import atomic

from emdesk.files.kinds import kind_of
from emdesk.files.limits import MEGABYTE, largest
from emdesk.files.models import StoredFile
from emdesk.files.names import clean_name
from emdesk.files.refusal import Refused
from emdesk.files.rules import uploaders
from emdesk.ledger.models import Origin
from emdesk.ledger.recording import lock, record
from emdesk.people.models import User


def store(
    subject: models.Model,
    file: BinaryIO,
    name: str,
    *,
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> StoredFile:
    """Keep a file about a subject, as a new version if there is one of that name already.

    Raises :class:`Refused` with one sentence for the sender when the file is not taken.
    """
    if not uploaders.allow(subject, by):
        raise PermissionDenied(f"{by} may not add files to {subject}.")
    return keep(subject, file, name, by=by, at=at, origin=origin)


def keep(
    subject: models.Model,
    file: BinaryIO,
    name: str,
    *,
    by: User | None,
    at: datetime,
    origin: str = Origin.PERSON,
) -> StoredFile:
    """The same for what the desk made itself, which is nobody's to hand in."""
    name = clean_name(name)
    stored = StoredFile(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        name=name,
        size=_measured(file, largest(at.date())),
        content_type=kind_of(name, file).content_type,
        sha256=_digest(file),
        place=_new_place(),
        uploaded_by=by,
        at=at,
    )
    try:
        with atomic():
            _put_in_line(stored, subject)
            _write(file, stored.path)
            stored.save()
            facts = {"file": stored.pk, "name": name, "sha256": stored.sha256}
            version = stored.version
            record(subject, "files.stored", by=by, at=at, origin=origin, version=version, **facts)
    except BaseException:
        stored.path.unlink(missing_ok=True)
        raise
    return stored


def _put_in_line(stored: StoredFile, subject: models.Model) -> None:
    """Follow the last version of that name; the subject's lock keeps two from being next."""
    lock(subject)
    last = StoredFile.objects.about(subject).named(stored.name).first()
    if last is None:
        return
    if last.sha256 == stored.sha256:
        raise Refused(f"This is the same file as version {last.version}. Nothing was added.")
    stored.replaces, stored.version = last, last.version + 1


def _measured(file: BinaryIO, most: int) -> int:
    size = file.seek(0, 2)
    if size == 0:
        raise Refused("This file is empty.")
    if size > most:
        raise Refused(f"This file is larger than {most // MEGABYTE} MB, the most that is taken.")
    return size


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(MEGABYTE):
        digest.update(chunk)
    return digest.hexdigest()


def _new_place() -> str:
    """A path nobody can guess and no name has a part in."""
    name = uuid.uuid4().hex
    return f"{name[:2]}/{name}"


def _write(file: BinaryIO, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.seek(0)
    with open(path, "xb", opener=_private) as target:
        shutil.copyfileobj(file, target)
        target.flush()
        os.fsync(target.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
