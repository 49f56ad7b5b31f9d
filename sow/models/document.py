"""A statement of work on paper, and the legal stamp that binds one such file (domain.md §9.4)."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from emdesk.files.models import StoredFile
from emdesk.people.models import User
from sow.models.statement import StatementOfWork, Version


class Purpose(models.TextChoices):
    DRAFT = "draft", "Draft"
    STAMPED = "stamped", "Stamped"
    EXECUTED = "executed", "Executed"


UNDER_WAY = Q(made_at=None, problem="")


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: User) -> Self:
        """Whoever sees a statement of work may have it on paper."""
        return self.filter(statement__in=StatementOfWork.objects.visible_to(user))

    def under_way(self) -> Self:
        return self.filter(UNDER_WAY)

    def made(self) -> Self:
        return self.exclude(made_at=None)


DocumentManager = models.Manager.from_queryset(DocumentQuerySet)


class Document(models.Model):
    """A PDF of one version: asked for, then made by a worker, and never made anew.

    ``problem`` says why it could not be made; ``pages`` counts up while its pages are set.
    ``sha256`` and ``size`` are those of the file, whose bytes lie outside the database.
    """

    statement = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="documents")
    version = models.ForeignKey(Version, models.PROTECT, related_name="documents")
    purpose = models.CharField(max_length=8, choices=Purpose)
    file: models.OneToOneField[StoredFile | None, StoredFile | None] = models.OneToOneField(
        StoredFile, models.PROTECT, null=True, related_name="+"
    )
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    objects: ClassVar[DocumentManager[Document]] = DocumentManager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(purpose=Purpose.DRAFT), name="sow_one_draft_paper"
            ),
            models.UniqueConstraint(
                fields=["statement"],
                condition=Q(purpose=Purpose.STAMPED) & UNDER_WAY,
                name="sow_one_stamp_under_way",
            ),
            models.CheckConstraint(
                condition=Q(made_at=None, file=None, sha256="", size=0)
                | Q(made_at__isnull=False, file__isnull=False, size__gt=0, problem="")
                & ~Q(sha256=""),
                name="sow_document_made_whole",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values), name="sow_document_purpose"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return self.statement.get_absolute_url()

    @property
    def name(self) -> str:
        """What its file is called."""
        kind = "" if self.purpose == Purpose.DRAFT else f"-{self.purpose}"
        return f"{self.statement.number}-{self.version.name}{kind}.pdf"

    @property
    def under_way(self) -> bool:
        return self.made_at is None and not self.problem

    @property
    def stamped(self) -> bool:
        return self.purpose == Purpose.STAMPED


class Stamp(models.Model):
    """Legal's word that one file may be signed. It is of that file alone, to the byte.

    ``name``, ``date`` and ``text`` are what stands under the signatures in it.
    """

    statement = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="stamps")
    version = models.ForeignKey(Version, models.PROTECT, related_name="stamps")
    document = models.OneToOneField(Document, models.PROTECT, related_name="stamp")
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    name = models.CharField(max_length=200)
    date = models.DateField()
    text = models.CharField(max_length=400)
    voided_at = models.DateTimeField(null=True)
    voided_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement"], condition=Q(voided_at=None), name="sow_one_stamp"
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, why="")
                | Q(voided_at__isnull=False) & ~Q(why=""),
                name="sow_stamp_voided_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Legal stamp of {self.version.name}"

    @property
    def stands(self) -> bool:
        return self.voided_at is None
