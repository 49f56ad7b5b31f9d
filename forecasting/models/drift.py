"""Where the desk and the CRM say different things of a deal: a projection of the ledger."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from emdesk.people.models import User
from scoping.models import Opportunity, ScopingIssue


class DriftQuerySet(models.QuerySet["Drift"]):
    def under_way(self) -> Self:
        return self.filter(ended_at=None)

    def visible_to(self, user: User) -> Self:
        """As the issue is."""
        return self.filter(issue__in=ScopingIssue.objects.visible_to(user))


class Drift(models.Model):
    """From when to when an issue and its opportunity disagreed by one rule.

    ``mended`` says that what they told agreed again; a rule that was dropped mends nothing.
    """

    issue = models.ForeignKey(ScopingIssue, models.CASCADE, related_name="drifts")
    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="+")
    rule = models.CharField(max_length=60)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    mended = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Drift]] = models.Manager.from_queryset(DriftQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "rule"], condition=Q(ended_at=None), name="drift_one_under_way"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, mended=False) | Q(ended_at__gte=F("began_at")),
                name="drift_ends_after_it_began",
            ),
        ]
        indexes = [models.Index(fields=["rule", "ended_at"], name="drift_of_a_rule")]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.rule} since {self.began_at}"
