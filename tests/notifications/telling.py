"""Announcing in tests, and what people were told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from emdesk.clock import database_now
from emdesk.ledger.models import Event
from emdesk.ledger.recording import record
from emdesk.notifications.fanning import fan_out
from emdesk.notifications.kinds import By, kinds
from emdesk.notifications.models import Mail, Notification, Preferences
from emdesk.people.models import Absence, User
from tests.factories import NOON


def announced() -> datetime:
    """All there is, at a moment when everything is due."""
    at = database_now() + timedelta(seconds=1)
    while fan_out(at):
        pass
    return at


def lines(user: User) -> list[Notification]:
    return list(Notification.objects.filter(recipient=user).order_by("pk"))


def mails(user: User) -> list[Mail]:
    return list(Mail.objects.filter(recipient=user).order_by("pk"))


def everything_now(*users: User) -> None:
    wishes = {key: {"inbox": True, "mail": By.NOW} for key in kinds}
    for user in users:
        Preferences.objects.create(user=user, wishes=wishes, quiet_from=None, quiet_until=None)


def away(user: User, delegate: User, at: datetime) -> None:
    day = at.date()
    Absence(user=user, delegate=delegate, first_day=day, last_day=day).keep(by=user, at=at)


def promise(issue: Any, verb: str = "sla.breached", **said: Any) -> Event:
    data = {"policy": "estimate", "name": "72 h estimate", "clock": 1, "late": False, "folded": []}
    data |= {"due": NOON.isoformat(), "mark": 100, "tells": ["em"]}
    return record(issue, verb, by=None, at=NOON, **data | said)
