"""An import by the page: its files, what was asked of it, and how far that has come."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from emdesk.people.models import User
from scoping import rules

KEPT_DAYS = 30
PROBLEMS = "problems.jsonl"


class Kind(models.TextChoices):
    """What a file is. Companions are read along with the file they belong to."""

    GITLAB_ISSUES = "gitlab_issues", "GitLab issues"
    GITLAB_EVENTS = "gitlab_events", "GitLab label or state events"
    GITLAB_MEMBERS = "gitlab_members", "GitLab project members"
    MAVEN = "maven", "Maven opportunities"
    MAVEN_ACCOUNTS = "maven_accounts", "Maven accounts"
    MAVEN_PRODUCTS = "maven_products", "Maven products"
    MAVEN_TEAMS = "maven_teams", "Maven sales teams"
    SALESFORCE = "salesforce", "Salesforce opportunities"
    SALESFORCE_ACCOUNTS = "salesforce_accounts", "Salesforce accounts"
    UNKNOWN = "unknown", "Leave this file out"


class Step(models.TextChoices):
    """What has been done with it."""

    MAP = "map", "Being mapped"
    CHECKED = "checked", "Checked"
    DONE = "done", "Imported"
    UNDONE = "undone", "Undone"


class Deed(models.TextChoices):
    """What a worker was asked to do with it, and has not ended yet."""

    CHECK = "check", "Checking"
    RUN = "run", "Importing"
    UNDO = "undo", "Undoing"


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: User) -> Self:
        """All of them for those who may import; one's own for those who may try."""
        if rules.applies_imports(user):
            return self
        return self.filter(by=user) if rules.previews_imports(user) else self.none()

    def under_way(self) -> Self:
        return self.exclude(deed="")

    def with_files(self) -> Self:
        return self.filter(files_removed_at=None)


ImportRunManager = models.Manager.from_queryset(ImportRunQuerySet)


def folder_name() -> str:
    return uuid.uuid4().hex


class ImportRun(models.Model):
    """One import: mapped, checked, run, and perhaps undone.

    ``read`` of ``total`` records are through; they are written past the transaction of the
    import, so that others see them grow. ``counts`` and ``summary`` are of the last check or run.
    """

    folder = models.CharField(max_length=32, unique=True, default=folder_name)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    project = models.CharField(max_length=255, blank=True)
    fields: models.JSONField[Any, dict[str, str]] = models.JSONField(default=dict)
    step = models.CharField(max_length=10, choices=Step, default=Step.MAP)
    refused = models.BooleanField(default=False)
    counts: models.JSONField[Any, dict[str, int]] = models.JSONField(default=dict)
    summary: models.JSONField[Any, dict[str, Any]] = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder
    )

    deed = models.CharField(max_length=10, choices=Deed, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    read = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    heard_at = models.DateTimeField(null=True)
    cancelled = models.BooleanField(default=False)
    stopped = models.CharField(max_length=300, blank=True)

    checked_at = models.DateTimeField(null=True)
    run_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    run_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    files_removed_at = models.DateTimeField(null=True)

    objects: ClassVar[ImportRunManager[ImportRun]] = ImportRunManager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(step__in=Step.values) & Q(deed__in=["", *Deed.values]),
                name="scoping_importrun_known_step",
            ),
        ]

    def __str__(self) -> str:
        return f"Import {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("scoping:import_run", args=[self.pk])

    @property
    def path(self) -> Path:
        root: Path = settings.EMDESK_FILES
        return root / "imports" / self.folder

    @property
    def problems_path(self) -> Path:
        return self.path / PROBLEMS

    @property
    def status(self) -> str:
        """In a word or two, for lists."""
        if self.deed:
            return Deed(self.deed).label if self.begun_at else "Waiting for a worker"
        if self.step == Step.CHECKED and self.refused:
            return "Refused"
        return Step(self.step).label

    @property
    def removed_on(self) -> Any:
        """The day its files go."""
        return (self.created_at + timedelta(days=KEPT_DAYS)).date()

    @property
    def per_second(self) -> int | None:
        """How fast it goes, or went; None before that can be said."""
        if self.deed and self.begun_at and self.heard_at:
            seconds = (self.heard_at - self.begun_at).total_seconds()
        else:
            seconds = self.seconds or 0
        return round(self.read / seconds) if seconds > 0 and self.read else None

    @property
    def percent(self) -> int | None:
        return min(100 * self.read // self.total, 100) if self.total else None


class ImportFile(models.Model):
    """A file that was handed in for an import."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="files")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    recognised = models.CharField(max_length=20, choices=Kind)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="scoping_importfile_in_a_row")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return self.run.path / str(self.number)


class Former(models.Model):
    """What the tracker had said about an issue before an import changed that, so it can be undone."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="formers")
    issue = models.BigIntegerField()
    was: models.JSONField[Any, dict[str, Any]] = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "issue"], name="scoping_former_once_a_run")
        ]

    def __str__(self) -> str:
        return f"PS-{self.issue} before import {self.run_id}"
