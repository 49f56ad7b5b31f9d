"""Is what is due done? Each sign with how old it may get; for load balancers and administrators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from emdesk.ledger.models import Dispatch, Heartbeat
from emdesk.notifications.models import Mail
from emdesk.people.models import Role, User

LATEST = timedelta(minutes=5)
SILENT = timedelta(seconds=60)


@dataclass(frozen=True)
class Sign:
    """One thing to look at: since when it has waited or been silent, and whether that is too long."""

    name: str
    since: datetime | None
    age: timedelta
    limit: timedelta

    @property
    def well(self) -> bool:
        return self.age <= self.limit


@dataclass(frozen=True)
class Health:
    oldest: list[Sign]
    hearts: list[Sign]
    waiting: int
    dead_mails: int
    dead_events: int
    unknown: int

    @property
    def ready(self) -> bool:
        """Red when anything that was due has waited too long; silence alone is for people to see."""
        return all(sign.well for sign in self.oldest)


def reads_health(user: User) -> bool:
    return user.has(Role.ADMIN)


def oldest_due(at: datetime) -> list[Sign]:
    """The oldest event to announce and the oldest mail to send, in one statement each."""
    events = Dispatch.objects.due(at).order_by().aggregate(since=Min("next_at"))["since"]
    mails = Mail.objects.due(at).order_by().aggregate(since=Min("next_at"))["since"]
    found = {"event to announce": events, "mail to send": mails}
    return [_sign(f"Oldest {name}", since, at, LATEST) for name, since in found.items()]


def look(at: datetime) -> Health:
    return Health(
        oldest=oldest_due(at),
        hearts=[_sign(each.role, each.at, at, SILENT) for each in _hearts()],
        waiting=Mail.objects.unsettled().count(),
        dead_mails=Mail.objects.dead().count(),
        dead_events=Dispatch.objects.filter(dead_at__isnull=False).count(),
        unknown=Mail.objects.filter(unknown_outcomes__gt=0).count(),
    )


def _hearts() -> Iterable[Heartbeat]:
    return Heartbeat.objects.order_by("role")


def _sign(name: str, since: datetime | None, at: datetime, limit: timedelta) -> Sign:
    return Sign(name, since, max(at - since, timedelta(0)) if since else timedelta(0), limit)
