"""Unusual payment, acceptance and free work ask somebody more; small deals are not redlined."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from emdesk.activity.sentences import describe
from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from emdesk.workflow import NotAllowed, Refused, perform
from scoping.estimating.sending import decide, send
from scoping.models import EstimateLine, Opportunity
from scoping.models.estimate import Addressee, Standing
from scoping.states import State
from sow import arranging
from sow.approving import CHAIN
from sow.asking import effects_of, foreseen
from sow.drafting import draft
from sow.eligibility import allow, redlining_refused
from sow.models import Clause
from sow.pen import give
from sow.saving import Typed, save
from tests.factories import NOON, make_user
from tests.factories import again as again_issue
from tests.oracles import terms as oracle
from tests.sow.approved import HOUR, again, approve_all, put, ready, staffed
from tests.sow.making import begun, make_ready_issue

pytestmark = pytest.mark.django_db
PAID = "Billing: {{ billing }}. Invoices are due within 30 days."


@pytest.fixture
def people():
    return staffed()


@pytest.fixture
def statement(em):
    return ready(em)


def write(statement, by, *, at=NOON + HOUR, fields=None, act=None, **texts):
    statement = again(statement)
    typed = [Typed(key, key.title(), text) for key, text in texts.items()]
    said = {"fields": fields or {}, "act": act, "why": "They asked"}
    return save(statement, seen=statement.latest, by=by, at=at, typed=typed, **said)


def asked(statement, by, at=NOON + HOUR):
    statement = again(statement)
    plan = foreseen(statement, statement.head, by=by, at=at)
    return {each.gate.key: each for each in plan.asks}


def test_payment_asks_the_deal_desk_as_the_oracle_says(statement, em):
    assert "payment_terms" not in asked(statement, em)
    for text, billing, days in (
        (PAID.replace("30", "45"), "When the SOW is signed", {45}),
        ("Net 30, or net-60 once they ask.", "With the order form", {30, 60}),
        ("Paid when they like.", "With the order form", set()),
        (PAID, "By milestone", {30}),
        (PAID, "time and materials, monthly", {30}),
        ("Net 30.", "When the SOW is signed", {30}),
    ):
        write(statement, em, billing=text, fields={"billing": billing})
        found = "payment_terms" in asked(statement, em)
        assert found is oracle.payment_asks(days, billing), (text, billing)

    clause = Clause.objects.with_text().get(key="billing-standard")
    write(statement, em, act=arranging.take("billing", clause, 0))
    assert asked(statement, em)["payment_terms"].why == "It is paid in 45 days, not 30."


def test_what_is_usual_is_a_dated_setting(statement, em, lead):
    said = {
        "effective_from": NOON.date() + timedelta(days=1),
        "reason": "x",
        "by": lead,
        "at": NOON,
    }
    set_value("sow_payment_days", 45, **said)
    set_value("sow_acceptance_days", 10, **said)

    assert not {"payment_terms", "acceptance"} & set(asked(statement, em))
    later = asked(statement, em, NOON + timedelta(days=1))
    assert later["payment_terms"].why == "It is paid in 30 days, not 45."
    assert later["acceptance"].why == "It is accepted after 5 business days, not 10."
    assert "after 10 business days" in later["acceptance"].without


def test_acceptance_asks_a_director_as_the_oracle_says(statement, em):
    written = again(statement).head.said.section("acceptance").text
    for text, days in (
        (written, {5}),
        (written.replace("{{ acceptance_days }} business", "10 working"), {10}),
        (written.replace("{{ acceptance_days }} business", "10"), set()),
        (f"{written}\n\nWithin 5 business days.", {5}),
    ):
        write(statement, em, acceptance=text)
        assert ("acceptance" in asked(statement, em)) is oracle.acceptance_asks(days), text

    clause = Clause.objects.with_text().get(key="acceptance-passive")
    write(statement, em, act=arranging.take("acceptance", clause, 0))
    assert asked(statement, em)["acceptance"].why == "It is accepted by a fallback clause."


def free_work(em, **terms):
    """A SOW with an activity that has hours and no price, and an option that has none either."""
    issue = make_ready_issue(State.STRAWMAN_WIP, at=NOON, engagement_manager=em)
    estimate = begun(issue, em, NOON, **terms)
    for place, optional in ((900, False), (950, True)):
        EstimateLine.objects.create(
            estimate=estimate,
            position=place,
            title="Workshop",
            phase="Move",
            hours=8,
            rate=0,
            optional=optional,
        )
    version = send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=NOON)
    decide(version, Standing.ACCEPTED, by=em, at=NOON)
    perform(again_issue(issue).start_sow, by=em, at=NOON)
    return draft(again_issue(issue), by=em, at=NOON).statement


def test_free_work_asks_two_executives_who_are_two(em, people):
    statement = free_work(em)
    found = asked(statement, em)
    assert found["free_services"].why == found["free_sales"].why == "“Workshop” is free."

    people["free_sales"].roles = []
    people["free_sales"].save()
    plan = foreseen(again(statement), again(statement).head, by=em, at=NOON)
    assert not plan.stuck
    people["discount_finance"].roles = []
    people["discount_finance"].save()
    plan = foreseen(again(statement), again(statement).head, by=em, at=NOON)
    assert "Nobody can decide" in plan.stuck


def test_a_discount_of_everything_asks_them_and_no_signatory(em, people):
    found = asked(ready(em, discount_percent=100), em)

    assert found["free_services"].why == "All of it is free."
    assert "discount_finance" not in found
    assert "less than 100 %" in found["free_sales"].without


def test_what_would_spare_a_step_stands_with_it(statement, em, lead):
    said = {"effective_from": NOON.date(), "reason": "x", "by": lead, "at": NOON}
    set_value("estimate_review_above", 100, **said)
    spared = {key: each.without for key, each in asked(statement, em).items()}

    assert spared["architect"].startswith("A list total of up to 100 asks no architect")
    assert spared["delivery"] == spared["revenue"] == spared["leadership"] == ""
    gates = {gate.key: gate for gate in CHAIN.gates}
    assert gates["payment_terms"].place == gates["leadership"].place


def test_only_what_they_look_at_resets_their_word(statement, em, people):
    write(statement, em, billing=PAID.replace("30", "45"))
    write(
        statement,
        em,
        acceptance=f"{again(statement).head.said.section('acceptance').text} 9 working days.",
    )
    approve_all(put(statement, em, NOON + 2 * HOUR), people, NOON + 2 * HOUR)
    head = again(statement).head

    def resets(key, text):
        sections = tuple(
            type(each)(each.key, each.kind, each.title, text, each.source)
            if each.key == key
            else each
            for each in head.said.sections
        )
        content = type(head.said)(head.said.fields, sections)
        return set(effects_of(head, content, by=em, at=NOON + 3 * HOUR).resets)

    usual = {"Revenue's approval", "PS leadership's approval"}
    assert resets("billing", PAID.replace("30", "60")) == usual | {"Deal desk's word on payment"}
    assert resets("travel", "None.") == usual
    assert resets("acceptance", "After 8 working days: Prepare, Move.") == {
        *("PS leadership's approval", "Director's word on acceptance"),
    }


def test_a_value_below_the_limit_is_not_redlined_while_the_setting_is_on(
    statement, em, lead, legal
):
    issue = again(statement).issue
    deal = Opportunity.objects.create(name="D", amount=Decimal("25000.00"), currency="USD")
    type(issue).objects.filter(pk=issue.pk).update(opportunity=deal)
    issue = again(statement).issue
    assert redlining_refused(issue, NOON) == redlining_refused(issue, NOON, theirs=True) == ""

    said = {"effective_from": NOON.date(), "reason": "x", "by": lead, "at": NOON}
    set_value("sow_redline_limits", "on", **said)
    for worth in ("24999.99", "25000.00", "25000.01", "100000.00", "100000.01"):
        Opportunity.objects.filter(pk=deal.pk).update(amount=Decimal(worth))
        issue = again(statement).issue
        for theirs in (False, True):
            allowed = oracle.may_redline(float(worth), own_paper=not theirs)
            assert (redlining_refused(issue, NOON, theirs=theirs) == "") is allowed, worth

    Opportunity.objects.filter(pk=deal.pk).update(amount=Decimal(20_000))
    with pytest.raises(Refused, match="Ask legal"):
        give(again(statement), "customer", by=em, at=NOON + HOUR)
    give(again(statement), "account_team", by=em, at=NOON + HOUR)
    with pytest.raises(NotAllowed):
        allow(issue, reason="A friend", by=em, at=NOON + HOUR)
    with pytest.raises(Refused, match="Say why"):
        allow(issue, reason="", by=legal, at=NOON + HOUR)
    allow(issue, reason="They sign at once", by=legal, at=NOON + HOUR)

    assert redlining_refused(again(statement).issue, NOON + HOUR) == ""
    assert "They sign at once" in describe(Event.objects.about(issue).last())


def test_as_one_types_it_says_whom_it_would_ask(statement, em, people):
    client = Client()
    client.force_login(em)
    said = {"seen": 2, "edit": "billing", "t.billing": "Billing", "x.billing": "In 90 days."}

    shown = client.post(f"{statement.get_absolute_url()}check/", said).content.decode()

    assert "Deal desk&#x27;s word on payment" in shown
    assert "It is paid in 90 days, not 30." in shown
    assert "Not asked otherwise: The standard clause, 30 days" in shown
    assert client.get(f"{statement.get_absolute_url()}approval/").status_code == 200
    assert make_user().pk not in {each.pk for each in people.values()}
