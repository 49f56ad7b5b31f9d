"""A person's calendar at a secret address: what is due and planned for them, as they may see it now.

Upper packages say what stands in it. It is made anew at each fetch, so whoever may no longer see
a record finds nothing of it. RFC 5545.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.transaction import atomic

from emdesk.ledger.recording import record
from emdesk.notifications.models import Feed
from emdesk.notifications.writing import absolute, one_line
from emdesk.people.models import User

if TYPE_CHECKING:
    import icalendar

BACK, AHEAD = timedelta(days=30), timedelta(days=366)


@dataclass(frozen=True)
class Entry:
    """One line of a calendar: a whole day when ``begins`` is a date. ``link`` leads to the desk."""

    key: str
    begins: datetime | date
    title: str
    link: str
    lasts: timedelta = timedelta(0)
    place: str = ""


Source = Callable[[User, datetime], Iterable[Entry]]
_sources: list[Source] = []


def stands_in_calendars(source: Source) -> Source:
    """Entries from a month back to a year ahead, only of what the person may see."""
    _sources.append(source)
    return source


@atomic
def make_address(user: User, at: datetime) -> str:
    """A new address, which is told this once; the one before leads nowhere any more."""
    token = secrets.token_urlsafe(32)
    moved = {"digest": _digest(token), "made_at": at}
    Feed.objects.update_or_create(user=user, defaults=moved)
    record(user, "notifications.feed_made", by=user, at=at)
    return token


@atomic
def switch_off(user: User, at: datetime) -> None:
    gone, _ = Feed.objects.filter(user=user).delete()
    if gone:
        record(user, "notifications.feed_removed", by=user, at=at)


def subscriber(token: str) -> User | None:
    """Whose calendar has this address; nobody's once they left."""
    feeds = Feed.objects.filter(digest=_digest(token), user__is_active=True)
    found = feeds.select_related("user").first()
    return found.user if found else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def calendar_of(user: User, at: datetime) -> bytes:
    import icalendar  # noqa: PLC0415 (slow import)

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//emdesk//EN")
    calendar.add("version", "2.0")
    calendar.add("name", "emdesk")
    calendar.add("x-wr-calname", "emdesk")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for source in _sources:
        for entry in source(user, at):
            calendar.add_component(_component(entry, at))
    return bytes(calendar.to_ical())


def _component(entry: Entry, at: datetime) -> icalendar.Event:
    import icalendar  # noqa: PLC0415 (slow import)

    found = icalendar.Event()
    found.add("uid", f"{entry.key}@emdesk")
    found.add("dtstamp", at)
    found.add("dtstart", entry.begins)
    if entry.lasts:
        found.add("duration", entry.lasts)
    found.add("summary", one_line(entry.title))
    found.add("url", absolute(entry.link))
    found.add("transp", "OPAQUE" if entry.lasts else "TRANSPARENT")
    if entry.place:
        found.add("location", one_line(entry.place))
    return found
