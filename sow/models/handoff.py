"""The hand-off of a signed engagement to delivery: what goes with it, who has done what.

Source: domain.md §11.1 to §11.3. Skills, languages, time zones and wished dates are those of the
project scheduling intake.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from emdesk.people.models import User
from sow.models.statement import StatementOfWork


class Stand(models.TextChoices):
    PREPARING = "preparing", "In preparation"
    HANDED = "handed", "With the project manager"
    RETURNED = "returned", "Back with questions"
    ACCEPTED = "accepted", "Accepted"


class Meets(models.TextChoices):
    """What has to take place before delivery begins."""

    INTRODUCTION = "introduction", "Introduce the project manager to the customer"
    TRANSITION = "transition", "Internal transition meeting"
    PREP_CALL = "prep_call", "Prep call with the customer"


class Ready(models.TextChoices):
    UNKNOWN = "unknown", "Unknown"
    READY = "ready", "Ready"
    NOT_READY = "not_ready", "Not ready"


def _words(label: str) -> models.TextField[str, str]:
    return models.TextField(label, blank=True, max_length=5_000)


def _person() -> models.ForeignKey[User | None, User | None]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")


class Handoff(models.Model):
    """One for each SOW. Nobody opened it when it opened by itself."""

    statement = models.OneToOneField(StatementOfWork, models.PROTECT, related_name="handoff")
    stand = models.CharField(max_length=9, choices=Stand, default=Stand.PREPARING)
    availability = _words("who is free when")
    timing = _words("what the customer expects of timing")
    promised = _words("risks promised away")
    contacts = _words("contacts, and who decides")
    specials = _words("what was agreed specially")
    growth = _words("where it may grow")
    opened_by = _person()
    opened_at = models.DateTimeField()
    handed_by = _person()
    handed_at = models.DateTimeField(null=True)
    answered_by = _person()
    answered_at = models.DateTimeField(null=True)
    questions = models.TextField(blank=True, max_length=2_000)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stand__in=Stand.values), name="sow_handoff_stand"),
            models.CheckConstraint(
                condition=Q(stand=Stand.PREPARING) | Q(handed_at__isnull=False),
                name="sow_handoff_was_handed",
            ),
            models.CheckConstraint(
                condition=~Q(stand__in=[Stand.RETURNED, Stand.ACCEPTED])
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="sow_handoff_was_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"Hand-off of {self.statement}"


class HandoffTask(models.Model):
    """A meeting with the day it is due, and the day it took place."""

    handoff = models.ForeignKey(Handoff, models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=12, choices=Meets)
    due = models.DateField()
    done_on = models.DateField(null=True)
    done_by = _person()

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["handoff", "kind"], name="sow_handoff_each_once"),
            models.CheckConstraint(condition=Q(kind__in=Meets.values), name="sow_handoff_meets"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Readiness(models.Model):
    """The answer to one question about how ready the customer is; ``key`` is the question's."""

    handoff = models.ForeignKey(Handoff, models.PROTECT, related_name="answers")
    key = models.CharField(max_length=30)
    stand = models.CharField(max_length=9, choices=Ready)
    owner = models.CharField(max_length=120, blank=True)
    due = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handoff", "key"], name="sow_readiness_once"),
            models.CheckConstraint(condition=Q(stand__in=Ready.values), name="sow_readiness_stand"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.get_stand_display()}"
