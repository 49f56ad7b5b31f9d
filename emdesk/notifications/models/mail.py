"""Mails, each to one address."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from emdesk.notifications.models.outgoing import Outgoing, OutgoingQuerySet
from emdesk.notifications.models.person import person


def mail_domain() -> str:
    """The part of our own address that is good for message ids."""
    found: str = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("<> ")
    return found or "emdesk"


def new_message_id() -> str:
    return f"<{uuid4()}@{mail_domain()}>"


class MailQuerySet(OutgoingQuerySet["Mail"]):
    """Mails."""


MailManager = models.Manager.from_queryset(MailQuerySet)


class Mail(Outgoing):
    """A mail as it was written. A copy that is sent again carries the same ``message_id``."""

    recipient = person(null=True)
    kind = models.CharField(max_length=30)
    address = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers: models.JSONField[Any, dict[str, str]] = models.JSONField(default=dict)
    message_id = models.CharField(max_length=200, default=new_message_id)

    objects: ClassVar[models.Manager[Mail]] = MailManager()

    class Meta(Outgoing.Meta):
        indexes = [
            *Outgoing.Meta.indexes,
            models.Index(fields=["recipient", "-id"], name="notifications_mail_to"),
            models.Index(
                fields=["event"],
                name="notifications_mail_of_event",
                condition=Q(event__isnull=False),
            ),
            models.Index(
                fields=["id"],
                name="notifications_mail_unknown",
                condition=Q(unknown_outcomes__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.address}"
