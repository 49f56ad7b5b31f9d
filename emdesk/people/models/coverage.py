"""Where we sell, and who works which part of it from when to when."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from emdesk.calendars.models import WorkingCalendar
from emdesk.people.models.kept import Kept, Verbs


class Segment(Kept):
    """A part of the market as the boards spell it, such as ``Ent_EMEA``."""

    verbs = Verbs("people.segment_added", "people.segment_changed", "people.segment_removed")

    name = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(
        "active", default=True, help_text="Switch off instead of deleting: old issues keep it."
    )
    calendar = models.ForeignKey(
        WorkingCalendar,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="segments",
        verbose_name="working calendar",
        help_text="For clocks of issues whose EM has chosen none.",
    )

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="people_segment_name",
                violation_error_message="There is a segment of this name.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name.replace("_", " ")


class Territory(Kept):
    """A sales territory, as the account's address places it."""

    verbs = Verbs("people.territory_added", "people.territory_changed", "people.territory_removed")

    name = models.CharField(max_length=80)
    segment = models.ForeignKey(
        Segment, models.PROTECT, null=True, blank=True, related_name="territories"
    )
    calendar = models.ForeignKey(
        WorkingCalendar,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="territories",
        verbose_name="working calendar",
        help_text="Empty: that of its segment.",
    )

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "territories"
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="people_territory_name",
                violation_error_message="There is a territory of this name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CoverageQuerySet(models.QuerySet["Coverage"]):
    def in_force(self, day: date) -> CoverageQuerySet:
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)


CoverageManager = models.Manager.from_queryset(CoverageQuerySet)


class Coverage(Kept):
    """A person works a territory or a segment from one day to another, both included."""

    verbs = Verbs("people.covered", "people.coverage_changed", "people.coverage_removed")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="coverage")
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="coverage"
    )
    segment = models.ForeignKey(
        Segment, models.PROTECT, null=True, blank=True, related_name="coverage"
    )
    since = models.DateField()
    until = models.DateField(
        null=True, blank=True, help_text="The last day. Empty: until further notice."
    )

    objects: ClassVar[CoverageManager[Coverage]] = CoverageManager()

    class Meta:
        ordering = ["since", "pk"]
        verbose_name_plural = "coverage"
        constraints = [
            models.CheckConstraint(
                name="people_coverage_in_order",
                condition=Q(until=None) | Q(until__gte=F("since")),
                violation_error_message="The last day is before the first.",
            ),
            models.CheckConstraint(
                name="people_coverage_of_something",
                condition=Q(territory__isnull=False) | Q(segment__isnull=False),
                violation_error_message="Choose a territory or a segment.",
            ),
        ]

    def __str__(self) -> str:
        parts = (self.territory, self.segment)
        return f"{self.user}: {', '.join(str(part) for part in parts if part)}"

    @property
    def subject(self) -> models.Model:
        return self.user
