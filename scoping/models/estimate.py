"""Estimates: scenarios of one issue's price, their lines, and the versions that were sent."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from emdesk.people.models import User
from scoping.models.catalogue import CatalogueVersion, CostSheet, RateCard, ResourceRole
from scoping.models.catalogue.items import OfferingType
from scoping.models.issue import ScopingIssue

MOST_SCENARIOS = 5
MOST_LINES = 500
LARGEST = {"max_digits": 14, "decimal_places": 2}


class Pricing(models.TextChoices):
    """How the customer pays for hours (domain.md §6.2)."""

    FIXED_FEE = "ff", "Fixed fee"
    TIME_AND_MATERIALS = "tm", "Time and materials"


class RiskGrade(models.TextChoices):
    """How well a piece of work is known; what contingency it calls for (domain.md §6.2)."""

    NONE = "", "none"
    LOW = "low", "low"
    MEDIUM = "medium", "medium"
    HIGH = "high", "high"


RISK_PERCENT = {
    RiskGrade.NONE: Decimal(0),
    RiskGrade.LOW: Decimal(10),
    RiskGrade.MEDIUM: Decimal(20),
    RiskGrade.HIGH: Decimal(30),
}


class DeliveredBy(models.TextChoices):
    OWN = "own", "own staff"
    PARTNER = "partner", "partner"
    OTHER = "other", "other"


class Estimate(models.Model):
    """One scenario. ``token`` counts its changes: who saves names the one they saw.

    It pins the versions of catalogue and rates it was begun with; the currency stands once a
    version was sent.
    """

    issue = models.ForeignKey(ScopingIssue, models.PROTECT, related_name="estimates")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    primary = models.BooleanField(default=False)
    token = models.PositiveIntegerField(default=0)
    pricing = models.CharField(max_length=2, choices=Pricing, default=Pricing.FIXED_FEE)
    currency = models.CharField(max_length=3, default="USD")
    pm_percent = models.DecimalField(
        "project management", max_digits=5, decimal_places=2, default=Decimal(20)
    )
    discount_percent = models.DecimalField(
        "discount", max_digits=5, decimal_places=2, default=Decimal(0)
    )
    marketplace = models.BooleanField("sold on a marketplace", default=False)
    travel = models.DecimalField(
        "travel budget", max_digits=12, decimal_places=2, default=Decimal(0)
    )
    catalogue = models.ForeignKey(CatalogueVersion, models.PROTECT, null=True, related_name="+")
    rate_card = models.ForeignKey(RateCard, models.PROTECT, null=True, related_name="+")
    cost_sheet = models.ForeignKey(CostSheet, models.PROTECT, null=True, related_name="+")
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "position"], name="scoping_estimate_place"),
            models.UniqueConstraint(
                fields=["issue"], condition=Q(primary=True), name="scoping_estimate_one_primary"
            ),
            models.CheckConstraint(
                condition=Q(position__range=(1, MOST_SCENARIOS)), name="scoping_estimate_of_five"
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__range=(0, 100), pm_percent__range=(0, 100)),
                name="scoping_estimate_percentages",
            ),
            models.CheckConstraint(
                condition=Q(
                    travel__gte=0, pricing__in=Pricing.values, currency__regex="^[A-Z]{3}$"
                ),
                name="scoping_estimate_terms",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of PS-{self.issue_id}"

    def get_absolute_url(self) -> str:
        return reverse("scoping:scenario", args=[self.issue_id, self.position])


class EstimateLine(models.Model):
    """A row of the sheet: hours of a role, or so many of something that has a price.

    With a ``unit_price`` it is priced by the piece, else by its hours. ``formula`` gives the hours
    unless somebody typed others (``overridden``). ``rate`` and ``cost`` stand in for those of the
    rate card and the cost sheet. ``changed`` is the estimate's token at its last change.
    """

    estimate = models.ForeignKey(Estimate, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    phase = models.CharField(max_length=80, blank=True)
    title = models.CharField("activity", max_length=200, blank=True)
    key = models.CharField(max_length=60, blank=True)
    type = models.CharField(max_length=14, choices=OfferingType, blank=True)
    customer_text = models.TextField(max_length=2_000, blank=True)
    deliverable = models.TextField(max_length=2_000, blank=True)
    assumptions = models.TextField(max_length=2_000, blank=True)
    role = models.ForeignKey(ResourceRole, models.PROTECT, null=True, related_name="+")
    hours = models.DecimalField(max_digits=7, decimal_places=2, default=Decimal(0))
    low = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    high = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    formula = models.CharField(max_length=300, blank=True)
    overridden = models.BooleanField(default=False)
    risk = models.CharField(max_length=6, choices=RiskGrade, blank=True)
    rate = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    quantity = models.DecimalField(max_digits=7, decimal_places=2, default=Decimal(1))
    unit_price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    delivered_by = models.CharField(max_length=7, choices=DeliveredBy, default=DeliveredBy.OWN)
    cost = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    optional = models.BooleanField(default=False)
    changed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gte=0, quantity__gte=0)
                & (Q(unit_price=None) | Q(unit_price__gte=0))
                & (Q(rate=None) | Q(rate__gte=0))
                & (Q(cost=None) | Q(cost__gte=0)),
                name="scoping_line_not_negative",
            ),
            models.CheckConstraint(
                condition=(Q(low=None) | Q(low__gte=0)) & (Q(high=None) | Q(high__gte=0)),
                name="scoping_line_range",
            ),
            models.CheckConstraint(
                condition=Q(risk__in=RiskGrade.values, delivered_by__in=DeliveredBy.values),
                name="scoping_line_words",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EstimateStep(models.Model):
    """One change of an estimate as it can be taken back: what lines and terms were, and became.

    It holds costs too, so only :mod:`scoping.estimating.undoing` reads it. ``taken_back`` marks a
    step that was undone.
    """

    estimate = models.ForeignKey(Estimate, models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    by: models.ForeignKey[User, User] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    before = models.JSONField()
    after = models.JSONField()
    taken_back = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["estimate", "number"], name="scoping_step_number")
        ]

    def __str__(self) -> str:
        return f"{self.estimate_id}: {self.number}"


class MarginReason(models.Model):
    """Why a lead lets an estimate go below the floor; it says what it costs, so only those read it
    who see cost. It holds down to the margin it was given for, in percent, and no further."""

    estimate = models.ForeignKey(Estimate, models.PROTECT, related_name="margin_reasons")
    margin = models.DecimalField(max_digits=20, decimal_places=2)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.reason[:60]


class Addressee(models.TextChoices):
    ACCOUNT_TEAM = "account_team", "Account team, for review"
    CUSTOMER = "customer", "Customer"


class Standing(models.TextChoices):
    SENT = "sent", "Sent"
    ACCEPTED = "accepted", "Accepted"
    REWORK = "rework", "Rework asked"
    SUPERSEDED = "superseded", "Superseded"


class EstimateVersion(models.Model):
    """An estimate as it was sent; the database lets nobody change what it says.

    ``content`` is all that a customer may read, ``costs`` what only those may who see cost.
    ``digest`` is the SHA-256 of the content alone: over costs it would give them away.
    """

    issue = models.ForeignKey(ScopingIssue, models.PROTECT, related_name="estimate_versions")
    estimate = models.ForeignKey(Estimate, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    costs = models.JSONField()
    digest = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    list_total = models.DecimalField(**LARGEST)  # type: ignore[arg-type]
    final_total = models.DecimalField(**LARGEST)  # type: ignore[arg-type]
    sent_to = models.CharField(max_length=12, choices=Addressee)
    note = models.CharField(max_length=500, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.SENT)
    answer = models.CharField(max_length=500, blank=True)
    decided_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    links = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "number"], name="scoping_estimate_version_number"
            ),
            models.CheckConstraint(
                condition=Q(standing__in=Standing.values, sent_to__in=Addressee.values),
                name="scoping_estimate_version_words",
            ),
        ]

    def __str__(self) -> str:
        return f"Estimate v{self.number} of PS-{self.issue_id}"

    def get_absolute_url(self) -> str:
        return reverse("scoping:estimate_version", args=[self.issue_id, self.number])

    @property
    def name(self) -> str:
        return f"v{self.number}"

    @property
    def stands(self) -> bool:
        """Whether it may still be shown to a customer as what we estimate."""
        return self.standing in {Standing.SENT, Standing.ACCEPTED}

    @property
    def superseded(self) -> bool:
        return self.standing == Standing.SUPERSEDED
