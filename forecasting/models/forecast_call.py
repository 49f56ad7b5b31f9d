"""The forecast call everybody is in: when it was, who was there, what was decided.

Source: domain.md §10.1 (sales forecast calls), peers.md §2.8. What one engagement manager calls
for a week is a :class:`~forecasting.models.submission.Call`.
"""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from emdesk.fiscal import Quarter
from emdesk.people.models import User
from forecasting.rules import sees_forecast_calls
from scoping.models import Opportunity


class ForecastCallQuerySet(models.QuerySet["ForecastCall"]):
    def visible_to(self, user: User) -> Self:
        """All of them, for whoever reads everybody's calls and may read of the customers."""
        return self if sees_forecast_calls(user) else self.none()

    def under_way(self) -> Self:
        return self.filter(ended_at=None)

    def over(self) -> Self:
        return self.filter(ended_at__isnull=False)


class ForecastCall(models.Model):
    """One call about one quarter. ``since`` is when the one before ended: what changed later is its agenda."""

    quarter = models.CharField(max_length=4)
    since = models.DateTimeField()
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    participants = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="forecast_calls", blank=True
    )

    objects: ClassVar[models.Manager[ForecastCall]] = models.Manager.from_queryset(
        ForecastCallQuerySet
    )()

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["quarter"],
                condition=Q(ended_at=None),
                name="forecasting_one_call_under_way",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("begun_at")),
                name="forecasting_call_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"Forecast call for {Quarter.parse(self.quarter).written}"

    def get_absolute_url(self) -> str:
        return reverse("forecasting:forecast_call_record", args=[self.pk])


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self) -> Self:
        return self.filter(dropped_at=None)

    def to_do(self) -> Self:
        return self.standing().filter(done_at=None)


class Decision(models.Model):
    """What a call decided: about one deal, or in general; whose it is, and by when."""

    call = models.ForeignKey(ForecastCall, models.PROTECT, related_name="decisions")
    opportunity: models.ForeignKey[Opportunity | None, Opportunity | None] = models.ForeignKey(
        Opportunity, models.SET_NULL, null=True, blank=True, related_name="decisions"
    )
    text = models.CharField("decision", max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="forecast_decisions"
    )
    due = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Decision]] = models.Manager.from_queryset(DecisionQuerySet)()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(
                fields=["owner"],
                condition=Q(done_at=None, dropped_at=None),
                name="forecasting_decisions_to_do",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(dropped_at=None),
                name="forecasting_decision_ends_once",
            )
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return self.call.get_absolute_url()

    @property
    def told(self) -> str:
        """As one line: what, about which deal, whose, by when."""
        about = f" ({self.opportunity})" if self.opportunity else ""
        due = f", by {self.due:%-d %b %Y}" if self.due else ""
        return f"{self.text}{about}: {self.owner}{due}"
