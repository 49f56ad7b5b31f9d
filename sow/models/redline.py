"""Changes that others want: of a colleague without the pen, of the customer, out of a Word file.

Each keeps who wrote it and when. What became of it stays beside it: nothing is flattened.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from emdesk.files.models import StoredFile
from emdesk.people.models import User
from sow.models.comment import LONGEST_KEY, Remark
from sow.models.pen import Proposal
from sow.models.statement import StatementOfWork

LONGEST_NAME = 200


class Source(models.TextChoices):
    PEN = "pen", "Written without the pen"
    LINK = "link", "By the customer's link"
    WORD = "word", "In Word"


class Verdict(models.TextChoices):
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    BY_HAND = "by_hand", "Done by hand"


class Part(models.TextChoices):
    """What of a clause a change is about."""

    TEXT = "text", "Text"
    TITLE = "title", "Title"
    CLAUSE = "clause", "The clause itself"


class Redline(models.Model):
    """``texts`` holds title and text of each changed clause as it went out, by the clause's key:
    places of changes count in these. ``by`` brought it in; nobody of ours did when None."""

    statement = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="redlines")
    version = models.PositiveIntegerField()
    source = models.CharField(max_length=4, choices=Source)
    author = models.CharField(max_length=LONGEST_NAME)
    by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    texts = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, related_name="redline")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"by {self.author}, over v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("sow:redline", args=[self.statement.issue_id, self.pk])


class RedlineChange(models.Model):
    """One change: ``old`` at ``start`` to ``end`` becomes ``new``. ``tracked`` is False for what a
    Word file changed without saying so. ``taken_in`` is the number of the version that has it."""

    redline = models.ForeignKey(Redline, models.PROTECT, related_name="changes")
    section = models.CharField(max_length=LONGEST_KEY)
    part = models.CharField(max_length=6, choices=Part, default=Part.TEXT)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    author = models.CharField(max_length=LONGEST_NAME)
    said_at = models.DateTimeField(null=True)
    tracked = models.BooleanField(default=True)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    decided_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    taken_in = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="", decided_by=None, decided_at=None, taken_in=None)
                | Q(
                    verdict__in=[Verdict.REJECTED, Verdict.BY_HAND],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    taken_in=None,
                )
                | Q(
                    verdict=Verdict.ACCEPTED,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    taken_in__isnull=False,
                ),
                name="sow_change_decided_whole",
            )
        ]

    def __str__(self) -> str:
        return f"“{self.old}” → “{self.new}”"


class OutsideComment(Remark):
    """Somebody's outside, as they sent it: in a Word file or by the customer's link."""

    statement = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="outside_comments")
    author = models.CharField(max_length=LONGEST_NAME)
    redline = models.ForeignKey(Redline, models.PROTECT, null=True, related_name="comments")
    link = models.ForeignKey("sow.ReviewLink", models.PROTECT, null=True, related_name="comments")

    @property
    def settling(self) -> str:
        """Where it is resolved and opened again."""
        return reverse("sow:settle_outside", args=[self.statement.issue_id, self.pk])
