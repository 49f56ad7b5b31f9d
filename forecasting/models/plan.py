"""What is to be reached in a quarter: bookings and revenue (domain.md §10.4, §13)."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from emdesk.people.models import User
from scoping.rules import reads_whole_win_rate


def sum_field(name: str, help_text: str = "") -> models.DecimalField[Any, Any]:
    return models.DecimalField(
        name, max_digits=14, decimal_places=2, null=True, blank=True, help_text=help_text
    )


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: User) -> Self:
        """All of them, for whoever reads the figures of everybody."""
        return self if reads_whole_win_rate(user) else self.none()


PlanManager = models.Manager.from_queryset(PlanQuerySet)


class Plan(models.Model):
    """The plan of one engagement manager in one region for a quarter.

    Without an engagement manager it is the region's own, which stands above the sum of its
    people's. What is not told is null, which is not nothing.
    """

    quarter = models.CharField(max_length=4)
    region = models.CharField(max_length=80, blank=True)
    engagement_manager: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="plans"
    )
    bookings = sum_field("bookings")
    revenue = sum_field("PCV revenue")
    recognised = sum_field("PCV revenue so far", "As finance tells it.")
    currency = models.CharField(max_length=3)

    objects: ClassVar[PlanManager[Plan]] = PlanManager()

    class Meta:
        ordering = ["quarter", "region", "engagement_manager__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "region", "engagement_manager"],
                nulls_distinct=False,
                name="forecasting_plan_once",
            ),
            models.CheckConstraint(
                condition=models.Q(bookings__isnull=True) | models.Q(bookings__gte=0),
                name="forecasting_plan_of_something",
            ),
        ]

    def __str__(self) -> str:
        whose = self.engagement_manager or "the region"
        return f"{self.quarter} {self.region or 'No region'}, {whose}"

    def get_absolute_url(self) -> str:
        return reverse("forecasting:plans", args=[self.quarter])
