"""What the files part of a subject's page shows, in one query."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models.functions import Lower

from emdesk.files.models import StoredFile
from emdesk.files.rules import uploaders
from emdesk.people.models import User
from emdesk.subjects import visible_subjects


@dataclass
class Held:
    """A file as it is now, and the versions before it, newest first."""

    latest: StoredFile
    earlier: list[StoredFile] = field(default_factory=list)


def held(*subjects: models.Model) -> list[Held]:
    rows = StoredFile.objects.about(*subjects).select_related("uploaded_by")
    found: dict[tuple[Any, ...], Held] = {}
    for row in rows.order_by(Lower("name"), "subject_id", "-version"):
        key = (row.subject_type, row.subject_id, row.name.lower())
        if key in found:
            found[key].earlier.append(row)
        else:
            found[key] = Held(row)
    return list(found.values())


def shelf(subject: models.Model, *, user: User) -> dict[str, Any]:
    """Context for ``_files.html``."""
    return {
        "label": subject._meta.label_lower,
        "pk": subject.pk,
        "files": held(*visible_subjects.family(subject)),
        "may_upload": uploaders.allow(subject, user),
    }
