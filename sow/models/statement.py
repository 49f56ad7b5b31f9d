"""The statement of work of an issue, and every version it had."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from emdesk.people.models import User
from scoping.models import EstimateVersion, ScopingIssue
from sow.content import Content


class StatementQuerySet(models.QuerySet["StatementOfWork"]):
    def visible_to(self, user: User) -> Self:
        """Whoever sees the issue sees its statement of work."""
        return self.filter(issue__in=ScopingIssue.objects.visible_to(user))


StatementManager = models.Manager.from_queryset(StatementQuerySet)


class StatementOfWork(models.Model):
    """One for each issue. ``latest`` is the number of its newest version, which people edit.

    A change order is one of its own: ``amends`` is the SOW it changes, ``order`` its number there.
    """

    issue = models.OneToOneField(ScopingIssue, models.PROTECT, related_name="statement")
    latest = models.PositiveIntegerField(default=0)
    amends = models.ForeignKey("self", models.PROTECT, null=True, related_name="amendments")
    order = models.PositiveSmallIntegerField(null=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()

    objects: ClassVar[StatementManager[StatementOfWork]] = StatementManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["amends", "order"], name="sow_order_number"),
            models.CheckConstraint(
                condition=Q(amends=None, order=None) | Q(amends__isnull=False, order__gte=1),
                name="sow_order_of_a_sow",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("sow:statement", args=[self.issue_id])

    @property
    def number(self) -> str:
        """Never used again: keys are not."""
        if self.amends_id:
            return f"SOW-{self.amends_id:04d}-{self.order_name}"
        return f"SOW-{self.pk:04d}"

    @property
    def order_name(self) -> str:
        """How people call a change order: CO-1."""
        return f"CO-{self.order}" if self.order else ""

    @property
    def head(self) -> Version:
        rows = self.versions.select_related("saved_by", "estimate_version")
        return rows.get(number=self.latest)


class Version(models.Model):
    """A statement of work as somebody saved it; the database lets nobody change it.

    ``digest`` is the SHA-256 of the content. The estimate it was made from is pinned by key and
    hash. ``difference`` tells in words what changed since the version before.
    """

    statement = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    estimate_version = models.ForeignKey(EstimateVersion, models.PROTECT, related_name="+")
    estimate_digest = models.CharField(max_length=64)
    difference = models.JSONField(default=list)
    why = models.CharField(max_length=300, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="sow_version_number")
        ]

    def __str__(self) -> str:
        return f"v{self.number} of {self.statement}"

    def get_absolute_url(self) -> str:
        return reverse("sow:version", args=[self.statement.issue_id, self.number])

    @property
    def name(self) -> str:
        return f"v{self.number}"

    @cached_property
    def said(self) -> Content:
        return Content.read(self.content)
