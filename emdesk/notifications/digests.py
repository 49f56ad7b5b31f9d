"""The daily digest: one mail for each person and day of theirs, at the hour they chose.

The slot is the day on their own clock. Its mail has the key of the slot, so however often, late or
doubled this runs, a day has one digest; what it lists is marked in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.transaction import atomic
from django.urls import reverse

from emdesk.activity.sentences import describe
from emdesk.ledger.models import Heartbeat
from emdesk.notifications.audiences import Sight, abouts
from emdesk.notifications.models import Mail, Notification
from emdesk.notifications.quiet import slot_before
from emdesk.notifications.recipients import wishes_of
from emdesk.notifications.writing import absolute, one_line, rendered
from emdesk.people.models import User

KIND = "digest"
ROLE = "digests"
MOST = 200


def make_digests(at: datetime) -> int:
    """Write the digests whose hour has come; how many."""
    Heartbeat.objects.beat(ROLE, at)
    waiting = Notification.objects.to_digest().values("recipient")
    people = User.objects.active().filter(pk__in=waiting).select_related("preferences")
    return sum(_make_digest(user, at) for user in people)


def _make_digest(user: User, at: datetime) -> bool:
    day, due = slot_before(wishes_of(user), user, at)
    with atomic():
        key = key_of(user, day)
        User.objects.select_for_update().values_list("pk").get(pk=user.pk)
        mine = Notification.objects.to_digest().filter(recipient=user, at__lt=due)
        found = list(mine.select_related("event", "event__actor").order_by("at", "pk"))
        if not found or Mail.objects.filter(key=key).exists():
            return False
        mine.filter(pk__in=[each.pk for each in found]).update(digested_at=at)
        seen = _still_seen(found, user)
        if seen:
            _write(user, day, key, seen, at)
    return bool(seen)


def key_of(user: User, day: date) -> str:
    return f"digest:{user.pk}:{day.isoformat()}"


def _still_seen(found: Sequence[Notification], user: User) -> list[Notification]:
    sight = Sight()
    for each in found:
        sight.want(each.subject_type, user, each.subject_id)
    seen = {(label, pk) for label, _, pk in sight.found()}
    return [each for each in found if (each.subject_type, each.subject_id) in seen]


def _write(user: User, day: date, key: str, found: list[Notification], at: datetime) -> None:
    groups = list(_grouped(found[:MOST]))
    said = {
        "name": one_line(user.name),
        "day": day,
        "groups": groups,
        "more": len(found) - MOST,
        "inbox": absolute(reverse("notifications:inbox")),
        "choose": absolute(reverse("notifications:settings")),
    }
    what = "one thing" if len(found) == 1 else f"{len(found)} things"
    mail = Mail(
        key=key,
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
    mail.save()


def _grouped(found: list[Notification]) -> list[dict[str, Any]]:
    """By record, in the order in which things happened to them last."""
    by_record = sorted(found, key=lambda each: (each.subject_type, each.subject_id))
    groups: list[dict[str, Any]] = []
    for (label, pk), rows in groupby(by_record, lambda each: (each.subject_type, each.subject_id)):
        lines = list(rows)
        groups += [_group(subject, lines) for subject in abouts[label].load([pk])]
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
