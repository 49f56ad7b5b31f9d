"""Events and comments as one list, newest first, cut by key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emdesk.activity.commenting import comment, withdraw
from emdesk.activity.timeline import PAGE, Key, beginning, timeline
from emdesk.activity.watching import watch
from emdesk.ledger.models import Event
from emdesk.ledger.recording import record
from emdesk.subjects import visible_subjects
from tests.subject import LABEL, NOON, make_segment, seen_by


def happen(segment, by, minutes):
    return record(segment, "people.segment_changed", by=by, at=NOON + timedelta(minutes=minutes))


def say(segment, by, minutes, text="A note"):
    return comment(segment, text, by=by, at=NOON + timedelta(minutes=minutes))


def shown(page):
    return [entry.comment or entry.event for entry in page.entries]


def test_comments_and_events_stand_newest_first(segment, amara):
    first = happen(segment, amara, 1)
    second = say(segment, amara, 2)
    third = happen(segment, amara, 3)

    assert shown(timeline(segment)) == [third, second, first]


def test_of_one_moment_the_note_stands_above_the_change(segment, amara):
    note, change = say(segment, amara, 1), happen(segment, amara, 1)

    assert shown(timeline(segment)) == [note, change]


def test_a_comment_is_not_told_a_second_time_as_an_event(segment, amara):
    said = say(segment, amara, 1)
    withdraw(said, segment, by=amara, at=NOON + timedelta(minutes=2))
    watch(segment, by=amara, at=NOON)

    assert shown(timeline(segment)) == [said]


@pytest.mark.parametrize(
    ("show", "kinds"),
    [("notes", {"Comment"}), ("changes", {"Event"}), ("all", {"Comment", "Event"}), ("x", None)],
)
def test_notes_and_changes_can_be_shown_apart(segment, amara, show, kinds):
    say(segment, amara, 1)
    happen(segment, amara, 2)

    found = {type(row).__name__ for row in shown(timeline(segment, show=show))}

    assert found == (kinds or {"Comment", "Event"})


def test_another_subjects_rows_are_not_shown(segment, amara):
    other = make_segment()
    say(other, amara, 1)
    happen(other, amara, 2)

    assert shown(timeline(segment)) == []


def test_a_subject_shows_the_rows_of_its_kin(segment, amara):
    merged = make_segment()
    visible_subjects.register(LABEL, seen_by, kin=lambda subject: [merged])
    theirs = say(merged, amara, 1)
    ours = happen(segment, amara, 2)

    assert shown(timeline(segment)) == [ours, theirs]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 30])
@pytest.mark.parametrize("show", ["all", "notes", "changes"])
def test_pages_show_everything_once_whatever_their_size(segment, amara, size, show):
    for minute in (1, 1, 2, 3, 3, 3, 4, 9):
        say(segment, amara, minute)
        happen(segment, amara, minute)
        happen(segment, amara, minute)
    whole = shown(timeline(segment, show=show, size=100))

    pages, key = [], ""
    while key is not None:
        page = timeline(segment, show=show, before=str(key), size=size)
        pages += shown(page)
        key = page.next

    assert pages == whole


def test_what_is_written_meanwhile_does_not_shift_the_next_page(segment, amara):
    rows = [happen(segment, amara, minute) for minute in range(4)]
    page = timeline(segment, size=2)
    happen(segment, amara, 9)

    assert shown(timeline(segment, before=str(page.next), size=2)) == [rows[1], rows[0]]


def test_a_key_reads_back_as_itself():
    key = Key(NOON + timedelta(microseconds=1), 1, 7)

    assert Key.parse(str(key)) == key


@pytest.mark.parametrize(
    "text", ["", "x", "1_2_3", "2026-03-02_1_1", "2026-03-02T12:00:00_1_1", "a_b_c_d", "__", "\x00"]
)
def test_what_is_no_key_begins_at_the_top(text):
    assert Key.parse(text) is None


@pytest.mark.parametrize("key", ["9999-12-31T23:59:59-12:00_1_1", "0001-01-01T00:00:00+12:00_9_9"])
def test_a_key_from_the_end_of_time_breaks_nothing(segment, amara, key):
    say(segment, amara, 1)

    assert len(timeline(segment, before=f"{key}{'9' * 30}").entries) in {0, 1}


def queries(segment, show="all"):
    with CaptureQueriesContext(connection) as found:
        for entry in timeline(segment, show=show).entries:
            _ = entry.comment and (entry.comment.people, str(entry.comment.author))
    return len(found)


@pytest.mark.parametrize("rows", [1, PAGE + 5])
def test_whoever_read_the_events_has_the_same_first_page_for_less(segment, amara, rows):
    for minute in range(rows):
        say(segment, amara, minute)
        happen(segment, amara, minute)
    events = list(Event.objects.about(segment).select_related("actor"))

    with CaptureQueriesContext(connection) as found:
        page = beginning(segment, reversed(events))
    assert len(found) == 2  # comments, mentions
    assert page == timeline(segment)


@pytest.mark.parametrize("rows", [1, 5])
@pytest.mark.parametrize(("show", "cost"), [("all", 3), ("notes", 2), ("changes", 1)])
def test_a_timeline_costs_the_same_however_long(segment, amara, jonas, rows, show, cost):
    for minute in range(rows):
        say(segment, (amara, jonas)[minute % 2], minute, "@jw @amara.osei")
        happen(segment, (amara, jonas)[minute % 2], minute)

    assert queries(segment, show) == cost  # comments, mentions, events
