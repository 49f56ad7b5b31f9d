"""Reminders on the working clock of who is asked; questions stop it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emdesk.approvals.inquiring import answer, ask
from emdesk.approvals.minding import mind
from emdesk.approvals.refusals import NotAllowed, Overtaken, Refused
from emdesk.ledger.models import Event
from emdesk.people.models import Role, User
from tests.approvals.papers import asked, paper, say, step_of
from tests.factories import NOON, make_calendar, make_user
from tests.oracles.approvals import answered_by

pytestmark = pytest.mark.django_db
OFFICE_MINUTES = 16 * 60
MINUTE = timedelta(minutes=1)


@pytest.fixture
def yusuf(people) -> User:
    """Nine to five in UTC."""
    people["architect"].calendar = make_calendar()
    people["architect"].save()
    return people["architect"]


def reminders(issue):
    found = Event.objects.about(issue).filter(verb="approvals.reminded")
    return [(each.data["mark"], each.at) for each in found]


def marks(asked_at):
    return [
        (mark, answered_by(asked_at, OFFICE_MINUTES * mark // 100)) for mark in (50, 80, 100, 200)
    ]


@pytest.mark.parametrize("hours", [0, 4, 9, 90, 100])
def test_each_mark_is_told_once_when_so_much_office_time_is_used(issue, em, yusuf, hours):
    at = NOON + timedelta(hours=hours)
    found = asked(issue, em, at=at)
    assert step_of(found, "architect").due_at == marks(at)[2][1]
    for mark, moment in marks(at):
        assert mind(moment - MINUTE) == 0
        assert mind(moment) == 1
        assert mind(moment) == 0
        assert reminders(issue)[-1] == (mark, moment)
    assert mind(at + timedelta(days=90)) == 0


def test_after_downtime_the_highest_mark_alone_is_told(issue, em, yusuf):
    asked(issue, em)
    assert mind(marks(NOON)[2][1] + timedelta(hours=1)) == 1
    assert [mark for mark, _ in reminders(issue)] == [100]


def test_of_several_the_clock_of_who_works_first_counts(issue, em, yusuf):
    far = make_calendar("Far away", time_zone="Pacific/Auckland")
    make_user(Role.TECHNICAL_ARCHITECT, calendar=far)
    late = NOON + timedelta(hours=8)
    found = asked(issue, em, at=late)
    assert step_of(found, "architect").due_at < answered_by(late, OFFICE_MINUTES)


def test_who_chose_no_calendar_works_the_usual_week_where_they_are(issue, em, people):
    """Noon on a Monday in UTC is nine in the evening in Tokyo: their clock starts on Tuesday."""
    asks = [step_of(asked(issue, em, paper(1)), "architect").due_at]
    User.objects.filter(pk=people["architect"].pk).update(time_zone="Asia/Tokyo")
    asks.append(step_of(asked(issue, em, paper(2)), "architect").due_at)
    nine_in_tokyo = NOON + timedelta(hours=12)
    two_days = timedelta(days=1, hours=8)
    assert asks == [answered_by(NOON, OFFICE_MINUTES), nine_in_tokyo + two_days]


def test_what_was_decided_or_recalled_reminds_nobody(issue, em, yusuf):
    say(asked(issue, em, paper(1)), "architect", yusuf, "rejected")
    assert mind(NOON + timedelta(days=30)) == 0


def test_a_question_stops_the_clock_until_it_is_answered(issue, em, yusuf):
    found = asked(issue, em)
    inquiry = ask(step_of(found, "architect"), "Which waves?", by=yusuf, at=NOON)
    assert mind(NOON + timedelta(days=20)) == 0
    later = NOON + timedelta(days=1)
    answer(inquiry, "Two of them", by=em, at=later)
    assert step_of(found, "architect").due_at == marks(later)[2][1]
    assert mind(marks(later)[0][1]) == 1
    say(found, "architect", yusuf, at=later)


def test_who_is_asked_asks_and_who_asked_answers_once(issue, em, yusuf):
    found = asked(issue, em)
    step = step_of(found, "architect")
    for nobody in (em, make_user(Role.REVENUE)):
        with pytest.raises(NotAllowed):
            ask(step, "Why?", by=nobody, at=NOON)
    with pytest.raises(Refused, match="Write the question"):
        ask(step, " ", by=yusuf, at=NOON)
    inquiry = ask(step, "Why?", by=yusuf, at=NOON)
    with pytest.raises(NotAllowed):
        answer(inquiry, "x", by=make_user(Role.REVENUE), at=NOON)
    with pytest.raises(Refused, match="Write the answer"):
        answer(inquiry, "", by=em, at=NOON)
    answer(inquiry, "Because", by=em, at=NOON)
    with pytest.raises(Overtaken):
        answer(inquiry, "Because again", by=em, at=NOON)
