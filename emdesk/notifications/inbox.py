"""A person's inbox: what they were told, by record, until they are done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import QuerySet

from emdesk.activity.sentences import what, who
from emdesk.notifications.audiences import Record, Sight, abouts, records_seen
from emdesk.notifications.kinds import Tab, kinds, of_tab
from emdesk.notifications.models import Mute, Notification
from emdesk.notifications.quiet import instant, zone_of
from emdesk.people.models import User

MOST = 300
MORNING = time(8)
SNOOZED, DONE = "snoozed", "done"
SHOWN = {"": "Everything", **dict(Tab.choices), SNOOZED: "Snoozed", DONE: "Done"}


class Until(models.TextChoices):
    """For how long a record is put off."""

    TOMORROW = "tomorrow", "Until tomorrow"
    MONDAY = "monday", "Until Monday"
    WEEK = "week", "For a week"


@dataclass(frozen=True)
class Line:
    """One notice: who did what, when, and why this person is told."""

    at: datetime
    who: str
    what: str
    because: str
    kind: str
    link: str
    unread: bool


@dataclass(frozen=True)
class Group:
    """All notices about one record, newest first. ``upto`` is the newest one shown."""

    label: str
    pk: int
    name: str
    title: str
    lines: list[Line]
    upto: int
    muted: bool
    snoozed_until: datetime | None

    @property
    def about(self) -> str:
        return f"{self.label}:{self.pk}"

    @property
    def link(self) -> str:
        return self.lines[0].link

    @property
    def unread(self) -> bool:
        return any(line.unread for line in self.lines)

    @property
    def newest(self) -> datetime:
        return self.lines[0].at


def groups(user: User, at: datetime, show: str = "", most: int = MOST) -> list[Group]:
    """What this person may still see of their last notices, the record told of last on top."""
    rows = _rows(user, at, show).select_related("event", "event__actor")
    by_record: dict[Record, list[Notification]] = {}
    for row in rows.order_by("-at", "-pk")[:most]:
        by_record.setdefault((row.subject_type, row.subject_id), []).append(row)
    subjects = records_seen(by_record, user)
    muted = set(user.mutes.values_list("subject_type", "subject_id"))
    return [
        _group(subjects[record], lines, muted=record in muted)
        for record, lines in by_record.items()
        if record in subjects
    ]


def _rows(user: User, at: datetime, show: str) -> QuerySet[Notification]:
    if show == DONE:
        return Notification.objects.filter(recipient=user, inbox=True, done_at__isnull=False)
    if show == SNOOZED:
        asleep = Notification.objects.filter(recipient=user, inbox=True, done_at=None)
        return asleep.filter(snoozed_until__gt=at)
    lying = Notification.objects.lying(user, at)
    return lying.filter(kind__in=of_tab(show)) if show in Tab.values else lying


def _group(subject: Any, rows: list[Notification], *, muted: bool) -> Group:
    first = rows[0]
    return Group(
        label=first.subject_type,
        pk=first.subject_id,
        name=str(subject),
        title=abouts[first.subject_type].title(subject),
        lines=[_line(row, subject) for row in rows],
        upto=max(row.pk for row in rows),
        muted=muted,
        snoozed_until=first.snoozed_until,
    )


def _line(row: Notification, subject: Any) -> Line:
    return Line(
        at=row.at,
        who=who(row.event),
        what=what(row.event),
        because=row.because,
        kind=kinds[row.kind].name if row.kind in kinds else "",
        link=abouts[row.subject_type].link(row.event, subject),
        unread=row.seen_at is None,
    )


def waiting(user: User, at: datetime) -> int:
    """How many records lie unread: one cheap statement when there are none, else two."""
    unread = Notification.objects.lying(user, at).unread()
    records = unread.values_list("subject_type", "subject_id").distinct()[:MOST]
    sight = Sight()
    for label, pk in records:
        sight.want(label, user, pk)
    return len(sight.found())


# What a person does about a record.


def about_record(
    user: User, label: str, pk: int, upto: int, show: str = ""
) -> QuerySet[Notification]:
    """Their notices about it as far as they were shown; others and later ones stay as they are."""
    mine = Notification.objects.filter(recipient=user, inbox=True, pk__lte=upto)
    mine = mine.filter(subject_type=label, subject_id=pk)
    return mine.filter(kind__in=of_tab(show)) if show in Tab.values else mine


def see(rows: QuerySet[Notification], at: datetime) -> None:
    rows.filter(seen_at=None).update(seen_at=at)


def finish(rows: QuerySet[Notification], at: datetime) -> None:
    see(rows, at)
    rows.filter(done_at=None).update(done_at=at, snoozed_until=None)


def put_back(rows: QuerySet[Notification]) -> None:
    rows.update(done_at=None, snoozed_until=None)


def snooze(rows: QuerySet[Notification], user: User, until: str, at: datetime) -> datetime:
    """Out of the inbox until a morning of theirs; then it is unread again."""
    ends = instant(_day(user, until, at), MORNING, user)
    rows.filter(done_at=None).update(snoozed_until=ends, seen_at=None)
    return ends


def _day(user: User, until: str, at: datetime) -> Any:
    today = at.astimezone(zone_of(user)).date()
    days = {Until.TOMORROW: 1, Until.MONDAY: 7 - today.weekday(), Until.WEEK: 7}
    return today + timedelta(days=days[Until(until)])


def mute(user: User, label: str, pk: int, at: datetime) -> None:
    Mute.objects.get_or_create(user=user, subject_type=label, subject_id=pk, defaults={"since": at})


def unmute(user: User, label: str, pk: int) -> None:
    Mute.objects.filter(user=user, subject_type=label, subject_id=pk).delete()
