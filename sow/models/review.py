"""The customer's link to one version: who got it, until when, what came of it, who looked."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from emdesk.people.models import User
from sow.models.redline import LONGEST_NAME
from sow.models.statement import StatementOfWork, Version


class Answer(models.TextChoices):
    LOOKS_GOOD = "looks_good", "Looks good"
    CHANGES = "changes", "Changes sent"


class ReviewLink(models.Model):
    """Only a hash of its secret is kept. ``words`` is the wording proposed and not sent yet, by
    the clause's key. A link to an older version than the newest one sent opens no more."""

    statement = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="review_links")
    version = models.ForeignKey(Version, models.PROTECT, related_name="review_links")
    name = models.CharField(max_length=LONGEST_NAME)
    email = models.EmailField()
    digest = models.CharField(max_length=64, unique=True)
    message = models.CharField(max_length=1_000, blank=True)
    due_date = models.DateField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    words = models.JSONField(default=dict)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | Q(answer__in=Answer.values, answered_at__isnull=False),
                name="sow_review_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="sow_review_revoked_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version.name} for {self.name}"

    def closed(self, at: datetime) -> str:
        """Why it opens no more; empty while it does."""
        rows = self.statement.review_links.order_by("-version__number")
        return self.closed_beside(rows.values_list("version__number", flat=True)[0], at)

    def closed_beside(self, newest: int, at: datetime) -> str:
        """The same, when the newest version that was sent is known."""
        if self.revoked_at:
            return "was taken back"
        if self.expires_at <= at:
            return "has expired"
        return "was superseded by a newer version" if self.version.number < newest else ""


class ReviewVisit(models.Model):
    """Somebody came by a link, and what they did. A hint, for mail scanners come too."""

    link = models.ForeignKey(ReviewLink, models.PROTECT, related_name="visits")
    at = models.DateTimeField()
    what = models.CharField(max_length=20)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.what} at {self.at}"
