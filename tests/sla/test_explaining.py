"""A clock explains itself in parts that add up to the second."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emdesk.calendars.models import CalendarVersion
from emdesk.ledger.models import Event
from emdesk.sla.chips import chip, exactly, span
from emdesk.sla.explaining import course, explain
from emdesk.sla.models import Clock, Policy
from emdesk.sla.reckoning import counted
from emdesk.sla.sweeping import sweep
from emdesk.workflow import adopt, perform, undo
from scoping.states import State as Column
from tests.factories import HELD, NOON, again, make_ready_issue
from tests.sla.stories import HOUR, called, clock, deed

pytestmark = pytest.mark.django_db
LABEL = "scoping.scopingissue"


def explained(issue, key="estimate", at=NOON):
    return explain(clock(issue, key), course(LABEL, Event.objects.about(issue)), at)


def test_a_clock_says_where_its_time_went():
    issue = called()
    perform(issue.start_strawman, by=None, at=NOON + 2 * HOUR)
    perform(issue.hold, by=None, at=NOON + 5 * HOUR, **HELD)
    perform(issue.resume, by=None, at=NOON + 9 * HOUR)

    said = explained(issue, at=NOON + 10 * HOUR + timedelta(minutes=10, seconds=5))

    assert said.sentence == (
        "6 h 10 m 5 s of 72 h counted = 2 h Open + 4 h 10 m 5 s Strawman_WIP;"
        " 4 h not counted (the issue is on hold 4 h)."
    )


def test_a_move_taken_back_is_no_part_of_it():
    issue = called()
    em = issue.engagement_manager
    perform(issue.start_strawman, by=em, at=NOON + HOUR)
    undo(issue, by=em, at=NOON + HOUR, within=HOUR)

    assert explained(issue, at=NOON + 3 * HOUR).parts == {"Open": 3 * HOUR}


def test_an_ended_clock_is_explained_to_its_end():
    issue = called()
    deed(issue, "estimate", NOON + 5 * HOUR)

    assert explained(issue, at=NOON + 99 * HOUR).counted == 5 * HOUR


def test_marks_lie_where_the_budget_is_used():
    issue = called()
    sweep(NOON + 40 * HOUR)

    marks = [(mark.share, mark.at, mark.told) for mark in explained(issue).marks]

    assert marks == [
        (50, NOON + 36 * HOUR, True),
        (80, NOON + timedelta(hours=57, minutes=36), False),
        (100, NOON + 72 * HOUR, False),
        (150, NOON + 108 * HOUR, False),
    ]


def test_hours_off_are_said_apart():
    Policy.objects.filter(key="estimate").update(hours="office")
    issue = make_ready_issue(at=datetime(2026, 3, 6, 15, tzinfo=UTC))
    version = CalendarVersion.objects.order_by("pk").first()
    issue.engagement_manager.calendar = version.calendar
    issue.engagement_manager.save()
    deed(issue, "call", datetime(2026, 3, 6, 15, tzinfo=UTC))
    at = datetime(2026, 3, 9, 15, tzinfo=UTC)

    said = explained(issue, at=at)

    assert clock(issue, "estimate").calendar == version
    assert set(said.left_out) == {"outside working time"}
    assert said.counted + said.not_counted == at - datetime(2026, 3, 6, 15, tzinfo=UTC)
    assert 0 < said.counted.total_seconds() < 24 * 3600


@given(st.lists(st.tuples(st.integers(1, 90_000), st.booleans()), max_size=8))
def test_the_parts_always_add_up(steps):
    issue, at = called(), NOON
    for seconds, holds in steps:
        at += timedelta(seconds=seconds)
        now = again(issue)
        if now.state == Column.ON_HOLD:
            perform(now.resume, by=None, at=at)
        elif holds:
            perform(now.hold, by=None, at=at, **HELD)
        elif now.state != Column.STRAWMAN_WIP:
            adopt(now, Column.STRAWMAN_WIP, at=at, origin="person")
    at += timedelta(seconds=77)
    one = Clock.objects.about(issue).get(key="estimate")

    said = explain(one, course(LABEL, Event.objects.about(issue)), at)

    assert sum(said.parts.values(), timedelta()) == said.counted
    assert sum(said.left_out.values(), timedelta()) == said.not_counted
    assert said.counted + said.not_counted == at - NOON
    assert said.counted == counted(NOON, at, one.spells, "elapsed", None)
    assert [piece.begin for piece in said.pieces[1:]] == [piece.end for piece in said.pieces[:-1]]


@pytest.mark.parametrize(
    ("seconds", "two_units", "exact"),
    [
        (0, "under 1m", "0 s"),
        (59, "under 1m", "59 s"),
        (60, "1m", "1 m"),
        (3_600, "1h", "1 h"),
        (12_059, "3h 20m", "3 h 20 m 59 s"),
        (86_400, "1d", "24 h"),
        (183_600, "2d 3h", "51 h"),
    ],
)
def test_a_length_in_two_units_and_to_the_second(seconds, two_units, exact):
    length = timedelta(seconds=seconds)
    assert (span(length), exactly(length)) == (two_units, exact)


@pytest.mark.parametrize(
    ("hours", "sign", "words"),
    [(1, "on", "2d 23h left"), (57, "on", "15h left"), (58, "soon", "14h left"),
     (72, "over", "under 1m overdue"), (86, "over", "14h overdue")],
)  # fmt: skip
def test_the_chip_turns_with_the_share_that_is_used(hours, sign, words):
    found = chip("running", NOON, NOON + 72 * HOUR, 0, NOON + hours * HOUR)

    assert (found.sign, found.words) == (sign, words)


def test_a_paused_clock_says_so():
    assert chip("paused", NOON, None, 50, NOON).words == "Paused"
