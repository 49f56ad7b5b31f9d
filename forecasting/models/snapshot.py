"""What a deal was on a day, so that the roll-up of that day can be told again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models

from emdesk.money import in_full
from emdesk.people.models import Segment, User
from scoping.models import Confidence, ForecastCategory, Opportunity, Stage
from scoping.models.opportunity import amount_field
from scoping.quarters import on_days
from scoping.rules import sees_every_issue


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def visible_to(self, user: User) -> Self:
        """A snapshot is visible exactly when its deal is."""
        if sees_every_issue(user):
            return self
        return self.filter(opportunity__in=Opportunity.objects.visible_to(user).values("pk"))

    def closing_in(self, spans: Sequence[tuple[date, date]]) -> Self:
        """Dated, on the day they were taken, in one of these spans of days."""
        return self.filter(on_days("close_date", spans))

    def open(self) -> Self:
        return self.exclude(stage=Stage.WON)


SnapshotManager = models.Manager.from_queryset(SnapshotQuerySet)


class Snapshot(models.Model):
    """A deal as it stood when ``date`` was over, by the clock of the fiscal calendar.

    Kept of every open deal, and of those won since the quarter of that day began. Its columns are
    named as those of categorised deals, so that the same totals add both up. ``category`` is the
    one in the deal's own quarter; ``desk_value`` is null without a rate or a value. What an import
    brought and was taken back with it leaves no snapshot.
    """

    date = models.DateField()
    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="snapshots")
    engagement_manager: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    segment = models.ForeignKey(
        Segment, models.PROTECT, null=True, related_name="+", db_index=False
    )
    region = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=80, blank=True)
    product = models.CharField(max_length=80, blank=True)
    stage = models.CharField(max_length=4, choices=Stage)
    confidence = models.CharField(max_length=5, choices=Confidence)
    forecast_category = models.CharField(max_length=10, choices=ForecastCategory, blank=True)
    category = models.CharField(max_length=10, choices=ForecastCategory)
    close_date = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    booking_value = amount_field("booking value")
    desk_value = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    desk_currency = models.CharField(max_length=3)
    weight_in_quarter = models.DecimalField(max_digits=4, decimal_places=3)
    weight_any_quarter = models.DecimalField(max_digits=4, decimal_places=3)

    objects: ClassVar[SnapshotManager[Snapshot]] = SnapshotManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["date", "opportunity"], name="forecasting_snapshot_one_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(stage__in=Stage.values), name="forecasting_snapshot_known_stage"
            ),
            models.CheckConstraint(
                condition=models.Q(category__in=ForecastCategory.values),
                name="forecasting_snapshot_known_category",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id} on {self.date}"

    @property
    def worth(self) -> str:
        """Spelled, in the currency figures were told in."""
        value = self.desk_value
        return "—" if value is None else in_full(value, self.desk_currency)
