"""Risks of a deal and the call for help: whose they are, what the deal's history tells of them."""

import pytest

from emdesk.ledger.models import Event
from emdesk.notifications.audiences import heard as hearing
from emdesk.people.models import Role
from scoping.deal_changes import word_history
from scoping.deals import amend_deal
from scoping.models import Opportunity, Risk
from tests.factories import NOON, TODAY, make_opportunity, make_user
from tests.scoping.pages import queries_of

pytestmark = pytest.mark.django_db
SAID = {"text": "Their sponsor may leave", "likelihood": "3", "impact": "2", "status": "open"}


@pytest.fixture
def deal(em):
    return make_opportunity(engagement_manager=em, stage="4")


def at(deal, *rest):
    return f"{deal.get_absolute_url()}{'/'.join(rest)}/"


def test_a_risk_is_noted_and_changed_in_the_open(client, deal, em):
    assert client.post(at(deal, "risks", "new"), SAID).status_code == 302
    risk = Risk.objects.get()
    changed = SAID | {"status": "mitigated", "owner": em.pk, "mitigation": "Met her successor"}
    for _ in range(2):
        assert client.post(at(deal, "risks", str(risk.pk)), changed).status_code == 302

    page = client.get(deal.get_absolute_url()).content.decode()
    assert [event.verb for event in Event.objects.about(deal)] == [
        "scoping.risk_noted",
        "scoping.risk_changed",
    ]
    assert "noted a risk" in page
    assert "Met her successor" in page
    assert "Status from" in page or "status from" in page
    assert client.post(at(deal, "risks", "new"), SAID | {"text": ""}).status_code == 422


def test_others_read_risks_and_change_none(signed_in, deal, em):
    Risk.objects.create(opportunity=deal, text="Their sponsor may leave")
    other = signed_in(make_user())

    assert "Their sponsor may leave" in other.get(deal.get_absolute_url()).content.decode()
    assert other.post(at(deal, "risks", "new"), SAID).status_code == 403
    assert other.post(at(deal, "help"), {"help_needed": "x"}).status_code == 403


def test_a_risk_of_another_deal_is_not_found_here(client, deal, em):
    elsewhere = Risk.objects.create(opportunity=make_opportunity(), text="x")

    assert client.get(at(deal, "risks", str(elsewhere.pk))).status_code == 404


def test_a_call_for_help_is_told_and_ends(client, deal):
    assert client.post(at(deal, "help"), {"help_needed": "A sponsor"}).status_code == 302
    asked = Event.objects.about(deal).get()

    assert asked.verb == "scoping.help_asked"
    assert Opportunity.objects.get().help_needed == "A sponsor"
    assert Role.EM_LEAD in [role for each in hearing(asked, deal, "watched") for role in each.roles]
    page = client.get("/opportunities/?view=team&quarter=all").content.decode()
    assert "Needs help" in page

    assert client.post(at(deal, "help"), {"help_needed": ""}).status_code == 302
    assert Event.objects.about(deal).last().verb == "scoping.help_over"
    assert Opportunity.objects.get().help_needed == ""


def test_the_history_tells_what_was_said_when(deal, em):
    said = [("amber", "Date open", TODAY), ("green", "Signed", TODAY.replace(month=5))]
    for colour, why, day in said:
        fields = {"confidence": colour, "confidence_rationale": why, "close_date": day}
        amend_deal(deal, by=em, at=NOON, **fields)
    amend_deal(deal, by=em, at=NOON, amount=5)

    words = word_history(Opportunity.objects.get())

    assert [(word.colour, word.rationale, word.close_date) for word in words] == said[::-1]


def test_the_page_of_a_deal_costs_the_same_however_much_happened(client, deal, em):
    costs = []
    for _ in range(2):
        for number in range(1, 4):
            Risk.objects.create(opportunity=deal, text=f"Risk {number}", owner=make_user())
            amend_deal(deal, by=em, at=NOON, confidence="green", confidence_rationale=str(costs))
            amend_deal(deal, by=em, at=NOON, confidence="red")
        costs.append(queries_of(client, deal.get_absolute_url()))

    assert costs[0] == costs[1]
