"""The clause library and the templates that statements of work are drafted from.

Both keep every version they had; what was drafted holds its own copy of the text, so that a
change here reaches templates and new drafts, and no draft that is there.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from emdesk.people.models import User
from sow.kinds import Kind, Risk, Status
from sow.rules import reads_library

MOST_TEXT = 20_000
is_key = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*\Z", "Small letters and digits, parted by hyphens: travel-standard"
)


class LibraryQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self if reads_library(user) else self.none()


class ClauseQuerySet(LibraryQuerySet):
    def in_use(self) -> Self:
        return self.filter(status=Status.IN_USE)

    def with_text(self) -> Self:
        """Each with the ``text`` and ``fallbacks`` it has now."""
        now = ClauseVersion.objects.filter(clause=OuterRef("pk"), number=OuterRef("latest"))
        return self.annotate(
            text=Subquery(now.values("text")), fallbacks=Subquery(now.values("fallbacks"))
        )


ClauseManager = models.Manager.from_queryset(ClauseQuerySet)
TemplateManager = models.Manager.from_queryset(LibraryQuerySet)


class Clause(models.Model):
    """A text of the library. Who owns it answers for it; Practice writes it."""

    key = models.CharField(max_length=60, unique=True, validators=[is_key])
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=120)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    risk = models.CharField(max_length=6, choices=Risk, default=Risk.LOW)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    latest = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[ClauseManager[Clause]] = ClauseManager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values, status__in=Status.values, risk__in=Risk.values),
                name="sow_clause_words",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("sow:clause", args=[self.key])


class ClauseVersion(models.Model):
    """What a clause said from then on. ``fallbacks`` are texts to give way to, in their order."""

    clause = models.ForeignKey(Clause, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(max_length=MOST_TEXT)
    fallbacks = models.JSONField(default=list)
    why = models.CharField(max_length=300, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["clause", "number"], name="sow_clause_version_number")
        ]

    def __str__(self) -> str:
        return f"v{self.number} of {self.clause_id}"


class Template(models.Model):
    """What a draft is made from: sections with named fields, or clauses by their key."""

    name = models.CharField(max_length=80, unique=True)
    latest = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[TemplateManager[Template]] = TemplateManager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("sow:template", args=[self.pk])

    @property
    def head(self) -> TemplateVersion:
        return self.versions.get(number=self.latest)


class TemplateVersion(models.Model):
    """``sections`` have key, kind, title and text; with ``clause`` the library gives the text."""

    template = models.ForeignKey(Template, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    sections = models.JSONField()
    why = models.CharField(max_length=300, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "number"], name="sow_template_version_number"
            )
        ]

    def __str__(self) -> str:
        return f"v{self.number} of {self.template_id}"
