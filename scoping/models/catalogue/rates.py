"""What an hour is sold for, and what it costs: dated cards and sheets that are never changed.

A card or sheet holds from its day on until the next one; a correction is a new one for the same
day. Source: domain.md §6.2, §7.1 and §7.2, Q-27 and Q-28.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from emdesk.money import CURRENCIES, Money
from emdesk.people.models import User
from scoping.rules import reads_catalogue, reads_cost_rates

CENT = Decimal("0.01")
CODES = [(code, code) for code in CURRENCIES]


def rate_field() -> models.DecimalField[Decimal, Decimal]:
    """Money for an hour, above nothing."""
    return models.DecimalField(max_digits=8, decimal_places=2, validators=[MinValueValidator(CENT)])


class ResourceRole(models.Model):
    """Who does the work, as estimates and SOWs name them."""

    key = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField("offered", default=True)

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name


class Dated(models.Model):
    """What holds from a day on, who said so, when and why."""

    currency = models.CharField(max_length=3, choices=CODES, default="USD")
    effective_from = models.DateField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    set_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    made_in = models.BigIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


class RateCardQuerySet(models.QuerySet["RateCard"]):
    def visible_to(self, user: User) -> Self:
        return self if reads_catalogue(user) else self.none()

    def in_force(self, on: date) -> Self:
        """One card for each region and currency: the latest to take effect, the newest of a day."""
        begun = self.filter(effective_from__lte=on)
        return begun.order_by("region", "currency", "-effective_from", "-pk").distinct(
            "region", "currency"
        )


RateCardManager = models.Manager.from_queryset(RateCardQuerySet)


class RateCard(Dated):
    """Bill rates of a region in a currency: one rate for all roles, and rates of some by themselves.

    ``region`` is spelled as deals spell it (``EMEA``); empty for wherever there is no own card.
    """

    region = models.CharField(max_length=20, blank=True)
    rate = rate_field()

    objects: ClassVar[RateCardManager[RateCard]] = RateCardManager()

    class Meta:
        ordering = ["region", "currency", "-effective_from", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(rate__gt=0), name="scoping_card_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.place}, {self.currency}, from {self.effective_from:%-d %b %Y}"

    def get_absolute_url(self) -> str:
        return reverse("scoping:rate_card", args=[self.pk])

    @classmethod
    def current(cls, region: str, currency: str, on: date) -> RateCard | None:
        """The region's own card in this currency, else the one for everywhere else."""
        found = {
            card.region: card
            for card in cls.objects.in_force(on).filter(region__in=["", region], currency=currency)
        }
        return found.get(region) or found.get("")

    @property
    def place(self) -> str:
        return self.region or "Everywhere else"

    def rate_of(self, role: ResourceRole) -> Decimal:
        """Told without another query where ``own_rates`` is prefetched."""
        own = (each.rate for each in self.own_rates.all() if each.role_id == role.pk)
        return next(own, self.rate)


class BillRate(models.Model):
    """A role whose hour has a rate of its own."""

    card = models.ForeignKey(RateCard, models.CASCADE, related_name="own_rates")
    role = models.ForeignKey(ResourceRole, models.PROTECT, related_name="+")
    rate = rate_field()

    class Meta:
        ordering = ["role__position", "role_id"]
        constraints = [
            models.UniqueConstraint(fields=["card", "role"], name="scoping_bill_rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="scoping_bill_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {Money(self.rate, self.card.currency)}"


class CostSheetQuerySet(models.QuerySet["CostSheet"]):
    def visible_to(self, user: User) -> Self:
        return self if reads_cost_rates(user) else self.none()

    def in_force(self, on: date) -> Self:
        """One sheet for each currency."""
        begun = self.filter(effective_from__lte=on)
        return begun.order_by("currency", "-effective_from", "-pk").distinct("currency")


CostSheetManager = models.Manager.from_queryset(CostSheetQuerySet)


class CostSheet(Dated):
    """Standard cost from a quarter's first day on: pay with benefits over billable hours."""

    billable_hours = models.PositiveIntegerField(
        "billable hours a year", default=1_880, validators=[MinValueValidator(1)]
    )

    objects: ClassVar[CostSheetManager[CostSheet]] = CostSheetManager()

    class Meta:
        ordering = ["currency", "-effective_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(billable_hours__gt=0), name="scoping_cost_sheet_hours"
            ),
        ]

    def __str__(self) -> str:
        return f"Standard cost in {self.currency} from {self.effective_from:%-d %b %Y}"

    def get_absolute_url(self) -> str:
        return reverse("scoping:cost_sheet", args=[self.pk])

    @classmethod
    def current(cls, currency: str, on: date) -> CostSheet | None:
        return cls.objects.in_force(on).filter(currency=currency).first()

    def rate_of(self, role: ResourceRole) -> Decimal | None:
        """None for a role the sheet does not name; no query where ``rates`` is prefetched."""
        return next((each.rate for each in self.rates.all() if each.role_id == role.pk), None)


class CostRate(models.Model):
    """What an hour of a role costs: its average yearly cost over the sheet's billable hours."""

    sheet = models.ForeignKey(CostSheet, models.CASCADE, related_name="rates")
    role = models.ForeignKey(ResourceRole, models.PROTECT, related_name="+")
    yearly = models.DecimalField(
        "pay and benefits a year",
        max_digits=10,
        decimal_places=2,
        validators=[MinValueValidator(CENT)],
    )
    rate = rate_field()

    class Meta:
        ordering = ["role__position", "role_id"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "role"], name="scoping_cost_rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0, yearly__gt=0), name="scoping_cost_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {Money(self.rate, self.sheet.currency)}"
