"""How requests and their steps stand, and what is said to them."""

from __future__ import annotations

from django.db import models


class Standing(models.TextChoices):
    """How a request stands."""

    WAITING = "waiting", "Waiting"
    APPROVED = "approved", "Approved"
    SENT_BACK = "sent_back", "Changes asked"
    REJECTED = "rejected", "Rejected"
    RECALLED = "recalled", "Recalled"
    SUPERSEDED = "superseded", "Replaced"


class Verdict(models.TextChoices):
    APPROVED = "approved", "Approve"
    SENT_BACK = "sent_back", "Ask for changes"
    REJECTED = "rejected", "Reject"


class Turn(models.TextChoices):
    """How one step of a request stands."""

    LATER = "later", "Not its turn yet"
    ASKED = "asked", "Asked"
    APPROVED = "approved", "Approved"
    SENT_BACK = "sent_back", "Changes asked"
    REJECTED = "rejected", "Rejected"
    DROPPED = "dropped", "Not decided"
