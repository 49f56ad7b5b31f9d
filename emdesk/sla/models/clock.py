"""A promise being timed for one subject: a projection of the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from emdesk.calendars.hours import Timetable
from emdesk.calendars.models import CalendarVersion
from emdesk.sla.models.policy import Policy
from emdesk.sla.states import ENDED, LIVE, State
from emdesk.subjects import AboutQuerySet


class ClockQuerySet(AboutQuerySet["Clock"]):
    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def due_for_a_mark(self, at: datetime) -> Self:
        """Somebody is to be told, and the clock does not rest after a failure."""
        awake = Q(resting_until=None) | Q(resting_until__lte=at)
        return self.filter(awake, next_at__lte=at)

    def in_order_of_time_left(self) -> Self:
        """What is overdue longest first, what stands still last."""
        return self.order_by(models.F("due_at").asc(nulls_last=True), "pk")


ClockManager = models.Manager.from_queryset(ClockQuerySet)


class Clock(models.Model):
    """One time a promise was made to one subject, from its start to its end.

    ``number`` is that of the event it started with, ``noted`` the marks that were announced or,
    for what came from elsewhere, passed before it was known here. ``due_at`` is empty while a
    pause keeps it open. The row says what the ledger says, apart from
    what the sweep keeps: how often it failed on this clock, and until when it leaves it alone.
    """

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    key = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="clocks", db_index=False)
    calendar = models.ForeignKey(
        CalendarVersion, models.PROTECT, null=True, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=State)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    pauses: models.JSONField[Any, list[list[Any]]] = models.JSONField(default=list)
    legs: models.JSONField[Any, list[list[str]]] = models.JSONField(default=list)
    turn = models.CharField(max_length=30, blank=True)
    noted = ArrayField(models.PositiveSmallIntegerField(), default=list)
    next_at = models.DateTimeField(null=True)
    stumbles = models.PositiveSmallIntegerField(default=0)
    resting_until = models.DateTimeField(null=True)

    objects: ClassVar[ClockManager[Clock]] = ClockManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "key", "number"], name="sla_clock_one_start"
            ),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "key"],
                condition=Q(state__in=LIVE),
                name="sla_clock_one_live",
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="sla_clock_known_state"
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, stopped_at=None)
                | Q(state__in=ENDED, stopped_at__isnull=False),
                name="sla_clock_ended_at_a_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="sla_clock_next", condition=Q(next_at__isnull=False)
            ),
            models.Index(fields=["due_at"], name="sla_clock_due", condition=Q(state__in=LIVE)),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.subject_type} {self.subject_id}, {self.state}"

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def counts_in(self) -> Timetable | None:
        return timetable_of(self.calendar) if self.calendar else None

    @property
    def spells(self) -> list[tuple[datetime, datetime | None]]:
        """When it stood still: beginning and end of each pause; one that goes on has no end."""
        return spells_of(self.pauses)

    @property
    def reasoned(self) -> list[tuple[datetime, datetime | None, list[str]]]:
        """Each pause with its reasons."""
        return [
            (datetime.fromisoformat(begin), datetime.fromisoformat(end) if end else None, why)
            for begin, end, why in self.pauses
        ]


def spells_of(pauses: list[list[Any]]) -> list[tuple[datetime, datetime | None]]:
    """Stored pauses as moments."""
    return [
        (datetime.fromisoformat(begin), datetime.fromisoformat(end) if end else None)
        for begin, end, _ in pauses
    ]


_timetables: dict[tuple[int, str], Timetable] = {}


def timetable_of(version: CalendarVersion) -> Timetable:
    """The timetable of a version, which never changes; made once."""
    key = (version.pk, str(version.since))
    if key not in _timetables:
        _timetables[key] = version.timetable
    return _timetables[key]


class CountsIn(models.Model):
    """The calendar a clock counts in as it was then, settled when it started and kept ever after.

    No projection: which calendar a person had at a moment stands nowhere else.
    """

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    key = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    calendar = models.ForeignKey(CalendarVersion, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name_plural = "calendars clocks count in"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "key", "number"],
                name="sla_counts_in_of_a_clock",
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.key} of {self.subject_type} {self.subject_id}"
