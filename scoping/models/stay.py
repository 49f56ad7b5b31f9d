"""How long issues stay in each column: a projection of the ledger."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import connection, models
from django.db.models import Q

from emdesk.ledger.models import Event
from scoping.models.issue import ScopingIssue
from scoping.states import State

GOES_ON = """
WITH ended AS (
  UPDATE scoping_stay SET left_at = %(at)s
   WHERE issue_id = %(issue)s AND left_at IS NULL RETURNING id)
INSERT INTO scoping_stay (issue_id, state, entered_at)
SELECT %(issue)s, %(state)s, %(at)s FROM (SELECT count(*) FROM ended) AS once_it_is_ended
"""


class StayQuerySet(models.QuerySet["Stay"]):
    def under_way(self) -> Self:
        return self.filter(left_at=None)

    def follow(self, event: Event) -> None:
        """End the stay this move ends and begin the one it begins; a move back undoes that.

        A move to nowhere is the last of an issue that is here no more: its import was undone.
        """
        about = self.filter(issue_id=event.subject_id)
        if not event.after:
            about.delete()
        elif event.verb == "scoping.moved_back":
            about.under_way().delete()
            last = about.order_by("-pk").values("pk")[:1]
            about.filter(pk__in=last).update(left_at=None)
        else:
            with connection.cursor() as cursor:
                cursor.execute(
                    GOES_ON, {"issue": event.subject_id, "state": event.after, "at": event.at}
                )


class Stay(models.Model):
    """One time an issue spent in one column."""

    issue = models.ForeignKey(ScopingIssue, models.CASCADE, related_name="stays")
    state = models.CharField(max_length=30, choices=State)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Stay]] = models.Manager.from_queryset(StayQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issue"], condition=Q(left_at=None), name="scoping_stay_one_under_way"
            )
        ]
        indexes = [models.Index(fields=["state", "left_at"], name="scoping_stay_measured")]

    def __str__(self) -> str:
        return f"{self.issue_id} in {self.state} since {self.entered_at}"


class TypicalStay(models.Model):
    """What a stay in a column usually takes: median and 85th percentile, in days."""

    state = models.CharField(max_length=30, choices=State, unique=True)
    median_days = models.FloatField()
    p85_days = models.FloatField()
    stays = models.PositiveIntegerField()
    measured_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.state}: {self.median_days:.1f} d"
