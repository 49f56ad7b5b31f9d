"""Where a clock can stand (domain.md §2.2; promises T1 to T4)."""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    BREACHED = "breached", "Overdue"
    MET = "met", "Met"
    LATE = "late", "Late"
    CANCELLED = "cancelled", "Cancelled"


BREACH = 100  # percent of the budget
LIVE = (State.RUNNING, State.PAUSED, State.BREACHED)
ENDED = (State.MET, State.LATE, State.CANCELLED)
