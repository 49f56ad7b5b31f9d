"""Calendars people subscribe to."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Feed(models.Model):
    """That a person's calendar can be fetched by a secret address, of which only a hash is kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="feed"
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Calendar of {self.user_id}"
