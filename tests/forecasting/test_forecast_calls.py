"""The forecast call: what it goes through, what it decides, who is told of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.transaction import atomic
from django.db.utils import IntegrityError

from emdesk.activity.sentences import describe
from emdesk.configuration.fiscal_year import first_month
from emdesk.desk.duties import duties
from emdesk.fiscal import Quarter
from emdesk.ledger.models import Dispatch, Event
from emdesk.people.models import Role, User
from emdesk.workflow import Refused
from forecasting import deciding
from forecasting.agenda import TOLD, Agenda, Change
from forecasting.deciding import Decided
from forecasting.forecast import Forecast
from forecasting.models import Decision, ForecastCall
from scoping.deals import amend_deal
from scoping.judging import confirm
from scoping.models import Opportunity
from tests.factories import NOON, make_opportunity, make_user
from tests.forecasting.history import History
from tests.notifications.telling import announced, mails
from tests.oracles.agenda import agenda
from tests.seeds import seeds

pytestmark = pytest.mark.django_db
QUARTER = Quarter.parse("Q127")
DAY = timedelta(days=1)
LATER = NOON + 7 * DAY


@pytest.fixture
def lead() -> User:
    return make_user(Role.EM_LEAD, name="Lena Vogel")


@pytest.fixture
def bo() -> User:
    return make_user(name="Bo Ek")


def names(since: Any = NOON, at: Any = LATER, **options: Any) -> list[str]:
    found = Agenda(Forecast(QUARTER, None, at), since, **options)
    return [row["name"] for row in found.rows]


def deal(em: User, name: str, **fields: Any) -> Opportunity:
    day = date(2026, 3, 20)
    said = {"stage": "4", "close_date": day, "services_value": 100, "engagement_manager": em}
    return make_opportunity(name=name, **said | fields)


def test_only_deals_that_changed_stand_on_it_those_that_left_too(em: User, bo: User) -> None:
    changed, pushed = deal(em, "Changed", services_value=900), deal(em, "Pushed")
    again, untouched = deal(em, "Said again", confidence="grey"), deal(bo, "Untouched")
    elsewhere = deal(em, "Elsewhere", close_date=date(2026, 6, 1))
    amend_deal(changed, by=em, at=LATER - DAY, confidence="red")
    amend_deal(pushed, by=em, at=LATER - DAY, close_date=date(2026, 6, 1))
    amend_deal(elsewhere, by=em, at=LATER - DAY, confidence="red")
    confirm(again, by=em, at=LATER - DAY)

    assert names() == ["Changed", "Pushed"]
    assert names(since=LATER) == []
    assert names(everything=True) == ["Changed", "Said again", untouched.name]
    assert names(everything=True, em=bo.pk) == ["Untouched"]


def test_it_goes_by_engagement_manager_and_what_is_worth_most(em: User, bo: User) -> None:
    for person, name, worth in ((bo, "Small", 5), (bo, "Large", 50), (em, "Own", 20)):
        deal(person, name, services_value=worth)
    deal(bo, "Unpriced", services_value=None)
    make_opportunity(name="Nobody's", stage="4", close_date=date(2026, 3, 20), amount=10_000)
    assert names(everything=True) == ["Own", "Large", "Small", "Unpriced", "Nobody's"]


def test_what_changed_is_told_from_what_to_what(em: User, bo: User) -> None:
    told = deal(em, "Told", services_value=100, confidence="amber", confidence_rationale="Hm")
    amend_deal(told, by=em, at=NOON + DAY, quoted_value=150, confidence="green", stage="5")
    amend_deal(told, by=em, at=NOON + 2 * DAY, engagement_manager=bo, confidence="amber")
    amend_deal(told, by=em, at=NOON + 3 * DAY, close_date=date(2026, 4, 1))

    changes = Agenda(Forecast(QUARTER, None, LATER), NOON).changes(Opportunity.objects.get())

    assert changes == [
        Change("Stage", "4-Proposal", "5-Negotiating"),
        Change("Close date", "20 Mar 2026", "1 Apr 2026"),
        Change("Engagement manager", "Amara Osei", "Bo Ek"),
        Change("Value", "$100", "$150"),
    ]


@pytest.mark.parametrize("seed", seeds(1, 3))
def test_the_agenda_is_what_a_naive_reading_of_every_state_says(seed: int) -> None:
    states: dict[int, list[dict[str, Any]]] = {}

    def remember() -> None:
        for row in Opportunity.objects.values("pk", *TOLD):
            known = states.setdefault(row["pk"], [{}])
            if known[-1] != row:
                known.append(row)

    history = History(seed, lambda day: None)
    history.go_on(2)
    since = history.at - timedelta(hours=3)
    states |= {row["pk"]: [row] for row in Opportunity.objects.values("pk", *TOLD)}
    for _ in range(60):
        history.at += timedelta(minutes=7)
        history.do_something()
        remember()
    quarter = Quarter.containing(history.at.date(), first_month(history.at.date()))
    forecast = Forecast(quarter, None, history.at)
    here = set(Opportunity.objects.values_list("pk", flat=True))
    states = {pk: each for pk, each in states.items() if pk in here}

    found = {row["pk"] for row in Agenda(forecast, since).rows}

    assert found == agenda(states, *forecast.window)
    assert found


def test_a_call_is_begun_once_and_the_next_begins_where_it_ended(em: User, lead: User) -> None:
    call = deciding.begin(QUARTER, by=lead, at=NOON)
    assert (call.since, deciding.begin(QUARTER, by=em, at=NOON + DAY)) == (NOON - 7 * DAY, call)
    with pytest.raises(IntegrityError), atomic():
        ForecastCall.objects.create(quarter="Q127", since=NOON, begun_at=NOON, begun_by=lead)
    deciding.end(call, [em], by=lead, at=NOON + DAY)

    assert deciding.begin(QUARTER, by=lead, at=LATER).since == NOON + DAY
    assert deciding.begin(QUARTER.next, by=lead, at=LATER).since == LATER - 7 * DAY
    with pytest.raises(Refused, match="running quarter"):
        deciding.begin(QUARTER.previous, by=lead, at=LATER)


def test_a_decision_is_kept_once_and_is_its_owners_duty_until_done(em: User, lead: User) -> None:
    call, about = deciding.begin(QUARTER, by=lead, at=NOON), deal(em, "Globex")
    said = Decided("Ask legal for the redline", em, date(2026, 3, 9), about)
    first = deciding.decide(call, said, by=lead, at=NOON)
    assert deciding.decide(call, said, by=lead, at=NOON + DAY) == first
    general = deciding.decide(call, Decided("Review ambers", em), by=lead, at=NOON)

    def due() -> list[tuple[str, str, date | None]]:
        mine = [each for each in duties([em], NOON) if isinstance(each.subject, Decision)]
        return [(str(each.subject), each.reason, each.due) for each in mine]

    where = "in the forecast call of 2 Mar"
    assert due() == [
        (said.text, f"Globex: decided {where}", said.due),
        ("Review ambers", f"Decided {where}", None),
    ]
    deciding.drop(general, by=lead, at=NOON)
    deciding.done(first, by=em, at=NOON)
    deciding.done(first, by=em, at=LATER)
    assert due() == []
    assert Decision.objects.get(pk=first.pk).done_at == NOON
    assert Event.objects.filter(verb=deciding.DONE).count() == 1


def test_what_is_over_is_neither_added_to_nor_taken_from(em: User, lead: User) -> None:
    call = deciding.begin(QUARTER, by=lead, at=NOON)
    kept = deciding.decide(call, Decided("Review", em), by=lead, at=NOON)
    deciding.end(call, [], by=lead, at=NOON)
    for deed in (
        lambda: deciding.decide(call, Decided("More", em), by=lead, at=NOON),
        lambda: deciding.drop(kept, by=lead, at=NOON),
        lambda: deciding.end(call, [em], by=lead, at=LATER),
    ):
        with pytest.raises(Refused, match="is over"):
            deed()
    assert Event.objects.filter(verb=deciding.ENDED).count() == 1
    deciding.done(kept, by=em, at=LATER)


def test_everybody_there_is_mailed_once_and_whoever_has_something_to_do(
    em: User, bo: User, lead: User
) -> None:
    absent, outsider = make_user(Role.PS_LEADERSHIP), make_user(Role.ACCOUNT_TEAM)
    call = deciding.begin(QUARTER, by=lead, at=NOON)
    deciding.decide(call, Decided("Ask legal", bo, date(2026, 3, 9)), by=lead, at=NOON)
    deciding.decide(call, Decided("Call the CFO", absent), by=lead, at=NOON)
    dropped = deciding.decide(call, Decided("Never mind", em), by=lead, at=NOON)
    deciding.drop(dropped, by=lead, at=NOON)
    Dispatch.objects.exclude(event__verb=deciding.ENDED).delete()
    deciding.end(call, [em, bo, lead, outsider], by=lead, at=NOON)

    announced()
    announced()

    told = {person: [mail.text for mail in mails(person)] for person in (em, bo, absent)}
    assert {person: len(texts) for person, texts in told.items()} == {em: 1, bo: 1, absent: 1}
    assert mails(outsider) == mails(lead) == []
    line = "2 decisions: 1. Ask legal: Bo Ek, by 9 Mar 2026; 2. Call the CFO: "
    assert line in " ".join(told[em][0].split())
    assert "Never mind" not in told[em][0]
    assert "you were in it" in told[em][0]
    assert "yours to do" in told[bo][0]
    assert mails(em)[0].subject == "Forecast call for FY27-Q1: what was decided"


def test_every_deed_is_in_the_ledger_in_words(em: User, lead: User) -> None:
    call = deciding.begin(QUARTER, by=lead, at=NOON)
    kept = deciding.decide(call, Decided("Ask legal", em), by=lead, at=NOON)
    gone = deciding.decide(call, Decided("No", em), by=lead, at=NOON)
    deciding.drop(gone, by=lead, at=NOON)
    deciding.done(kept, by=em, at=NOON)
    deciding.end(call, [em], by=lead, at=NOON)
    told = [describe(each) for each in Event.objects.about(call).order_by("number")]
    assert told == [
        "Lena Vogel began the call",
        "Lena Vogel kept the decision “Ask legal: Amara Osei”",
        "Lena Vogel kept the decision “No: Amara Osei”",
        "Lena Vogel took the decision “No: Amara Osei” out again",
        "Amara Osei did “Ask legal: Amara Osei”",
        "Lena Vogel ended the call with 1 decision: 1. Ask legal: Amara Osei",
    ]
