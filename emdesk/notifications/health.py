"""Is what is due done? Each sign with how old it may get; for load balancers and administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from emdesk.ledger.models import Dispatch, Heartbeat
from emdesk.notifications.models import Mail, SlackPost
from emdesk.notifications.rounds import ANNOUNCE, SEND
from emdesk.people.models import Role, User

LATEST = timedelta(minutes=5)
SILENT = timedelta(seconds=60)
SELDOM = {"sweep": timedelta(minutes=3), "digests": timedelta(minutes=2)}
DRAINERS = (ANNOUNCE.role, SEND.role)


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
    dead_posts: int
    dead_events: int
    unknown: int

    @property
    def ready(self) -> bool:
        """Red when anything due has waited too long, or nobody announces or sends any more."""
        drainers = [sign for sign in self.hearts if sign.name in DRAINERS]
        return all(sign.well for sign in (*self.oldest, *drainers))


def reads_health(user: User) -> bool:
    return user.has(Role.ADMIN)


def oldest_due(at: datetime) -> list[Sign]:
    """What has waited longest of each sort, in one statement each."""
    events = Dispatch.objects.due(at).order_by().aggregate(since=Min("next_at"))["since"]
    mails = Mail.objects.due(at).order_by().aggregate(since=Min("next_at"))["since"]
    posts = SlackPost.objects.due(at).order_by().aggregate(since=Min("next_at"))["since"]
    found = {"event to announce": events, "mail to send": mails, "post to Slack": posts}
    return [_sign(f"Oldest {name}", since, at, LATEST) for name, since in found.items()]


def look(at: datetime) -> Health:
    return Health(
        oldest=oldest_due(at),
        hearts=[_heart(each, at) for each in Heartbeat.objects.order_by("role")],
        waiting=Mail.objects.unsettled().count(),
        dead_mails=Mail.objects.dead().count(),
        dead_posts=SlackPost.objects.dead().count(),
        dead_events=Dispatch.objects.filter(dead_at__isnull=False).count(),
        unknown=Mail.objects.perhaps_doubled().count(),
    )


def _heart(heart: Heartbeat, at: datetime) -> Sign:
    return _sign(heart.role, heart.at, at, SELDOM.get(heart.role, SILENT))


def _sign(name: str, since: datetime | None, at: datetime, limit: timedelta) -> Sign:
    return Sign(name, since, max(at - since, timedelta(0)) if since else timedelta(0), limit)
