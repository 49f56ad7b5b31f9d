"""The ledger: everything that happened, in order, never altered.

Each subject has a chain of its own: events are numbered from 1 and every event's hash covers
the one before it. The database numbers, chains and protects the rows (``ledger_event`` triggers),
so nothing written past the application goes unnoticed either.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q


class Origin(models.TextChoices):
    """Who let an event in. What was imported or made for the demo announces nothing."""

    PERSON = "person", "a person"
    SYSTEM = "system", "emdesk"
    IMPORT = "import", "an import"
    DEMO = "demo", "the demo"


class NumberFromDatabase(models.PositiveIntegerField):  # type: ignore[type-arg]
    db_returning = True


class TextFromDatabase(models.CharField):  # type: ignore[type-arg]
    db_returning = True


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, *subjects: models.Model) -> EventQuerySet:
        """Events of these subjects (all of one model), oldest first."""
        return self.filter(
            subject_type=subjects[0]._meta.label_lower,
            subject_id__in=[subject.pk for subject in subjects],
        ).order_by("subject_id", "number")

    def moves(self) -> EventQuerySet:
        return self.exclude(before=F("after"))


EventManager = models.Manager.from_queryset(EventQuerySet)


class Event(models.Model):
    """Something that happened to one subject: a move, an edit, a remark."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    number = NumberFromDatabase(default=0)
    verb = models.CharField(max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.PERSON)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True)
    transaction = models.BigIntegerField(default=0)
    before = models.CharField(max_length=30, blank=True)
    after = models.CharField(max_length=30, blank=True)
    data: models.JSONField[Any, dict[str, Any]] = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder
    )
    previous = models.CharField(max_length=64, blank=True)
    hash = TextFromDatabase(max_length=64, blank=True)

    objects: ClassVar[EventManager[Event]] = EventManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "number"], name="ledger_event_one_chain"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=Origin.values), name="ledger_event_known_origin"
            ),
        ]
        indexes = [
            models.Index(fields=["verb", "at"], name="ledger_event_verb_at"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} #{self.number}: {self.verb}"

    @property
    def moved(self) -> bool:
        return self.before != self.after


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    def due(self, at: datetime) -> DispatchQuerySet:
        return self.filter(dead_at=None, next_at__lte=at).order_by("event_id")


DispatchManager = models.Manager.from_queryset(DispatchQuerySet)


class Dispatch(models.Model):
    """An event nobody has been told of yet. Whoever makes its notices claims and deletes it.

    The database writes it with the event (``ledger_event_dispatch``), unless the event was
    imported or made for the demo. One that fails is tried again at ``next_at``, and is dead after
    several tries. Events never go, so the database need not hold the row to its event.
    """

    event = models.OneToOneField(
        Event, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    dead_at = models.DateTimeField(null=True)

    objects: ClassVar[DispatchManager[Dispatch]] = DispatchManager()

    class Meta:
        verbose_name_plural = "dispatches"

    def __str__(self) -> str:
        return f"Dispatch of event {self.event_id}"


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def beat(self, role: str, at: datetime) -> None:
        """Say that the loop of this role does its work."""
        self.bulk_create(
            [Heartbeat(role=role, at=at)],
            update_conflicts=True,
            unique_fields=["role"],
            update_fields=["at"],
        )


HeartbeatManager = models.Manager.from_queryset(HeartbeatQuerySet)


class Heartbeat(models.Model):
    """When a loop that does periodic work last did it, whoever ran it."""

    role = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    objects: ClassVar[HeartbeatManager[Heartbeat]] = HeartbeatManager()

    def __str__(self) -> str:
        return f"{self.role} at {self.at}"
