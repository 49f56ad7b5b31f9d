"""Stored files: what was handed in about a subject, byte for byte, and who fetched it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from emdesk.subjects import AboutQuerySet

LONGEST_NAME = 200


class StoredFileQuerySet(AboutQuerySet["StoredFile"]):
    def named(self, name: str) -> Self:
        """Versions of one file, newest first; names differ in more than capitals."""
        return self.filter(name__iexact=name).order_by("-version")


StoredFileManager = models.Manager.from_queryset(StoredFileQuerySet)


class StoredFile(models.Model):
    """One version of a file. Bytes are never overwritten; the same name makes a new version."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    name = models.CharField(max_length=LONGEST_NAME)
    version = models.PositiveIntegerField(default=1)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    place = models.CharField(max_length=35, unique=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()

    objects: ClassVar[StoredFileManager[StoredFile]] = StoredFileManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "subject_type",
                "subject_id",
                Lower("name"),
                "version",
                name="files_storedfile_one_of_each_version",
            ),
            models.CheckConstraint(
                condition=Q(version=1, replaces=None) | Q(version__gt=1, replaces__isnull=False),
                name="files_storedfile_versions_in_a_row",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (version {self.version})"

    @property
    def path(self) -> Path:
        root: Path = settings.EMDESK_FILES
        return root / self.place


class Download(models.Model):
    """Somebody fetched a file."""

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="downloads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["file", "-at"], name="files_download_latest")]

    def __str__(self) -> str:
        return f"{self.file_id} by {self.user_id} at {self.at}"
