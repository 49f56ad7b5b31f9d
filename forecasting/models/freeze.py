"""A quarter that is closed: its figures as they were then, and each later correction."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse

from emdesk.fiscal import Quarter
from emdesk.ledger.models import Event
from emdesk.people.models import User
from scoping.rules import reads_whole_win_rate
from scoping.states import Outcome
from scoping.win_rate import Tally


class FreezeQuerySet(models.QuerySet["Freeze"]):
    def visible_to(self, user: User) -> Self:
        """All of them, for whoever reads the figures of everybody."""
        return self if reads_whole_win_rate(user) else self.none()


class Freeze(models.Model):
    """``figures``: by basis the fields of a tally, under ``ends`` what became of the CRM's deals.

    ``note`` says what was left open, and why that is right.
    """

    quarter = models.CharField(max_length=4, unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.CharField(max_length=1_000, blank=True)
    figures: models.JSONField[Any, dict[str, Any]] = models.JSONField(encoder=DjangoJSONEncoder)

    objects: ClassVar[models.Manager[Freeze]] = models.Manager.from_queryset(FreezeQuerySet)()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{Quarter.parse(self.quarter).written}, frozen"

    def get_absolute_url(self) -> str:
        return reverse("forecasting:quarter_close", args=[self.quarter])

    def tally(self, basis: str) -> Tally:
        """What closed in it, as it was."""
        told = self.figures[basis]
        worths = {
            name: None if told[name] is None else Decimal(told[name])
            for name in ("won_value", "lost_value")
        }
        return Tally(self.quarter, **told | worths)


class Amendment(models.Model):
    """An issue counts otherwise in a frozen quarter since ``event``, which says who and why.

    ``was`` and ``now`` are outcomes; empty is not counted in this quarter.
    """

    freeze = models.ForeignKey(Freeze, models.PROTECT, related_name="amendments")
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", db_constraint=False)
    was = models.CharField(max_length=4, choices=Outcome, blank=True)
    now = models.CharField(max_length=4, choices=Outcome, blank=True)

    class Meta:
        ordering = ["event"]
        constraints = [
            models.UniqueConstraint(
                fields=["freeze", "event"], name="forecasting_amended_once_by_an_event"
            ),
            models.CheckConstraint(
                condition=~models.Q(was=models.F("now")), name="forecasting_amendment_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.was or 'not counted'} → {self.now or 'not counted'}"
