"""Lines of inboxes and digests: one person hears of one event."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from emdesk.ledger.models import Event
from emdesk.notifications.models.person import person
from emdesk.people.models import User


class NotificationQuerySet(models.QuerySet["Notification"]):
    def lying(self, user: User, at: datetime) -> Self:
        """What lies in this person's inbox: not done with, and not put off beyond now."""
        awake = Q(snoozed_until=None) | Q(snoozed_until__lte=at)
        return self.filter(awake, recipient=user, inbox=True, done_at=None)

    def unread(self) -> Self:
        return self.filter(seen_at=None)

    def to_digest(self) -> Self:
        return self.filter(digest=True, digested_at=None)


NotificationManager = models.Manager.from_queryset(NotificationQuerySet)


class Notification(models.Model):
    """One person hears of one event: in the inbox, in a digest, or both.

    ``because`` reads on from “You get this because”. ``meant_for`` is the person whose stand-in
    the recipient is. A second pass over the same event finds the ``key`` taken.
    """

    key = models.CharField(max_length=100, unique=True)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", db_constraint=False)
    recipient = person(db_index=False)
    meant_for = person(null=True)
    kind = models.CharField(max_length=30)
    because = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    at = models.DateTimeField()

    inbox = models.BooleanField()
    seen_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    digest = models.BooleanField()
    digested_at = models.DateTimeField(null=True)

    objects: ClassVar[NotificationManager[Notification]] = NotificationManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digested_at=None) | Q(digest=True),
                name="notifications_digested_was_to_be",
            ),
        ]
        indexes = [
            models.Index(
                fields=["recipient", "-at"],
                name="notifications_inbox",
                condition=Q(inbox=True, done_at=None),
            ),
            models.Index(
                fields=["recipient", "-done_at"],
                name="notifications_done",
                condition=Q(inbox=True, done_at__isnull=False),
            ),
            models.Index(
                fields=["recipient"],
                name="notifications_to_digest",
                condition=Q(digest=True, digested_at=None),
            ),
            models.Index(fields=["event"], name="notifications_of_event"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.recipient_id} about {self.subject_type} {self.subject_id}"
