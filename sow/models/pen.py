"""The pen of a statement of work: whose turn it is to change it (domain.md §9.2).

One side holds it at a time. On our side a person does, and loses it after idle minutes; with the
account team or the customer it lies until it comes back.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from emdesk.people.models import User
from sow.models.statement import StatementOfWork


class Side(models.TextChoices):
    EM = "em", "Engagement manager"
    LEGAL = "legal", "Legal"
    ACCOUNT_TEAM = "account_team", "Account team"
    CUSTOMER = "customer", "Customer"


PARTIES = (Side.ACCOUNT_TEAM, Side.CUSTOMER)


class Pen(models.Model):
    """One turn. ``version`` was the newest when it began, ``last_version`` when it ended."""

    statement = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="pens")
    side = models.CharField(max_length=12, choices=Side)
    holder: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField()
    last_version = models.PositiveIntegerField(null=True)
    taken_at = models.DateTimeField()
    renewed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-taken_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement"], condition=Q(released_at=None), name="sow_one_pen"
            ),
            models.CheckConstraint(
                condition=Q(side__in=PARTIES, holder=None)
                | Q(side__in=(Side.EM, Side.LEGAL), holder__isnull=False),
                name="sow_pen_in_a_hand",
            ),
        ]

    def __str__(self) -> str:
        return str(self.holder) if self.holder else self.get_side_display().lower()


class PenRequest(models.Model):
    """Somebody asks for the pen; one asks at a time, until the pen is free or changes hands."""

    statement = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="requests")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement"], condition=Q(answered_at=None), name="sow_one_request"
            )
        ]

    def __str__(self) -> str:
        return f"{self.by} asks"


class Proposal(models.Model):
    """Words somebody wrote who had lost the pen: kept for whoever holds it."""

    statement = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="proposals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveIntegerField()
    typed = models.JSONField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"by {self.by}, over v{self.version}"
