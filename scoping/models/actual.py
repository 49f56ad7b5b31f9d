"""What an engagement took in the end: the hours its project manager tells at the close."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from scoping.models.issue import ScopingIssue


class ActualHours(models.Model):
    """As the closeout report has them (domain.md §7.2). Their history is the issue's."""

    issue = models.OneToOneField(ScopingIssue, models.CASCADE, related_name="actual_hours")
    hours = models.DecimalField(max_digits=8, decimal_places=2)
    lessons = models.CharField(max_length=500, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hours__gte=0), name="scoping_actual_hours")
        ]

    def __str__(self) -> str:
        return f"{self.hours} h of PS-{self.issue_id}"
