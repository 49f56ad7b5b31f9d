"""What triage leaves behind while an issue waits: who put it off until when, and who was asked."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from emdesk.people.models import User
from scoping.models.issue import ScopingIssue
from scoping.models.meeting import Meeting


def person() -> models.ForeignKey[User, User]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")


class Awaited(models.TextChoices):
    """What may bring a snoozed issue back before its day."""

    ANSWER = "answer", "the requester answers"
    CALL = "call", "the scoping call begins"


class Snooze(models.Model):
    """Out of the triage queue until a day or an event; what a person does to it ends that too.

    ``number`` is the last event of the issue that does not wake it.
    """

    issue = models.OneToOneField(
        ScopingIssue, models.CASCADE, primary_key=True, related_name="snooze"
    )
    by = person()
    at = models.DateTimeField()
    until = models.DateField(null=True)
    awaited = models.CharField(max_length=10, choices=Awaited, blank=True)
    call = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="+")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=False) | ~Q(awaited=""), name="scoping_snooze_ends"
            ),
            models.CheckConstraint(
                condition=Q(awaited=Awaited.CALL, call__isnull=False)
                | (~Q(awaited=Awaited.CALL) & Q(call=None)),
                name="scoping_snooze_knows_its_call",
            ),
        ]

    def __str__(self) -> str:
        return f"PS-{self.issue_id} until {self.until or self.awaited}"


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def unsettled(self) -> Self:
        return self.filter(sent_at=None, parked_at=None, withdrawn_at=None)

    def due(self, at: datetime) -> Self:
        return self.unsettled().filter(next_at__lte=at).order_by("next_at", "pk")


class Inquiry(models.Model):
    """A mail that asks the requester what is missing, and how far it has got.

    It leaves at ``next_at``. Whoever sends it holds it by ``token`` until then; a copy sent twice
    carries the same ``message_id``. Parked: it could not be delivered.
    """

    issue = models.ForeignKey(ScopingIssue, models.PROTECT, related_name="inquiries")
    asker = person()
    recipient = person()
    address = models.EmailField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    message_id = models.CharField(max_length=200, unique=True)
    asked_at = models.DateTimeField()

    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Inquiry]] = models.Manager.from_queryset(InquiryQuerySet)()

    class Meta:
        verbose_name_plural = "inquiries"
        indexes = [
            models.Index(
                fields=["next_at"],
                name="scoping_inquiry_due",
                condition=Q(sent_at=None, parked_at=None, withdrawn_at=None),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None, parked_at=None)
                | Q(sent_at=None, withdrawn_at=None)
                | Q(parked_at=None, withdrawn_at=None),
                name="scoping_inquiry_ends_one_way",
            ),
            models.CheckConstraint(
                condition=Q(next_at__gte=F("asked_at")), name="scoping_inquiry_leaves_after_asking"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.address}"
