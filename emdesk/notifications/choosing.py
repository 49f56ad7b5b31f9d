"""Changing what a person wants to hear, and how; the ledger keeps that they did, not what."""

from __future__ import annotations

from datetime import datetime

from django.db.transaction import atomic

from emdesk.ledger.recording import record
from emdesk.notifications.kinds import By
from emdesk.notifications.models import Preferences
from emdesk.people.models import User


def preferences_of(user: User) -> Preferences:
    return Preferences.objects.filter(user=user).first() or Preferences(user=user)


@atomic
def choose(wishes: Preferences, *, by: User, at: datetime) -> None:
    wishes.full_clean(validate_unique=False)
    wishes.save()
    record(wishes.user, "notifications.chosen", by=by, at=at)


@atomic
def unsubscribe(user: User, kind: str, at: datetime) -> None:
    """No more mail of this kind; whoever held the link in the mail asked for it."""
    Preferences.objects.get_or_create(user=user)
    wishes = Preferences.objects.select_for_update().get(user=user)
    if wishes.wishes.get(kind, {}).get("mail") != By.NEVER:
        wishes.wish(kind, By.NEVER)
        choose(wishes, by=user, at=at)
