"""What may go wrong with a deal, and what is done about it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from emdesk.people.models import User
from scoping.models.opportunity import Opportunity


class Grade(models.IntegerChoices):
    LOW = 1, "Low"
    MEDIUM = 2, "Medium"
    HIGH = 3, "High"


class RiskStatus(models.TextChoices):
    OPEN = "open", "Open"
    MITIGATED = "mitigated", "Mitigated"
    HAPPENED = "happened", "Happened"
    GONE = "gone", "Gone"


class Risk(models.Model):
    """One risk of a deal. Its history is the deal's."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="risks")
    text = models.CharField("what may go wrong", max_length=500)
    likelihood = models.PositiveSmallIntegerField(choices=Grade, default=Grade.MEDIUM)
    impact = models.PositiveSmallIntegerField(choices=Grade, default=Grade.MEDIUM)
    owner: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    mitigation = models.CharField("what is done about it", max_length=500, blank=True)
    status = models.CharField(max_length=9, choices=RiskStatus, default=RiskStatus.OPEN)

    class Meta:
        ordering = ["-status", "-likelihood", "-impact", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(likelihood__in=Grade.values, impact__in=Grade.values),
                name="scoping_risk_graded",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=RiskStatus.values), name="scoping_risk_status"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def open(self) -> bool:
        return self.status == RiskStatus.OPEN
