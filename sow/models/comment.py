"""What is said about one clause: by colleagues, who alone read it, and by people outside.

The two are kept apart, so that no page for a customer can come upon an internal word.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from emdesk.people.models import User
from sow.models.statement import StatementOfWork

LONGEST_BODY = 4_000
LONGEST_KEY = 100


class Remark(models.Model):
    """About the clause ``section``, as version ``version`` had it; open until it is resolved."""

    section = models.CharField(max_length=LONGEST_KEY)
    version = models.PositiveIntegerField()
    body = models.TextField(max_length=LONGEST_BODY)
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        abstract = True
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(body=""), name="%(app_label)s_%(class)s_says"),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="%(app_label)s_%(class)s_resolved_by",
            ),
        ]

    def __str__(self) -> str:
        return f"about {self.section} of v{self.version}"


class ClauseComment(Remark):
    """A colleague's."""

    statement = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    @property
    def author(self) -> str:
        return str(self.by)

    @property
    def settling(self) -> str:
        """Where it is resolved and opened again."""
        return reverse("sow:settle_comment", args=[self.statement.issue_id, self.pk])
