"""Planning, holding and cancelling meetings about an issue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.transaction import atomic

from emdesk.ledger.recording import append, event_of, lock, record
from emdesk.people.models import User
from scoping.models import Meeting, ScopingIssue


def plan(meeting: Meeting, people: Sequence[User], *, by: User, at: datetime) -> Meeting:
    with atomic():
        meeting.save()
        meeting.people.set(people)
        kind = meeting.get_kind_display().lower()
        record(meeting.issue, "scoping.meeting_planned", by=by, at=at, kind=kind)
    return meeting


def hold(meeting: Meeting, *, notes: str, by: User, at: datetime) -> None:
    """Note that it took place, and what was said. One that was held already gets its notes."""
    kind = meeting.get_kind_display().lower()
    with atomic():
        lock(meeting.issue)
        row = Meeting.objects.filter(pk=meeting.pk)
        if row.filter(held_at=None).update(held_at=at, notes=notes):
            ended = max(meeting.ends_at, meeting.issue.created_at)
            said = {"happened_at": ended.isoformat()} if ended < at else {}
            data: dict[str, Any] = {"kind": kind, "meeting": meeting.pk, **said}
            append([event_of(meeting.issue, "scoping.meeting_held", by=by, at=at, **data)])
        else:
            row.update(notes=notes)
            append([event_of(meeting.issue, "scoping.meeting_noted", by=by, at=at, kind=kind)])


def cancel(meeting: Meeting, *, by: User, at: datetime) -> None:
    with atomic():
        Meeting.objects.filter(pk=meeting.pk).update(cancelled_at=at)
        kind = meeting.get_kind_display().lower()
        record(meeting.issue, "scoping.meeting_cancelled", by=by, at=at, kind=kind)


def calendar_file(meeting: Meeting, issue: ScopingIssue, at: datetime) -> bytes:
    """The meeting as an iCalendar file (RFC 5545), for any calendar to open."""
    from icalendar import Calendar  # noqa: PLC0415 (slow import)
    from icalendar import Event as CalendarEvent  # noqa: PLC0415

    event = CalendarEvent()
    event.add("uid", f"meeting-{meeting.pk}@emdesk")
    event.add("dtstamp", at)
    event.add("dtstart", meeting.starts_at)
    event.add("duration", timedelta(minutes=meeting.minutes))
    event.add("summary", f"{meeting.get_kind_display()}: {issue.account.name} ({issue.reference})")
    if meeting.place:
        event.add("location", meeting.place)
    for person in meeting.people.all():
        event.add("attendee", f"mailto:{person.email}")
    calendar = Calendar()
    calendar.add("prodid", "-//emdesk//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
