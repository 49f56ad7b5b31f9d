"""Changes to a signed statement of work: change orders, and what is confirmed in writing alone.

Source: domain.md §11.4. An order is priced, drafted and signed as an issue and a SOW of its own.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from scoping.models import EstimateVersion, ScopingIssue
from sow.models.statement import StatementOfWork


class Case(models.TextChoices):
    """What changes, as it decides on which paper that is agreed."""

    MORE_SCOPE = "more_scope", "More budget for more scope"
    EXTENSION = "extension", "Longer by two months or more, same work"
    BILLING = "billing", "Between time and materials and a fixed fee"
    DOUBT = "doubt", "In doubt, above all on a fixed fee"
    SWAP = "swap", "Other scope within the same duration and budget"
    SHORT_EXTENSION = "short_extension", "Longer by less than two months"
    OTHER_WORK = "other_work", "Other activities, later, or by other people"


class Touch(models.TextChoices):
    SCOPE = "scope", "Scope"
    DATES = "dates", "Dates"
    PRICE = "price", "Price"
    BILLING = "billing", "Billing"


class ChangeOrder(models.Model):
    """``basis`` is the estimate both had signed when it began, which its change is counted from."""

    base = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="orders")
    issue = models.OneToOneField(ScopingIssue, models.PROTECT, related_name="change_order")
    number = models.PositiveSmallIntegerField()
    case = models.CharField(max_length=15, choices=Case)
    reason = models.CharField(max_length=500)
    touches = ArrayField(models.CharField(max_length=7, choices=Touch), default=list)
    basis = models.ForeignKey(EstimateVersion, models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["base", "number"], name="sow_change_order_number"),
            models.CheckConstraint(
                condition=Q(case__in=Case.values, number__gte=1) & ~Q(reason=""),
                name="sow_change_order_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} to {self.base}"

    @property
    def name(self) -> str:
        return f"CO-{self.number}"


class ChangeConfirmation(models.Model):
    """A change that needs no order: who agreed to it in writing, and where that can be read."""

    base = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="confirmations")
    case = models.CharField(max_length=15, choices=Case)
    what = models.CharField(max_length=500)
    who = models.CharField(max_length=120)
    evidence = models.CharField(max_length=300)
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(evidence=""), name="sow_confirmation_has_evidence"
            )
        ]

    def __str__(self) -> str:
        return self.what
