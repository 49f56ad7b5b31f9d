"""The week's call: what an engagement manager says a quarter will bring, and a lead beside them.

Source: domain.md §10.1, §10.2. A line once said stays; who says it anew adds another.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from emdesk.fiscal import Quarter
from emdesk.people.models import User
from scoping.rules import reads_whole_win_rate


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User) -> Self:
        """All of them, for whoever reads the figures of everybody."""
        return self if reads_whole_win_rate(user) else self.none()


CallManager = models.Manager.from_queryset(CallQuerySet)


class Call(models.Model):
    """One week's call for one quarter: an engagement manager's, or without one the desk's.

    ``week`` is its Monday. ``reopened_at`` is set while a lead lets it be said after its lock.
    """

    quarter = models.CharField(max_length=4)
    week = models.DateField()
    engagement_manager: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="calls"
    )
    reopened_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[CallManager[Call]] = CallManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "engagement_manager", "week"],
                nulls_distinct=False,
                name="forecasting_call_once_a_week",
            )
        ]

    def __str__(self) -> str:
        return f"the call for {Quarter.parse(self.quarter).written}"

    def get_absolute_url(self) -> str:
        return reverse("forecasting:call", args=[self.quarter, self.engagement_manager_id or 0])

    @property
    def last_day(self) -> date:
        return date.fromordinal(self.week.toordinal() + 6)


class Kind(models.TextChoices):
    """Who says it: a lead's line stands beside an engagement manager's, never over it."""

    OWN = "own", "Engagement manager"
    LEAD = "lead", "Lead"


def _worth(**options: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(max_digits=16, decimal_places=2, **options)


class Submission(models.Model):
    """One line of a call. ``commit`` and ``best_case`` include what is surer, as figures do.

    ``computed_…`` is what deals added up to when it was said.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=4, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    commit = _worth()
    best_case = _worth()
    note = models.CharField(max_length=1_000, blank=True)
    late = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    computed_commit = _worth()
    computed_best_case = _worth()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["call", "kind", "-at"], name="forecasting_newest_line")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(commit__gte=0, best_case__gte=models.F("commit")),
                name="forecasting_submission_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values), name="forecasting_submission_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by}, {self.at:%Y-%m-%d}"
