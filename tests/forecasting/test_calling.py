"""The week's call: who may say it until when, what stays, what a lead adds, when it is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from emdesk.activity.sentences import describe, unspelled
from emdesk.configuration.values import set_value
from emdesk.desk.duties import duties
from emdesk.fiscal import Quarter
from emdesk.ledger.models import Event
from emdesk.people.models import Role, User
from emdesk.workflow import Refused
from forecasting import calling
from forecasting.calling import LED, REOPENED, SUBMITTED, Said, callable_quarters
from forecasting.calls import Calls, history
from forecasting.forecast import Forecast
from forecasting.models import Call, Submission
from forecasting.weeks import Lock
from tests.factories import NOON, make_opportunity, make_user

pytestmark = pytest.mark.django_db
QUARTER = Quarter.parse("Q127")
SAID = Said(Decimal(10_000), Decimal(25_000), "Two SOWs wait for legal")
FRIDAY = datetime(2026, 3, 6, 17, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def lead(db: None) -> User:
    return make_user(Role.EM_LEAD, name="Lena Vogel")


def line_of(em: User, at: datetime = NOON):
    forecast = Forecast(QUARTER, None, at)
    return Calls(forecast, forecast.by("em")).line(em)


def test_a_call_keeps_what_the_deals_said_beside_it(em: User) -> None:
    make_opportunity(stage="won", services_value=1_000, engagement_manager=em)
    make_opportunity(stage="4", confidence="green", services_value=500, engagement_manager=em)
    make_opportunity(stage="4", confidence="amber", services_value=70, engagement_manager=em)
    make_opportunity(stage="4", confidence="green", services_value=9, engagement_manager=None)

    line = calling.submit(QUARTER, em, SAID, at=NOON)

    assert (line.commit, line.best_case, line.note) == (10_000, 25_000, SAID.note)
    assert (line.computed_commit, line.computed_best_case) == (1_500, 1_570)
    assert line.call.week == date(2026, 3, 2)


def test_it_is_said_anew_until_it_locks_and_every_line_stays(em: User) -> None:
    lower = Said(Decimal(9_000), Decimal(20_000), "One slipped")
    calling.submit(QUARTER, em, SAID, at=NOON)
    calling.submit(QUARTER, em, SAID, at=NOON + SECOND)
    calling.submit(QUARTER, em, lower, at=FRIDAY - SECOND)

    with pytest.raises(Refused, match="locked"):
        calling.submit(QUARTER, em, SAID, at=FRIDAY)

    told = [entry.line.commit for entry in history(Forecast(QUARTER, None, NOON), em)]
    assert told == [9_000, 10_000]
    for change in (Submission.objects.all().delete, lambda: Submission.objects.update(commit=1)):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


def test_the_lock_is_a_setting_and_falls_where_the_person_is(em: User) -> None:
    em.time_zone = "Asia/Tokyo"
    said = {"effective_from": NOON.date(), "reason": "x", "by": None, "at": NOON}
    assert Lock.on(NOON.date()).week(NOON, em).locks_at == FRIDAY - timedelta(hours=9)
    assert Lock.on(NOON.date()).week(NOON, None).locks_at == FRIDAY + timedelta(hours=8)

    set_value("forecast_lock_day", 2, **said)
    set_value("forecast_lock_time", time(9, 30), **said)

    week = Lock.on(NOON.date()).week(NOON, em)
    assert week.locks_at == datetime(2026, 3, 4, 0, 30, tzinfo=UTC)
    sunday = datetime(2026, 3, 8, 14, 59, tzinfo=UTC)
    assert Lock.on(NOON.date()).week(sunday, em).monday == date(2026, 3, 2)
    assert Lock.on(NOON.date()).week(sunday + timedelta(minutes=1), em).monday == date(2026, 3, 9)


def test_only_a_lead_reopens_and_then_it_is_said_once_and_late(em: User, lead: User) -> None:
    with pytest.raises(Refused, match="not locked yet"):
        calling.reopen(QUARTER, em, "Was ill", by=lead, at=NOON)
    calling.reopen(QUARTER, em, "Was ill", by=lead, at=FRIDAY)
    with pytest.raises(Refused, match="open again already"):
        calling.reopen(QUARTER, em, "Was ill", by=lead, at=FRIDAY)

    line = calling.submit(QUARTER, em, SAID, at=FRIDAY + SECOND)

    assert line.late
    with pytest.raises(Refused, match="locked"):
        calling.submit(QUARTER, em, Said(Decimal(1), Decimal(2)), at=FRIDAY + 2 * SECOND)
    entries = history(Forecast(QUARTER, None, FRIDAY), em)
    assert [(entry.by, entry.reason) for entry in entries] == [(em, ""), (lead, "Was ill")]


def test_a_leads_line_stands_beside_and_never_over(em: User, lead: User) -> None:
    calling.submit(QUARTER, em, SAID, at=NOON)
    lower = Said(Decimal(8_000), Decimal(20_000), "I doubt Globex")
    calling.lead(QUARTER, em, lower, by=lead, at=FRIDAY + SECOND)
    calling.lead(QUARTER, None, lower, by=lead, at=NOON)

    line = line_of(em, FRIDAY + SECOND)

    assert line.own is not None
    assert line.lead is not None
    assert (line.own.commit, line.lead.commit) == (10_000, 8_000)
    forecast = Forecast(QUARTER, None, NOON)
    desk = Calls(forecast, forecast.by("em")).desk
    assert desk.own is None
    assert desk.lead is not None


def test_last_weeks_call_is_known_and_not_this_weeks(em: User) -> None:
    calling.submit(QUARTER, em, SAID, at=NOON - timedelta(days=7))
    line = line_of(em)
    assert (line.own, line.before and line.before.commit, line.missed) == (None, 10_000, False)
    assert line_of(em, FRIDAY).missed


def test_of_a_quarter_that_is_over_the_last_call_stands_and_none_is_made(em: User) -> None:
    calling.submit(QUARTER, em, SAID, at=datetime(2026, 4, 29, 9, tzinfo=UTC))
    later = datetime(2026, 7, 1, 12, tzinfo=UTC)

    assert line_of(em, later).own is not None
    with pytest.raises(Refused, match="running quarter"):
        calling.submit(QUARTER, em, SAID, at=later)
    assert [str(each) for each in callable_quarters(Quarter.parse("Q227"))] == [
        "Q227",
        "Q327",
        "Q427",
    ]


def test_every_deed_is_in_the_ledger_in_words(em: User, lead: User) -> None:
    calling.submit(QUARTER, em, SAID, at=NOON)
    calling.lead(QUARTER, em, SAID, by=lead, at=NOON)
    calling.reopen(QUARTER, em, "Was ill", by=lead, at=FRIDAY)

    told = [describe(each) for each in Event.objects.about(Call.objects.get()).order_by("number")]

    assert unspelled({SUBMITTED, LED, REOPENED}) == set()
    called = "Commit $10,000 and Best Case $25,000"
    assert told[0] == f"{em} called {called}: “{SAID.note}”"
    assert told[1] == f"Lena Vogel put {called} beside the call of {em}: “{SAID.note}”"
    assert told[2] == f"Lena Vogel reopened the call of {em}: Was ill"


def test_the_duty_stands_from_the_day_before_until_it_is_said_or_locked(em: User) -> None:
    make_opportunity(stage="4", engagement_manager=em)
    make_opportunity(stage="4", confidence="green", engagement_manager=em, confidence_rationale="x")

    def due(at: datetime) -> list[str]:
        return [duty.reason for duty in duties([em], at) if isinstance(duty.subject, Call)]

    eve = datetime(2026, 3, 5, 0, 0, tzinfo=UTC)
    assert due(eve - SECOND) == []
    assert due(eve) == ["It locks Fri 17:00; 1 Grey and 1 stale rationale among the deals"]
    assert due(FRIDAY) == []
    calling.submit(QUARTER, em, SAID, at=NOON)
    assert due(eve) == []
    calling.reopen(QUARTER, em, "Was ill", by=make_user(Role.DIRECTOR), at=FRIDAY)
    assert due(FRIDAY)[0].startswith("It was reopened for you")
