"""Who may say what is posted to Slack, and saying it. The ledger keeps that, never the webhook."""

from __future__ import annotations

from datetime import datetime

from django.db.transaction import atomic

from emdesk.ledger.recording import record
from emdesk.notifications.models import SlackChannel
from emdesk.people.models import Role, User


def sees_to_channels(user: User) -> bool:
    return user.leads or user.has(Role.ADMIN)


@atomic
def keep(channel: SlackChannel, changed: list[str], *, by: User, at: datetime) -> None:
    """Save a new or changed channel; ``changed`` names what of it."""
    verb = "channel_changed" if channel.pk else "channel_added"
    channel.save()
    record(channel, f"notifications.{verb}", by=by, at=at, name=channel.name, fields=changed)
