"""Meetings about an issue, and the file that puts one into any calendar."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from emdesk.ledger.models import Event
from scoping import meetings
from scoping.forms.issue import MeetingForm
from scoping.models import Meeting, MeetingKind
from tests.factories import NOON, make_account, make_issue, make_user

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def make_meeting(issue, **fields):
    fields.setdefault("kind", MeetingKind.SCOPING_CALL)
    fields.setdefault("starts_at", NOON)
    return Meeting.objects.create(issue=issue, **fields)


def told(issue):
    return [(event.verb, event.data) for event in Event.objects.about(issue)][1:]


def test_planning_a_meeting_keeps_its_people_and_is_told():
    issue, em = make_issue(), make_user()
    meeting = Meeting(issue=issue, kind=MeetingKind.SCOPING_CALL, starts_at=NOON)

    meetings.plan(meeting, [em], by=em, at=NOON)

    assert list(issue.meetings.get().people.all()) == [em]
    assert told(issue) == [("scoping.meeting_planned", {"kind": "scoping call"})]


def test_holding_a_meeting_keeps_when_and_what_was_said():
    issue, em = make_issue(), make_user()
    meeting = make_meeting(issue)

    meetings.hold(meeting, notes="They want to move in May.", by=em, at=LATER)

    held = issue.meetings.get()
    assert (held.held_at, held.notes) == (LATER, "They want to move in May.")
    said = {"kind": "scoping call", "meeting": meeting.pk}
    assert told(issue) == [("scoping.meeting_held", said)]


def test_a_call_counts_from_its_end_however_late_it_is_noted():
    issue = make_issue(at=NOON - timedelta(days=3))
    meeting = make_meeting(issue, minutes=30)

    meetings.hold(meeting, notes="", by=make_user(), at=NOON + timedelta(days=1))
    meetings.hold(meeting, notes="They want it in May.", by=make_user(), at=NOON)

    (_, held), (verb, _) = told(issue)
    assert held["happened_at"] == meeting.ends_at.isoformat()
    assert verb == "scoping.meeting_noted"
    assert issue.meetings.get().held_at == NOON + timedelta(days=1)


def test_a_cancelled_meeting_stays_on_record():
    issue = make_issue()
    meeting = make_meeting(issue, kind=MeetingKind.INTERNAL_SYNC)

    meetings.cancel(meeting, by=make_user(), at=LATER)

    assert issue.meetings.get().cancelled_at == LATER
    assert told(issue) == [("scoping.meeting_cancelled", {"kind": "internal sync"})]


def test_a_meeting_ends_when_its_minutes_are_over():
    assert make_meeting(make_issue(), minutes=45).ends_at == NOON + timedelta(minutes=45)


@pytest.mark.parametrize(("minutes", "valid"), [(4, False), (5, True), (600, True), (601, False)])
def test_a_meeting_takes_between_five_minutes_and_ten_hours(minutes, valid):
    said = {"kind": "scoping_call", "starts_at": "2026-03-02T12:00", "minutes": minutes}

    assert MeetingForm(said, instance=Meeting(issue=make_issue())).is_valid() == valid


# The calendar file, read by hand as RFC 5545 writes it.


def content_lines(file):
    """Unfolded lines of a calendar file as (name, parameters, value), each as the RFC wants it."""
    assert file.endswith(b"\r\n")
    raw = file.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in raw)
    assert not any(b"\n" in line or b"\r" in line for line in raw)
    unfolded = []
    for line in raw:
        if line.startswith((b" ", b"\t")):
            unfolded[-1] += line[1:]
        else:
            unfolded.append(line)
    found = []
    for line in unfolded:
        name, colon, value = line.decode().partition(":")
        assert colon, line
        found.append((*name.partition(";")[::2], value))
    return found


def unescaped(text):
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "N": "\n"}.get(found[1], found[1]), text)


def written(meeting):
    return content_lines(meetings.calendar_file(meeting, meeting.issue, LATER))


def test_a_calendar_file_says_what_a_calendar_must_know():
    em = make_user(email="amara@example.com")
    issue = make_issue(account=make_account(name="Acme"))
    meeting = make_meeting(issue, minutes=90, place="https://meet.example.com/1")
    meeting.people.add(em)

    lines = written(meeting)

    assert [(name, value) for name, _, value in lines if name in {"BEGIN", "END"}] == [
        ("BEGIN", "VCALENDAR"),
        ("BEGIN", "VEVENT"),
        ("END", "VEVENT"),
        ("END", "VCALENDAR"),
    ]
    said = {name: value for name, _, value in lines}
    assert said["VERSION"] == "2.0"
    assert said["PRODID"] == "-//emdesk//EN"
    assert said["UID"] == f"meeting-{meeting.pk}@emdesk"
    assert said["DTSTAMP"] == "20260302T130000Z"
    assert said["DTSTART"] == "20260302T120000Z"
    assert said["DURATION"] == "PT1H30M"
    assert said["SUMMARY"] == f"Scoping call: Acme ({issue.reference})"
    assert said["LOCATION"] == "https://meet.example.com/1"
    assert said["ATTENDEE"] == "mailto:amara@example.com"


def test_a_meeting_written_in_another_zone_starts_at_the_same_moment():
    local = datetime(2026, 3, 2, 13, tzinfo=ZoneInfo("Europe/Berlin"))

    lines = written(make_meeting(make_issue(), starts_at=local.astimezone(UTC)))

    assert ("DTSTART", "", "20260302T120000Z") in lines


hostile = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=120)


@given(name=hostile.filter(str.strip), place=hostile)
@example(name="Acme, Inc.; Ltd\\", place="Room 1\r\nATTENDEE:mailto:evil@example.com")
@example(name="漢字" * 40, place="x" * 290)
@example(name="a:b", place="\n\nBEGIN:VEVENT\n")
def test_whatever_a_name_holds_the_file_stays_one_meeting(name, place):
    issue = make_issue(account=make_account(name=name))
    meeting = make_meeting(issue, place=place)

    lines = written(meeting)

    names = [each for each, _, _ in lines]
    assert (names.count("BEGIN"), names.count("ATTENDEE")) == (2, 0)
    summary = next(value for each, _, value in lines if each == "SUMMARY")
    assert unescaped(summary) == f"Scoping call: {name} ({issue.reference})"
    calendar = Calendar.from_ical(meetings.calendar_file(meeting, issue, LATER))
    (event,) = calendar.events
    assert str(event["summary"]) == f"Scoping call: {name} ({issue.reference})"
