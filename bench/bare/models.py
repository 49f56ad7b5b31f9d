"""The rows as they are copied from the desk."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Card(models.Model):
    """An issue with all that its page shows, in one row."""

    title = models.TextField()
    state = models.TextField()
    account = models.TextField()
    segment = models.TextField()
    manager = models.TextField()
    value = models.DecimalField(max_digits=12, decimal_places=2)
    due = models.DateField()
    description = models.TextField()
    next_step = models.TextField()
    current_state = models.TextField()
    em_status = models.TextField()
    waiting_on = models.TextField()
    services = ArrayField(models.TextField())
    agreement = models.TextField()
    communication_owner = models.TextField()
    services_calculator = models.BooleanField()
    created_at = models.DateTimeField()
    free_labels = ArrayField(models.TextField())
    entered_state_at = models.DateTimeField()
    territory = models.TextField()
    requester = models.TextField()
    architect = models.TextField()
    delivery = models.TextField()
    owner = models.TextField()
    opportunity = models.TextField()
    stage = models.TextField()
    close_date = models.DateField()
    place = models.IntegerField()
    unassigned = models.BooleanField()

    class Meta:
        db_table = "card"
        managed = False

    def __str__(self) -> str:
        return f"PS-{self.pk} {self.title}"


class Line(models.Model):
    """Something said or done about an issue, or one of its questions."""

    card = models.ForeignKey(Card, models.CASCADE, related_name="lines")
    at = models.DateTimeField()
    who = models.TextField()
    what = models.TextField()

    class Meta:
        db_table = "line"
        managed = False

    def __str__(self) -> str:
        return f"{self.who} {self.what}"


class Found(models.Model):
    """An issue, live or closed, with the words by which it is found."""

    title = models.TextField()
    account = models.TextField()
    segment = models.TextField()
    manager = models.TextField()
    state = models.TextField()
    outcome = models.TextField()
    next_step = models.TextField()
    entered_state_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        db_table = "found"
        managed = False

    def __str__(self) -> str:
        return f"PS-{self.pk} {self.title}"
