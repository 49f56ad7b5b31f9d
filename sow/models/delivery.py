"""What signature services posted to this desk: kept first, applied afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2s
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from sow.models.signing import Place

MOST_TRIES = 8
REASON = 300


class Outcome(models.TextChoices):
    WAITING = "waiting", "waiting"
    APPLIED = "applied", "applied"
    IGNORED = "ignored", "ignored"
    UNKNOWN = "unknown", "of an envelope nobody noted"
    FAILED = "failed", "failed"


class EnvelopeDeliveryQuerySet(models.QuerySet["EnvelopeDelivery"]):
    def keep(self, service: str, envelope: str, event: str, body: str, *, at: datetime) -> bool:
        """Keep a delivery for later; False when it is here already."""
        told: dict[str, Any] = {"envelope": envelope, "event": event[:80], "body": body}
        told |= {"received_at": at, "due_at": at}
        key = blake2s(f"{service} {body}".encode()).hexdigest()
        _, new = self.get_or_create(key=key, defaults={"service": service, **told})
        return new

    def due(self, at: datetime) -> Self:
        return self.filter(state=Outcome.WAITING, due_at__lte=at).order_by("pk")


EnvelopeDeliveryManager = models.Manager.from_queryset(EnvelopeDeliveryQuerySet)


class EnvelopeDelivery(models.Model):
    """One delivery. Its body is kept until it is applied; of an envelope nobody noted, for good."""

    service = models.CharField(max_length=10, choices=Place)
    key = models.CharField(max_length=64, unique=True)
    envelope = models.CharField(max_length=100)
    event = models.CharField(max_length=80, blank=True)
    body = models.TextField(blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(max_length=REASON, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()

    objects: ClassVar[EnvelopeDeliveryManager[EnvelopeDelivery]] = EnvelopeDeliveryManager()

    class Meta:
        verbose_name_plural = "envelope deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=Outcome.values), name="sow_delivery_known_state"
            )
        ]
        indexes = [
            models.Index(
                fields=["id"], name="sow_delivery_waiting", condition=Q(state=Outcome.WAITING)
            ),
            models.Index(fields=["service", "envelope"], name="sow_delivery_envelope"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.event} {self.envelope}: {self.state}"

    def settle(self, state: Outcome, reason: str) -> None:
        self.state, self.reason = state, reason[:REASON]
        self.body = self.body if state == Outcome.UNKNOWN else ""
        self.save(update_fields=["state", "reason", "body"])

    def fail(self, reason: str, at: datetime) -> None:
        """Try again after a while, each time a longer one, and at last no more."""
        self.tries += 1
        self.reason, self.due_at = reason[:REASON], at + timedelta(minutes=2**self.tries)
        self.state = Outcome.FAILED if self.tries >= MOST_TRIES else Outcome.WAITING
        self.save(update_fields=["tries", "reason", "due_at", "state"])
