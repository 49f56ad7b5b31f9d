"""What triage leaves behind while an issue waits: who put it off, and until when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

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
