"""What a version holds: services with their activities, SKUs with prices, and rules of thumb.

An item keeps its ``key`` from version to version: by it versions are compared, and estimates find
an item again. Source: domain.md §6.1, §6.2 and §6.5.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from emdesk.money import CURRENCIES, Money, in_short
from scoping.models.catalogue.rates import ResourceRole
from scoping.models.catalogue.version import CatalogueVersion
from scoping.states import Service

is_key = RegexValidator(
    r"^[a-z0-9]+(_[a-z0-9]+)*\Z", "Small letters and digits, parted by underscores: saas_sso_remote"
)
is_sku = RegexValidator(
    r"^[A-Z0-9+]+(-[A-Z0-9+]+)*\Z", "Capital letters, digits and plus, parted by hyphens: GL-BAS-R"
)


def words_field() -> models.TextField[str, str]:
    return models.TextField(max_length=2_000, blank=True)


class Category(models.TextChoices):
    CONSULTING = "consulting", "Consulting"
    EDUCATION = "education", "Education"


class OfferingType(models.TextChoices):
    """By category and type bookings and revenue are analysed."""

    MIGRATION = "migration", "Migration"
    IMPLEMENTATION = "implementation", "Implementation"
    INTEGRATION = "integration", "Integration"
    ADVISORY = "advisory", "Advisory"
    CI_CD = "ci_cd", "CI/CD"
    SECURITY = "security", "Security"
    DEVELOPMENT = "development", "Development"
    STANDARD = "standard", "Standard education"
    CUSTOM = "custom", "Custom education"


EDUCATION_TYPES = (OfferingType.STANDARD, OfferingType.CUSTOM)


class Pillar(models.TextChoices):
    SCM = "scm", "SCM consolidation"
    CI_CD = "ci_cd", "CI/CD modernization"
    DEVSECOPS = "devsecops", "DevSecOps transformation"
    VALUE_STREAM = "value_stream", "Value stream management"


class Maturity(models.TextChoices):
    PLANNED = "planned", "Planned"
    MINIMAL = "minimal", "Minimal"
    VIABLE = "viable", "Viable"
    COMPLETE = "complete", "Complete"
    LOVABLE = "lovable", "Lovable"


class Basis(models.TextChoices):
    """Where what an item says comes from."""

    PUBLIC = "public", "Public source"
    DEFAULT = "default", "Our default"
    DESK = "desk", "Set by this desk"


class Delivery(models.TextChoices):
    REMOTE = "remote", "Remote"
    ONSITE = "onsite", "On site"
    EITHER = "either", "Remote or on site"


class Unit(models.TextChoices):
    EACH = "each", "each"
    HOUR = "hour", "an hour"
    SEAT = "seat", "a seat"


class Item(models.Model):
    """One thing of a version, with where it comes from."""

    title = models.CharField(max_length=120)
    basis = models.CharField("where it comes from", max_length=7, choices=Basis, default=Basis.DESK)
    source = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class CatalogueService(Item):
    """A service: what it is, of which type, and in which questionnaire its answers are."""

    version = models.ForeignKey(CatalogueVersion, models.CASCADE, related_name="services")
    key = models.CharField(max_length=40, validators=[is_key])
    type = models.CharField(max_length=14, choices=OfferingType)
    questions = models.CharField("questions asked", max_length=20, choices=Service, blank=True)
    pillars = ArrayField(models.CharField(max_length=12, choices=Pillar), default=list, blank=True)
    maturity = models.CharField(max_length=8, choices=Maturity, default=Maturity.VIABLE)
    customer_text = words_field()

    class Meta:
        ordering = ["position", "key"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="scoping_service_key"),
            models.CheckConstraint(
                condition=Q(type__in=OfferingType.values), name="scoping_service_type"
            ),
        ]

    @property
    def category(self) -> Category:
        return Category.EDUCATION if self.type in EDUCATION_TYPES else Category.CONSULTING

    @property
    def pillar_names(self) -> list[str]:
        return [Pillar(each).label for each in self.pillars]


class CatalogueActivity(Item):
    """One piece of work of a service, as it goes into estimate and SOW.

    Its key names service, activity and delivery mode: ``saas_sso_configuration_remote``.
    """

    version = models.ForeignKey(CatalogueVersion, models.CASCADE, related_name="activities")
    service = models.ForeignKey(CatalogueService, models.CASCADE, related_name="activities")
    key = models.CharField(max_length=60, validators=[is_key])
    customer_text = words_field()
    deliverable = words_field()
    assumptions = words_field()
    exclusions = words_field()
    acceptance = words_field()

    class Meta:
        ordering = ["service__position", "position", "key"]
        verbose_name_plural = "activities"
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="scoping_activity_key"),
        ]


class RoleHours(models.Model):
    """Hours of one role for an activity: a base, and what the scoping answers add to it.

    hours = base + drivers, where ``drivers`` is a formula over the keys of questions (``B7 * 0.5``)
    or empty (domain.md §6.2). Nothing here works it out.
    """

    activity = models.ForeignKey(CatalogueActivity, models.CASCADE, related_name="hours")
    role = models.ForeignKey(ResourceRole, models.PROTECT, related_name="+")
    base = models.DecimalField(
        max_digits=7, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    drivers = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["role__position", "role_id"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "role"], name="scoping_hours_once"),
            models.CheckConstraint(condition=Q(base__gte=0), name="scoping_hours_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.role.name}: {self.spelled} h"

    @property
    def spelled(self) -> str:
        """Base and drivers as one sum: ``8 + B7 * 0.06``."""
        base = f"{self.base.normalize():f}" if self.base or not self.drivers else ""
        return " + ".join(part for part in (base, self.drivers) if part)


class Sku(Item):
    """Something sold by its name and price, without an estimate. No price: quoted each time."""

    version = models.ForeignKey(CatalogueVersion, models.CASCADE, related_name="skus")
    code = models.CharField("SKU", max_length=40, validators=[is_sku])
    service = models.ForeignKey(
        CatalogueService, models.CASCADE, null=True, blank=True, related_name="skus"
    )
    type = models.CharField(max_length=14, choices=OfferingType)
    delivery = models.CharField(max_length=6, choices=Delivery, default=Delivery.REMOTE)
    price = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="Empty: quoted each time.",
    )
    currency = models.CharField(
        max_length=3, choices=[(code, code) for code in CURRENCIES], default="USD"
    )
    unit = models.CharField(max_length=4, choices=Unit, default=Unit.EACH)
    hours = models.DecimalField(
        "hours included",
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    seats = models.PositiveSmallIntegerField(
        "learners included", null=True, blank=True, help_text="More learners take extra seats."
    )
    terms = models.CharField("duration and terms", max_length=300, blank=True)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = "SKU"
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="scoping_sku_code"),
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__gte=0), name="scoping_sku_price"
            ),
            models.CheckConstraint(
                condition=Q(type__in=OfferingType.values), name="scoping_sku_type"
            ),
        ]

    @property
    def key(self) -> str:
        return self.code

    @property
    def category(self) -> Category:
        return Category.EDUCATION if self.type in EDUCATION_TYPES else Category.CONSULTING

    @property
    def money(self) -> Money | None:
        return None if self.price is None else Money(self.price, self.currency)


class Guideline(Item):
    """A rule of thumb about a service, or with none about any estimate."""

    version = models.ForeignKey(CatalogueVersion, models.CASCADE, related_name="guidelines")
    service = models.ForeignKey(
        CatalogueService, models.CASCADE, null=True, blank=True, related_name="guidelines"
    )
    key = models.CharField(max_length=60, validators=[is_key])
    text = models.TextField(max_length=2_000)

    class Meta:
        ordering = ["position", "key"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="scoping_guideline_key"),
        ]


class PriceBand(models.Model):
    """What a service costs about, before scoping: for up to so many users and projects.

    Source: domain.md §6.4.
    """

    version = models.ForeignKey(CatalogueVersion, models.CASCADE, related_name="bands")
    service = models.ForeignKey(CatalogueService, models.CASCADE, related_name="bands")
    users = models.PositiveIntegerField("users, up to")
    projects = models.PositiveIntegerField("projects, up to")
    low = models.DecimalField(max_digits=12, decimal_places=2)
    high = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, default="USD")

    class Meta:
        ordering = ["users", "projects"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "users", "projects"], name="scoping_band_once"
            ),
            models.CheckConstraint(
                condition=Q(low__gt=0, high__gte=models.F("low")), name="scoping_band_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"up to {self.users:,} users and {self.projects:,} projects"

    @property
    def spelled(self) -> str:
        """Shortened: $30k to $40k."""
        return f"{in_short(self.low, self.currency)} to {in_short(self.high, self.currency)}"
