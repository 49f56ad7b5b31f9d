"""One state of the whole catalogue: written as a draft, published once, never changed again."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from emdesk.people.models import User
from scoping.rules import keeps_catalogue, reads_catalogue


class VersionStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"


class CatalogueVersionQuerySet(models.QuerySet["CatalogueVersion"]):
    def visible_to(self, user: User) -> Self:
        """The draft is only for those who write it."""
        if keeps_catalogue(user):
            return self
        return self.published() if reads_catalogue(user) else self.none()

    def published(self) -> Self:
        return self.filter(status=VersionStatus.PUBLISHED)

    def draft(self) -> CatalogueVersion | None:
        """There is one at most."""
        return self.filter(status=VersionStatus.DRAFT).first()

    def in_force(self, on: date) -> CatalogueVersion | None:
        """The latest to take effect by a day; of two for one day the newer."""
        begun = self.published().filter(effective_from__lte=on)
        return begun.order_by("-effective_from", "-number").first()


CatalogueVersionManager = models.Manager.from_queryset(CatalogueVersionQuerySet)


class CatalogueVersion(models.Model):
    """Everything on offer from a day on. The database refuses changes once it is published."""

    number = models.PositiveIntegerField(unique=True)
    status = models.CharField(
        max_length=9, choices=VersionStatus, default=VersionStatus.DRAFT, editable=False
    )
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    begun_at = models.DateTimeField()
    edits = models.PositiveIntegerField(default=0)
    effective_from = models.DateField(null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    objects: ClassVar[CatalogueVersionManager[CatalogueVersion]] = CatalogueVersionManager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="draft"), name="scoping_catalogue_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", effective_from=None, published_at=None)
                | Q(
                    status="published",
                    effective_from__isnull=False,
                    published_at__isnull=False,
                ),
                name="scoping_catalogue_published_from_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"Catalogue version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("scoping:catalogue_version", args=[self.number])

    @classmethod
    def current(cls, on: date) -> CatalogueVersion | None:
        """What is on offer on a day, or None before the first."""
        return cls.objects.in_force(on)

    @property
    def is_draft(self) -> bool:
        return self.status == VersionStatus.DRAFT
