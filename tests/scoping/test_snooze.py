"""Snoozed issues leave the triage queue, and what brings each back."""

from datetime import timedelta

import pytest
from django.utils.timezone import override

from emdesk.activity.commenting import comment
from emdesk.activity.sentences import what
from emdesk.activity.watching import watch
from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import record
from emdesk.workflow import Refused
from scoping import meetings
from scoping.facts import answer
from scoping.models import Meeting, MeetingKind, Question, Snooze
from scoping.triage.queue import queue, snoozed_count
from scoping.triage.verdicts import snooze, wake
from tests.factories import NOON, TODAY, again, make_issue, make_ready_issue, make_user

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def em():
    return make_user()


@pytest.fixture
def issue():
    return make_issue()


def waits(em, at=NOON + HOUR):
    return [row.pk for row in queue(em, at).rows]


def call(issue, em, starts_at):
    meeting = Meeting(issue=issue, kind=MeetingKind.SCOPING_CALL, starts_at=starts_at)
    return meetings.plan(meeting, [em], by=em, at=NOON)


def test_a_snoozed_issue_is_out_of_the_queue_until_its_day(em, issue):
    snooze(issue, until=TODAY + 2 * DAY, by=em, at=NOON)

    assert [waits(em, NOON + n * DAY) for n in range(4)] == [[], [], [issue.pk], [issue.pk]]
    assert [row.pk for row in queue(em, NOON, snoozed=True).rows] == [issue.pk]
    assert (snoozed_count(em, NOON), snoozed_count(em, NOON + 3 * DAY)) == (1, 0)


def test_snoozing_does_not_stop_the_clock(em, issue):
    snooze(issue, until=TODAY + 2 * DAY, by=em, at=NOON + HOUR)

    assert again(issue).created_at == NOON
    assert queue(em, NOON + 3 * DAY).rows[0].created_at == NOON


def test_the_call_it_waits_for_brings_it_back_when_it_begins(em, issue):
    begins = NOON + 2 * HOUR
    call(issue, em, begins)
    snooze(issue, until=None, awaited="call", by=em, at=NOON)

    assert waits(em, begins - HOUR) == []
    assert waits(em, begins) == [issue.pk]


def test_a_call_that_is_cancelled_brings_it_back(em, issue):
    meeting = call(issue, em, NOON + DAY)
    snooze(issue, until=None, awaited="call", by=em, at=NOON)

    meetings.cancel(meeting, by=em, at=NOON + HOUR)

    assert waits(em) == [issue.pk]


def test_without_a_planned_call_one_cannot_wait_for_it(em, issue):
    with pytest.raises(Refused, match="No scoping call is planned"):
        snooze(issue, until=TODAY + DAY, awaited="call", by=em, at=NOON)


def test_the_answer_it_waits_for_brings_it_back(em, issue):
    snooze(issue, until=None, awaited="answer", by=em, at=NOON)
    assert waits(em, NOON + 90 * DAY) == []

    question = Question.objects.filter(service="").first()
    answer(issue, question, text="Four", source="account_team", by=make_user(), at=NOON)

    assert waits(em) == [issue.pk]


def test_whatever_a_person_does_brings_it_back(em, issue):
    snooze(issue, until=TODAY + 9 * DAY, by=em, at=NOON)

    comment(issue, "They called", by=em, at=NOON)

    assert waits(em) == [issue.pk]
    assert queue(em, NOON).rows[0].snoozed_at == NOON


def test_watching_it_or_what_a_machine_does_brings_nothing_back(em, issue):
    snooze(issue, until=TODAY + 9 * DAY, by=em, at=NOON)

    watch(issue, by=make_user(), at=NOON)
    record(issue, "scoping.amended", by=None, at=NOON, changed={})
    record(issue, "scoping.amended", by=em, at=NOON, origin=Origin.IMPORT, changed={})

    assert waits(em) == []


def test_what_was_done_before_it_was_snoozed_does_not_count(em, issue):
    comment(issue, "They called", by=em, at=NOON)

    snooze(issue, until=TODAY + 9 * DAY, by=em, at=NOON)

    assert waits(em) == []


def test_it_can_be_taken_back_and_snoozed_again(em, issue):
    snooze(issue, until=TODAY + DAY, by=em, at=NOON)
    wake(issue, by=make_user(), at=NOON)
    assert waits(em) == [issue.pk]

    snooze(issue, until=TODAY + 5 * DAY, by=em, at=NOON)

    assert waits(em, NOON + 2 * DAY) == []
    assert Snooze.objects.get().until == TODAY + 5 * DAY


def test_what_is_awake_cannot_be_woken(em, issue):
    with pytest.raises(Refused, match="is not snoozed"):
        wake(issue, by=em, at=NOON)


def test_only_what_waits_for_a_verdict_is_snoozed(em):
    with pytest.raises(Refused):
        snooze(make_ready_issue(), until=TODAY + DAY, by=em, at=NOON)


def test_the_timeline_says_until_when(em, issue):
    call(issue, em, NOON + DAY)
    snooze(issue, until=TODAY + DAY, awaited="call", by=em, at=NOON)
    wake(issue, by=em, at=NOON)

    said = [what(event) for event in Event.objects.about(issue)][-2:]
    assert said == [
        "snoozed this until the scoping call begins or 3 Mar 2026",
        "took this back into the triage queue",
    ]


def test_a_day_is_that_of_whoever_looks(em, issue):
    snooze(issue, until=TODAY + DAY, by=em, at=NOON)
    late = NOON + 11 * HOUR + HOUR / 2

    with override("Asia/Tokyo"):
        assert waits(em, late) == [issue.pk]
    with override("UTC"):
        assert waits(em, late) == []
