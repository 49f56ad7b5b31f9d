"""What an issue was on the tracker it came from: its key, its own words and its labels there."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from scoping.models.issue import ScopingIssue


class Imported(models.Model):
    """The tracker's side of a scoping issue, kept as it was read.

    ``values`` is what the tracker said last for each field, so that what people changed here since
    is told apart and kept; ``facts`` is what has no field here; ``history`` its label and state
    events, oldest first, as [number, time, what, label]. ``conflict`` names labels that contradict each other: the issue counts
    in no win rate until a person decides. ``moves`` is how often the issue had moved when the
    tracker last had its say.
    """

    issue = models.OneToOneField(
        ScopingIssue, models.CASCADE, primary_key=True, related_name="imported"
    )
    project = models.CharField(max_length=255)
    iid = models.BigIntegerField()
    tracker_id = models.BigIntegerField(null=True, db_index=True)
    project_number = models.BigIntegerField(null=True, db_index=True)
    url = models.CharField(max_length=500, blank=True)
    title = models.TextField(blank=True)
    description = models.TextField(blank=True)
    author = models.CharField(max_length=120, blank=True)
    assignees = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    confidential = models.BooleanField(default=False)
    labels = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    conflict = models.CharField(max_length=300, blank=True)
    deal_id = models.CharField(max_length=40, blank=True, db_index=True)
    closed = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    values: models.JSONField[Any, dict[str, Any]] = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder
    )
    facts: models.JSONField[Any, dict[str, Any]] = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder
    )
    history: models.JSONField[Any, list[list[Any]]] = models.JSONField(
        default=list, encoder=DjangoJSONEncoder
    )
    fingerprint = models.CharField(max_length=32)
    moves = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "iid"], name="scoping_imported_one_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project}#{self.iid}"

    @property
    def moved_here(self) -> bool:
        """Somebody moved it here since the tracker last had its say."""
        return self.issue.moves != self.moves

    @property
    def undecided(self) -> bool:
        """Its labels contradict each other, and nobody has decided here yet."""
        return bool(self.conflict) and not self.issue.outcome and not self.moved_here
