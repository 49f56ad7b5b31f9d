"""Opportunities by form: who creates, advances, judges and books them, and what closes with them."""

from datetime import date
from decimal import Decimal

import pytest

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import Refused
from scoping.deals import amend_deal, create_deal, proposed_close, proposed_name
from scoping.facts import amend
from scoping.models import Opportunity, Stage
from scoping.states import Outcome, State
from tests.factories import (
    NOON,
    again,
    make_account,
    make_issue,
    make_opportunity,
    make_ready_issue,
    make_user,
)
from tests.scoping.pages import at, queries_of
from tests.security.dom import fields_of

pytestmark = pytest.mark.django_db
NEW = {"name": "Acme deal", "parent": "Licences 2026", "close_date": "2026-12-01"}
NEW |= {"amount": "42000.50", "currency": "EUR", "external_id": ""}


@pytest.fixture
def leo(db):
    return make_user(Role.ACCOUNT_TEAM, name="Leo Marchetti")


@pytest.fixture
def deal(em, leo):
    deal = make_opportunity(stage=Stage.PROPOSAL, amount=Decimal(100))
    make_ready_issue(
        State.SOW_WIP,
        account=deal.account,
        engagement_manager=em,
        requester=leo,
        opportunity=deal,
    )
    return deal


def now(deal):
    return Opportunity.objects.get(pk=deal.pk)


def edit(client, deal, group, **said):
    """Change a group of fields on the page, as a person does."""
    page = client.get(deal.get_absolute_url()).content.decode()
    first = {"deal": "stage", "judgement": "confidence"}[group]
    form = {"group": group} | fields_of(page, first) | said
    return client.post(deal.get_absolute_url(), form)


@pytest.mark.parametrize(
    ("day", "close"),
    [
        (date(2026, 1, 15), date(2026, 10, 15)),
        (date(2026, 4, 1), date(2027, 1, 1)),
        (date(2026, 5, 31), date(2027, 2, 28)),
        (date(2026, 12, 31), date(2027, 9, 28)),
    ],
)
def test_a_close_date_is_proposed_nine_months_out(day, close):
    assert proposed_close(day) == close


def test_a_name_is_proposed_as_the_crm_has_them():
    issue = make_issue(account=make_account(name="Acme"))

    assert proposed_name(issue, date(2026, 3, 2)) == "Acme- Professional Services 03/26"
    issue.account.name = "x" * 200
    assert len(proposed_name(issue, NOON.date())) == 200


def test_a_deal_is_created_from_the_issue_and_linked(client, issue, em):
    page = client.get(at("new_opportunity", issue)).content.decode()
    assert f"{issue.account.name}- Professional Services" in page

    response = client.post(at("new_opportunity", issue), NEW)

    deal = Opportunity.objects.get()
    assert (response.status_code, response.url) == (302, deal.get_absolute_url())
    assert again(issue).opportunity == deal
    assert (deal.stage, deal.record_type) == (Stage.PENDING, "Professional Services Only")
    assert (deal.account, deal.parent) == (issue.account, "Licences 2026")
    assert (deal.amount, deal.services_value) == (Decimal("42000.50"), Decimal("42000.50"))
    assert (deal.engagement_manager, deal.currency) == (em, "EUR")
    assert Event.objects.about(deal).get().verb == "scoping.deal_created"
    assert Event.objects.about(issue).last().data["changed"]["opportunity_id"] == [None, deal.pk]


def test_an_issue_has_one_deal_at_a_time(client, deal, em):
    issue = deal.issues.get()

    with pytest.raises(Refused):
        create_deal(issue, by=em, at=NOON, name="Second", close_date=date(2027, 1, 1))
    response = client.post(at("new_opportunity", issue), NEW)

    assert response.status_code == 422
    assert "Unlink that one first" in response.content.decode()
    assert Opportunity.objects.count() == 1


def test_the_deal_desk_links_another_deal_by_the_facts_of_the_issue(client, deal):
    issue = deal.issues.get()
    other = make_opportunity(account=issue.account)
    address = at("facts", issue, "deal")

    page = client.get(address).content.decode()
    client.post(address, fields_of(page, "opportunity") | {"opportunity": str(other.pk)})
    assert again(issue).opportunity == other
    page = client.get(address).content.decode()
    client.post(address, fields_of(page, "opportunity") | {"opportunity": ""})

    assert again(issue).opportunity is None


CREATORS = {Role.EM, Role.EM_LEAD, Role.DIRECTOR, Role.DEAL_DESK, Role.ACCOUNT_TEAM}


@pytest.mark.parametrize("role", Role)
def test_who_may_create_a_deal(role, signed_in):
    user = make_user(role)
    issue = make_ready_issue(requester=user, technical_architect=user, delivery_manager=user)
    browser = signed_in(user)

    answer = browser.get(at("new_opportunity", issue))
    page = browser.get(issue.get_absolute_url())

    expected = 200 if role in CREATORS else (403 if page.status_code == 200 else 404)
    assert answer.status_code == expected
    assert ("opportunity/new/" in page.content.decode()) == (role in CREATORS)


def test_the_account_team_advances_its_deal(signed_in, leo, deal):
    response = edit(signed_in(leo), deal, "deal", stage="5", amount="250")

    assert response.status_code == 302
    assert (now(deal).stage, now(deal).amount) == (Stage.NEGOTIATING, Decimal(250))
    event = Event.objects.about(deal).get()
    assert (event.verb, event.actor) == ("scoping.deal_amended", leo)
    assert event.data["changed"] == {"stage": ["4", "5"], "amount": ["100.00", "250.00"]}


def test_the_account_team_books_nothing(signed_in, leo, deal):
    browser = signed_in(leo)
    assert 'value="won"' not in browser.get(deal.get_absolute_url()).content.decode()

    assert edit(browser, deal, "deal", stage="won").status_code == 422

    assert now(deal).stage == Stage.PROPOSAL


@pytest.mark.parametrize("stage", [Stage.CLOSING, Stage.WON, Stage.LOST])
def test_what_is_handed_in_is_the_deal_desks(signed_in, leo, deal, stage):
    Opportunity.objects.filter(pk=deal.pk).update(stage=stage)
    said = {"group": "deal", "stage": "4"}

    assert signed_in(leo).post(deal.get_absolute_url(), said).status_code == 403


@pytest.mark.parametrize(("stage", "outcome"), [("won", Outcome.WON), ("lost", Outcome.LOST)])
def test_a_deal_that_closes_closes_its_issue_by_the_one_door(signed_in, deal, stage, outcome):
    desk = signed_in(make_user(Role.DEAL_DESK))

    response = edit(desk, deal, "deal", stage=stage, close_date="2026-03-02")

    issue = deal.issues.get()
    assert response.status_code == 302
    assert (issue.state, issue.outcome, issue.close_quarter) == (State.CLOSED, outcome, "Q127")
    event = Event.objects.about(issue).moves().last()
    assert (event.verb, event.actor) == (f"scoping.{'win' if stage == 'won' else 'lose'}", None)


def test_an_issue_that_is_closed_already_stays_as_it_is(deal, em):
    issue = deal.issues.get()
    lost = make_issue(State.CLOSED, opportunity=deal, engagement_manager=em)
    moves = again(lost).moves

    amend_deal(deal, by=em, at=NOON, stage=Stage.WON)

    assert again(issue).outcome == Outcome.WON
    assert (again(lost).outcome, again(lost).moves) == (Outcome.LOST, moves)


def test_another_change_of_a_closed_deal_closes_nothing(deal, em):
    Opportunity.objects.filter(pk=deal.pk).update(stage=Stage.WON)

    amend_deal(deal, by=em, at=NOON, amount=Decimal(7))

    assert deal.issues.get().state == State.SOW_WIP


def test_a_closed_deal_has_a_close_date(signed_in, deal):
    desk = signed_in(make_user(Role.DEAL_DESK))

    response = edit(desk, deal, "deal", stage="won", close_date="")

    assert response.status_code == 422
    assert deal.issues.get().state == State.SOW_WIP


def test_the_em_says_how_sure_they_are_and_why(client, deal):
    response = edit(
        client, deal, "judgement", confidence="amber", confidence_rationale="Budget in May"
    )

    assert response.status_code == 302
    assert (now(deal).confidence, now(deal).confidence_rationale) == ("amber", "Budget in May")


@pytest.mark.parametrize("colour", ["red", "amber", "green"])
def test_every_colour_but_grey_needs_its_reason(client, deal, colour):
    assert edit(client, deal, "judgement", confidence=colour).status_code == 422
    assert edit(client, deal, "judgement", confidence="grey", services_value="1").status_code == 302
    assert now(deal).confidence == "grey"


def test_a_lead_says_why_they_change_the_ems_word(signed_in, deal):
    lead = signed_in(make_user(Role.EM_LEAD))
    said = {"confidence": "red", "confidence_rationale": "Sponsor left"}

    assert edit(lead, deal, "judgement", **said).status_code == 422
    assert edit(lead, deal, "judgement", **said, reason="Maya is away").status_code == 302

    event = Event.objects.about(deal).get()
    assert event.data["reason"] == "Maya is away"
    assert "Maya is away" in lead.get(deal.get_absolute_url()).content.decode()


def test_two_people_who_edit_meet_a_conflict(client, deal):
    page = client.get(deal.get_absolute_url()).content.decode()
    form = {"group": "judgement"} | fields_of(page, "confidence")
    amend_deal(deal, by=make_user(), at=NOON, confidence="red", confidence_rationale="Theirs")
    mine = {"confidence": "green", "confidence_rationale": "Mine"}

    response = client.post(deal.get_absolute_url(), form | mine)

    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else changed this" in page
    assert now(deal).confidence == "red"
    shown = {"group": "judgement"} | fields_of(page, "confidence")
    assert shown["confidence_rationale"] == "Mine"
    assert client.post(deal.get_absolute_url(), shown).status_code == 302
    assert (now(deal).confidence, now(deal).confidence_rationale) == ("green", "Mine")


def test_a_form_sent_back_as_it_came_changes_nothing(client, deal):
    assert edit(client, deal, "judgement").status_code == 302

    assert not Event.objects.about(deal).exists()


GROUPS = {
    "EM": {"judgement"},
    "other EM": set(),
    "lead": {"judgement"},
    "account team": {"deal"},
    "deal desk": {"deal"},
    "viewer": set(),
}


@pytest.mark.parametrize("who", GROUPS)
def test_who_changes_what_of_a_deal(signed_in, em, leo, deal, who):
    people = {"EM": em, "account team": leo, "other EM": make_user()}
    people |= {"lead": make_user(Role.EM_LEAD), "viewer": make_user(Role.VIEWER)}
    people |= {"deal desk": make_user(Role.DEAL_DESK)}
    browser = signed_in(people[who])
    page = browser.get(deal.get_absolute_url()).content.decode()

    for group in ("deal", "judgement"):
        assert (f'name="group" value="{group}"' in page) == (group in GROUPS[who])
        if group not in GROUPS[who]:
            said = {"group": group, "stage": "5", "confidence": "grey"}
            assert browser.post(deal.get_absolute_url(), said).status_code == 403
    assert not Event.objects.about(deal).exists()


def test_a_deal_is_seen_by_those_who_see_an_issue_of_it(signed_in, leo, deal):
    stranger = make_user(Role.ACCOUNT_TEAM)
    address = deal.get_absolute_url()
    assert signed_in(leo).get(address).status_code == 200
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(stranger).post(address, {"group": "deal"}).status_code == 404
    history = f"/activity/scoping.opportunity/{deal.pk}/"
    assert signed_in(leo).get(history).status_code == 200
    assert signed_in(stranger).get(history).status_code == 404

    amend(deal.issues.get(), by=None, at=NOON, requester=stranger)

    assert signed_in(leo).get(address).status_code == 404
    assert signed_in(stranger).get(address).status_code == 200


def test_a_page_shows_only_the_issues_one_may_see(signed_in, leo, deal):
    other = make_issue(opportunity=deal, title="Hidden from them")

    mine = signed_in(leo).get(deal.get_absolute_url()).content.decode()

    assert deal.issues.exclude(pk=other.pk).get().title in mine
    assert other.title not in mine


def test_the_page_costs_the_same_however_many_issues(client, deal):
    costs = []
    for _ in range(3):
        costs.append(queries_of(client, deal.get_absolute_url()))
        for _ in range(2):
            make_ready_issue(opportunity=deal, engagement_manager=make_user())

    assert len(set(costs)) == 1
