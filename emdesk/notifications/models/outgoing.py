"""What leaves the desk by itself, and how far it has got: the same for mails and for Slack."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from emdesk.ledger.models import Event

Row = TypeVar("Row", bound=models.Model, covariant=True)
UNSETTLED = Q(sent_at=None, dead_at=None, withdrawn_at=None)


class OutgoingQuerySet(models.QuerySet[Row]):
    def unsettled(self) -> Self:
        return self.filter(UNSETTLED)

    def settled(self) -> Self:
        return self.exclude(UNSETTLED)

    def due(self, at: datetime) -> Self:
        return self.unsettled().filter(next_at__lte=at).order_by("next_at", "pk")

    def dead(self) -> Self:
        return self.filter(dead_at__isnull=False)

    def perhaps_doubled(self) -> Self:
        return self.filter(unknown_outcomes__gt=0)


class Outgoing(models.Model):
    """Something for one recipient, as it was written.

    It leaves at ``next_at``, first at ``leaves_at``. Whoever sends it holds it by ``token`` until
    ``next_at``. ``sending_since`` stands while it is handed over, so that a sender who died then
    is known of: such a row may have arrived, and ``unknown_outcomes`` counts that.
    """

    key = models.CharField(max_length=100, unique=True)
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    written_at = models.DateTimeField()
    leaves_at = models.DateTimeField()

    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    sending_since = models.DateTimeField(null=True)
    unknown_outcomes = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[Any]

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None, dead_at=None)
                | Q(sent_at=None, withdrawn_at=None)
                | Q(dead_at=None, withdrawn_at=None),
                name="%(app_label)s_%(class)s_ends_one_way",
            ),
            models.CheckConstraint(
                condition=Q(leaves_at__gte=F("written_at")),
                name="%(app_label)s_%(class)s_leaves_after_it_is_written",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"], name="%(app_label)s_%(class)s_due", condition=UNSETTLED
            ),
            models.Index(
                fields=["-dead_at"],
                name="%(app_label)s_%(class)s_dead",
                condition=Q(dead_at__isnull=False),
            ),
        ]

    @property
    def waits(self) -> bool:
        return not (self.sent_at or self.dead_at or self.withdrawn_at)
