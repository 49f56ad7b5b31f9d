"""The hours at which people want no mail, and the hour of their digest, on their own clocks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from emdesk.notifications.models import Preferences
from emdesk.people.models import User


def zone_of(user: User) -> tzinfo:
    return ZoneInfo(user.time_zone)


def leaves_at(wishes: Preferences, user: User, at: datetime) -> datetime:
    """``at``, or the next morning when that is in the person's quiet hours."""
    begins, ends = wishes.quiet_from, wishes.quiet_until
    if begins is None or ends is None or begins == ends:
        return at
    local = at.astimezone(zone_of(user))
    clock = local.time()
    if begins < ends:
        quiet, morning = begins <= clock < ends, local.date()
    else:
        quiet = clock >= begins or clock < ends
        morning = local.date() + timedelta(days=clock >= begins)
    return max(at, instant(morning, ends, user)) if quiet else at


def slot_before(wishes: Preferences, user: User, at: datetime) -> tuple[date, datetime]:
    """The last moment a digest was due by ``at``, and the local day it is of."""
    today = at.astimezone(zone_of(user)).date()
    for day in (today, today - timedelta(days=1)):
        due = instant(day, time(wishes.digest_hour), user)
        if due <= at:
            return day, due
    raise AssertionError("yesterday's hour is past")  # pragma: no cover


def instant(day: date, clock: time, user: User) -> datetime:
    """That moment of their day. An hour that the clock skips is the one it jumps to."""
    local = datetime.combine(day, clock, zone_of(user))
    return local.astimezone(ZoneInfo("UTC"))
