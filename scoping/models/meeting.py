"""Meetings about an issue: internal syncs and scoping calls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import Q

from scoping.models.issue import ScopingIssue


class MeetingKind(models.TextChoices):
    INTERNAL_SYNC = "internal_sync", "Internal sync"
    SCOPING_CALL = "scoping_call", "Scoping call"


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def with_names(self) -> Self:
        """Each with the ``names`` of its people."""
        return self.annotate(names=ArrayAgg("people__name", filter=~Q(people=None), default=[]))


class Meeting(models.Model):
    """A planned or held meeting, with who came and what was said."""

    issue = models.ForeignKey(ScopingIssue, models.CASCADE, related_name="meetings")
    kind = models.CharField(max_length=20, choices=MeetingKind)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=60)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="meetings")
    guests = models.CharField(max_length=300, blank=True)
    place = models.CharField(max_length=300, blank=True)
    notes = models.TextField(max_length=20_000, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Meeting]] = models.Manager.from_queryset(MeetingQuerySet)()

    class Meta:
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["starts_at"], name="scoping_meeting_starts")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} about {self.issue_id}"

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)
