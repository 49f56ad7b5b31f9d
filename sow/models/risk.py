"""Work at risk: work that begins before both parties have signed (domain.md §5.1 G17, §11.5)."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from emdesk.people.models import User
from scoping.models import ScopingIssue

AMOUNT = {"max_digits": 12, "decimal_places": 2}
HOURS = {"max_digits": 7, "decimal_places": 2}


def _person() -> models.ForeignKey[User, User]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")


def _perhaps() -> models.ForeignKey[User | None, User | None]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")


class Word(models.TextChoices):
    ASKED = "asked", "Asked"
    GRANTED = "granted", "Approved"
    REFUSED = "refused", "Refused"
    RECALLED = "recalled", "Recalled"


class WorkAtRisk(models.Model):
    """What is done before a signature, and what it may come to. Open until ``ended_at``."""

    issue = models.ForeignKey(ScopingIssue, models.PROTECT, related_name="work_at_risk")
    reason = models.CharField(max_length=500)
    hours = models.DecimalField(**HOURS)  # type: ignore[arg-type]
    price = models.DecimalField(**AMOUNT)  # type: ignore[arg-type]
    currency = models.CharField(max_length=3)
    asked_by = _person()
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = _perhaps()
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue"], condition=Q(ended_at=None), name="sow_risk_one_open"
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=0, price__gte=0, currency__regex="^[A-Z]{3}$")
                & ~Q(reason=""),
                name="sow_risk_planned",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(ended_why=""), name="sow_risk_ended_why"
            ),
        ]

    def __str__(self) -> str:
        return f"Work at risk of PS-{self.issue_id}"


class RiskTerm(models.Model):
    """How much may be at risk and until when, as it was asked and decided; each is a decision.

    ``warned`` are the warnings about it that were told already.
    """

    work = models.ForeignKey(WorkAtRisk, models.PROTECT, related_name="terms")
    number = models.PositiveSmallIntegerField()
    cap = models.DecimalField(**AMOUNT)  # type: ignore[arg-type]
    expires = models.DateField()
    reason = models.CharField(max_length=500)
    word = models.CharField(max_length=8, choices=Word, default=Word.ASKED)
    asked_by = _person()
    asked_at = models.DateTimeField()
    decided_by = _perhaps()
    decided_at = models.DateTimeField(null=True)
    warned = ArrayField(models.CharField(max_length=8), default=list)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["work", "number"], name="sow_risk_term_number"),
            models.UniqueConstraint(
                fields=["work"], condition=Q(word=Word.ASKED), name="sow_risk_one_asked"
            ),
            models.CheckConstraint(
                condition=Q(cap__gt=0, word__in=Word.values), name="sow_risk_cap"
            ),
            models.CheckConstraint(
                condition=~Q(word__in=[Word.GRANTED, Word.REFUSED])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="sow_risk_was_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"Term {self.number} of {self.work}"


class RiskEntry(models.Model):
    """Work that was done: its hours and what they would cost the customer.

    ``beyond``: whoever noted it knew that it was more, or later, than was approved.
    """

    work = models.ForeignKey(WorkAtRisk, models.PROTECT, related_name="entries")
    on = models.DateField()
    hours = models.DecimalField(**HOURS)  # type: ignore[arg-type]
    amount = models.DecimalField(**AMOUNT)  # type: ignore[arg-type]
    note = models.CharField(max_length=300, blank=True)
    beyond = models.BooleanField(default=False)
    by = _person()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gte=0, amount__gte=0) & (Q(hours__gt=0) | Q(amount__gt=0)),
                name="sow_risk_entry_says_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.amount}"


NOTHING = Decimal(0)
