"""What GitLab posted to this desk: kept first, applied afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2s
from typing import ClassVar, Self

from django.db import models

MOST_TRIES = 8
REASON = 300


class Delivered(models.TextChoices):
    WAITING = "waiting", "waiting"
    APPLIED = "applied", "applied"
    IGNORED = "ignored", "ignored"
    FAILED = "failed", "failed"


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def keep(self, *, key: str, event: str, body: str, at: datetime) -> bool:
        """Keep a delivery for later; False when it is here already."""
        told = {"event": event[:80], "body": body, "received_at": at, "due_at": at}
        _, new = self.get_or_create(key=key, defaults=told)
        return new

    def due(self, at: datetime) -> Self:
        return self.filter(state=Delivered.WAITING, due_at__lte=at).order_by("pk")


WebhookDeliveryManager = models.Manager.from_queryset(WebhookDeliveryQuerySet)


class WebhookDelivery(models.Model):
    """One delivery. Its body is kept until it is applied, or found to be of no interest.

    ``tries`` counts what went wrong; ``due_at`` is when it is tried next.
    """

    key = models.CharField(max_length=64, unique=True)
    event = models.CharField(max_length=80, blank=True)
    body = models.TextField(blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=Delivered, default=Delivered.WAITING)
    reason = models.CharField(max_length=REASON, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()

    objects: ClassVar[WebhookDeliveryManager[WebhookDelivery]] = WebhookDeliveryManager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=Delivered.values),
                name="scoping_webhook_known_state",
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="scoping_webhook_waiting",
                condition=models.Q(state=Delivered.WAITING),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.key[:8]}: {self.state}"

    def settle(self, state: Delivered, reason: str) -> None:
        self.state, self.reason, self.body = state, reason[:REASON], ""
        self.save(update_fields=["state", "reason", "body"])

    def fail(self, reason: str, at: datetime) -> None:
        """Try again after a while, each time a longer one, and at last no more."""
        self.tries += 1
        self.reason, self.due_at = reason[:REASON], at + timedelta(minutes=2**self.tries)
        self.state = Delivered.FAILED if self.tries >= MOST_TRIES else Delivered.WAITING
        self.save(update_fields=["tries", "reason", "due_at", "state"])


def key_of(*, idempotency: str, event: str, body: bytes) -> str:
    """What tells one delivery from another: a retry keeps its key, where GitLab sends one.

    Older versions send the event's own id; a hook set off by another hook shares it, so there the
    body counts too.
    """
    told = idempotency.encode() if idempotency else event.encode() + body
    return blake2s(told).hexdigest()
