"""The daily digest: one mail for each person and day of theirs, at the hour they chose.

The slot is the day on their own clock. Its mail has the key of the slot, so however often, late or
doubled this runs, a day has one digest; what it lists is marked in the same transaction.
"""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any

from django.db import DatabaseError
from django.db.models import Min
from django.db.transaction import atomic
from django.urls import reverse
from django.utils.timezone import override

from emdesk.activity.sentences import describe
from emdesk.notifications.audiences import Record, abouts, records_seen
from emdesk.notifications.models import Mail, Notification
from emdesk.notifications.models.notification import NotificationQuerySet
from emdesk.notifications.quiet import slot_before, zone_of
from emdesk.notifications.recipients import wishes_of
from emdesk.notifications.writing import absolute, one_line, rendered
from emdesk.people.models import User

KIND = "digest"
MOST = 200
log = logging.getLogger(__name__)


def make_digests(at: datetime) -> int:
    """Write the digests whose hour has come; how many. A faulty one holds up no other."""
    oldest = Notification.objects.to_digest().values_list("recipient").annotate(Min("at"))
    since = dict(oldest.order_by())
    people = User.objects.active().filter(pk__in=since).select_related("preferences")
    return sum(_make_or_put_off(user, since[user.pk], at) for user in people)


def _make_or_put_off(user: User, since: datetime, at: datetime) -> bool:
    day, due = slot_before(wishes_of(user), user, at)
    if since >= due:
        return False
    try:
        return _make_digest(user, day, due, at)
    except DatabaseError:
        raise
    except Exception:
        log.exception("the digest of user %s cannot be written", user.pk)
        return False


@atomic
def _make_digest(user: User, day: date, due: datetime, at: datetime) -> bool:
    key = key_of(user, day)
    User.objects.select_for_update().values_list("pk").get(pk=user.pk)
    mine = Notification.objects.to_digest().filter(recipient=user, at__lt=due)
    found = list(mine.select_related("event", "event__actor").order_by("at", "pk"))
    if not found or Mail.objects.filter(key=key).exists():
        return False
    records = records_seen({(each.subject_type, each.subject_id) for each in found}, user)
    seen = [each for each in found if (each.subject_type, each.subject_id) in records]
    listed = mine.filter(pk__in=[each.pk for each in seen]).update(digested_at=at)
    if listed < len(found):
        mine.filter(pk__in=[each.pk for each in found]).update(digest=False)
    if seen:
        with override(zone_of(user)):
            groups = _grouped(seen[:MOST], records)
        _write(user, day, groups, len(seen), at)
    return bool(seen)


def listed_in(digest: Mail) -> NotificationQuerySet:
    return Notification.objects.filter(recipient=digest.recipient, digested_at=digest.written_at)


def put_back(digest: Mail) -> None:
    """What one lists that will not be sent waits for the next."""
    listed_in(digest).update(digested_at=None)


def key_of(user: User, day: date) -> str:
    return f"digest:{user.pk}:{day.isoformat()}"


def _write(user: User, day: date, groups: list[dict[str, Any]], count: int, at: datetime) -> None:
    said = {
        "name": one_line(user.name),
        "day": day,
        "groups": groups,
        "more": count - MOST,
        "inbox": absolute(reverse("notifications:inbox")),
        "choose": absolute(reverse("notifications:settings")),
    }
    what = "one thing" if count == 1 else f"{count} things"
    Mail.objects.create(
        key=key_of(user, day),
        recipient=user,
        kind=KIND,
        address=user.email,
        subject=f"Your day at the desk, {day:%-d %B}: {what}",
        text=rendered("digest.txt", said),
        html=rendered("digest.html", said),
        headers={"List-Unsubscribe": f"<{said['choose']}>", "Auto-Submitted": "auto-generated"},
        written_at=at,
        leaves_at=at,
        next_at=at,
    )


def _grouped(found: list[Notification], records: dict[Record, Any]) -> list[dict[str, Any]]:
    """By record, in the order in which things happened to them last."""
    by_record: dict[Record, list[Notification]] = {}
    for each in found:
        by_record.setdefault((each.subject_type, each.subject_id), []).append(each)
    groups = [_group(records[record], lines) for record, lines in by_record.items()]
    return sorted(groups, key=lambda group: group["last"])


def _group(subject: Any, lines: list[Notification]) -> dict[str, Any]:
    sort = abouts[lines[0].subject_type]
    return {
        "name": one_line(str(subject)),
        "title": one_line(sort.title(subject)),
        "link": absolute(sort.link(lines[-1].event, subject)),
        "lines": [describe(each.event) for each in lines],
        "last": lines[-1].at,
    }
