"""What the bar of every page says about the inbox."""

from __future__ import annotations

from django.utils.timezone import now

from emdesk.notifications.inbox import waiting
from emdesk.people.models import User


def unread(user: User) -> int:
    return waiting(user, now())
