"""The EM's weekly word: given in place, said again, taken back, and what it means for figures."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils.timezone import localdate, now

from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused
from scoping.categories import Outlook, categorised
from scoping.deals import amend_deal
from scoping.hygiene import MISMATCHES, Moment, asked, checked, flag
from scoping.judging import confirm, take_back
from scoping.models import Confidence, ForecastCategory, Opportunity, Stage
from scoping.rules import advances_deal, judges_deal, own_deal
from tests.factories import NOON, TODAY, make_issue, make_opportunity, make_user
from tests.oracles import forecast as oracle

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/opportunities/?view=mine"}
LABELS = dict(ForecastCategory.choices)
GREEN = {"confidence": "green", "confidence_rationale": "Verbal yes"}


@pytest.fixture
def deal(em):
    return make_opportunity(
        name="Acme services",
        stage=Stage.PROPOSAL,
        engagement_manager=em,
        close_date=localdate(),
        services_value=Decimal(1000),
    )


def fresh(deal):
    return Opportunity.objects.get(pk=deal.pk)


def seen(deal):
    return {
        "initial-confidence": deal.confidence,
        "initial-confidence_rationale": deal.confidence_rationale,
    }


def judge(browser, deal, headers=HTMX, **said):
    return browser.post(f"/opportunities/{deal.pk}/judge/", said, headers=headers)


def test_one_request_gives_the_word_and_leaves_one_event(client, deal, em):
    answer = judge(client, deal, **seen(deal), **GREEN)

    page, event = answer.content.decode(), Event.objects.about(deal).get()
    assert answer.status_code == 200
    assert (fresh(deal).confidence, fresh(deal).confidence_rationale) == ("green", "Verbal yes")
    assert (event.verb, event.actor) == ("scoping.deal_amended", em)
    assert f'id="deal-{deal.pk}"' in page
    assert "Acme services is Green." in page
    assert f"/opportunities/{deal.pk}/undo/{event.number}/" in page
    assert 'id="deal-totals"' in page


def test_without_script_the_same_form_leads_to_the_deal(client, deal):
    page = client.get(f"/opportunities/{deal.pk}/judge/").content.decode()
    assert "Rationale" in page or "rationale" in page

    answer = judge(client, deal, headers={}, **seen(deal), **GREEN)

    assert (answer.status_code, answer.url) == (302, deal.get_absolute_url())
    assert fresh(deal).confidence == "green"


@pytest.mark.parametrize("colour", ["green", "amber", "red"])
def test_a_colour_needs_its_rationale_and_the_form_stays_open(client, deal, colour):
    answer = judge(client, deal, **seen(deal), confidence=colour, confidence_rationale=" ")

    assert answer.status_code == 422
    assert "or choose Grey" in answer.content.decode()
    assert fresh(deal).confidence == "grey"
    assert not Event.objects.about(deal).exists()


def test_grey_needs_none(client, deal, em):
    amend_deal(deal, by=em, at=now(), **GREEN)

    was = fresh(deal)
    assert judge(client, was, **seen(was), confidence="grey").status_code == 200
    assert fresh(deal).confidence == "grey"


def test_what_somebody_else_said_meanwhile_is_told_and_nothing_is_lost(client, deal):
    form = seen(deal)
    amend_deal(deal, by=make_user(), at=now(), confidence="red", confidence_rationale="Theirs")

    answer = judge(client, deal, **form, **GREEN)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else changed this" in page
    assert "Verbal yes" in page
    assert fresh(deal).confidence_rationale == "Theirs"
    again = {"initial-confidence": "red", "initial-confidence_rationale": "Theirs"}
    assert 'name="initial-confidence" value="red"' in page
    assert judge(client, deal, **again, **GREEN).status_code == 200


def test_a_lead_says_why_and_others_may_not(signed_in, deal):
    lead, other = signed_in(make_user(Role.EM_LEAD)), signed_in(make_user())

    assert judge(other, deal, **seen(deal), **GREEN).status_code == 403
    assert judge(lead, deal, **seen(deal), **GREEN).status_code == 422
    assert judge(lead, deal, **seen(deal), **GREEN, reason="Asked her").status_code == 200
    assert Event.objects.about(deal).get().data["reason"] == "Asked her"


def test_the_same_word_again_is_said_again(client, deal, em):
    amend_deal(deal, by=em, at=now() - timedelta(days=20), **GREEN)

    was = fresh(deal)
    answer = judge(client, was, **seen(was), **GREEN)

    event = Event.objects.about(deal).last()
    assert "is still Green" in answer.content.decode()
    assert event.verb == "scoping.deal_confirmed"
    assert fresh(deal).judged_at == event.at


def test_the_close_date_is_the_account_teams_and_the_deal_desks(client, signed_in, deal):
    desk = signed_in(make_user(Role.DEAL_DESK))
    address, said = f"/opportunities/{deal.pk}/close-date/", {"close_date": "2099-12-01"}
    said |= {"initial-close_date": str(deal.close_date)}

    assert client.post(address, said, headers=HTMX).status_code == 403
    assert desk.post(address, said | {"close_date": ""}, headers=HTMX).status_code == 422
    assert desk.post(address, said, headers=HTMX).status_code == 200
    assert fresh(deal).close_date == date(2099, 12, 1)
    assert fresh(deal).push_count == 1


def test_an_undo_sets_every_field_back_and_is_an_event(client, deal, em):
    judge(client, deal, **seen(deal), **GREEN)
    number = Event.objects.about(deal).get().number

    answer = client.post(f"/opportunities/{deal.pk}/undo/{number}/", headers=HTMX)

    assert answer.status_code == 200
    assert "is as it was" in answer.content.decode()
    assert (fresh(deal).confidence, fresh(deal).confidence_rationale) == ("grey", "")
    assert fresh(deal).judged_at is None
    assert Event.objects.about(deal).last().data["undoes"] == number
    assert client.post(f"/opportunities/{deal.pk}/undo/{number}/", headers=HTMX).status_code == 422


def test_an_undo_keeps_what_was_changed_again_since(deal, em):
    amend_deal(deal, by=em, at=NOON, **GREEN)
    amend_deal(deal, by=em, at=NOON, confidence_rationale="Signed by mail")

    take_back(deal, 1, by=em, at=NOON)

    assert (fresh(deal).confidence, fresh(deal).confidence_rationale) == ("grey", "Signed by mail")


def test_an_undo_is_its_makers_for_a_few_minutes(deal, em):
    amend_deal(deal, by=em, at=NOON, **GREEN)

    with pytest.raises(NotAllowed):
        take_back(deal, 1, by=make_user(), at=NOON)
    with pytest.raises(NotAllowed):
        take_back(deal, 1, by=em, at=NOON + timedelta(minutes=11))
    with pytest.raises(Refused):
        take_back(deal, 99, by=em, at=NOON)


def test_what_has_no_rationale_cannot_be_said_again(deal, em):
    amend_deal(deal, by=em, at=NOON, confidence="green")

    with pytest.raises(Refused):
        confirm(deal, by=em, at=NOON)


CASES = {
    "past": {"close_date": TODAY - timedelta(days=1)},
    "unbacked": {"confidence": "red", "confidence_rationale": ""},
    "early": {"confidence": "green", "stage": "3"},
    "unsure": {"forecast_category": "commit", "confidence": "grey"},
    "unquoted": {"stage": "5", "quoted_value": None},
    "stale": {"confidence": "amber", "judged_at": NOON - timedelta(days=14, seconds=1)},
}
FINE = {
    "past": {"close_date": TODAY},
    "unbacked": {"confidence": "grey", "confidence_rationale": ""},
    "early": {"confidence": "green", "stage": "4"},
    "unsure": {"forecast_category": "commit", "confidence": "amber"},
    "unquoted": {"stage": "4", "quoted_value": None},
    "stale": {"confidence": "amber", "judged_at": NOON - timedelta(days=14)},
}


@pytest.mark.parametrize("key", MISMATCHES)
def test_each_mismatch_is_found_just_where_it_begins_and_only_while_open(key):
    usual = {"close_date": TODAY, "stage": "4", "confidence_rationale": "So", "judged_at": NOON}
    moment = Moment.of(NOON)
    wrong = make_opportunity(**usual | CASES[key])
    right = make_opportunity(**usual | FINE[key])
    closed = make_opportunity(**usual | CASES[key] | {"stage": Stage.WON})

    found = {each.pk: each for each in checked(Opportunity.objects.all(), moment)}

    flags = [getattr(found[each.pk], flag(key)) for each in (wrong, right, closed)]
    assert flags == [True, False, False]
    assert wrong in Opportunity.objects.filter(asked("any", moment))
    assert right not in Opportunity.objects.filter(asked(key, moment))


def test_one_click_mends_what_is_ones_own(client, signed_in, deal, em):
    old = now() - timedelta(days=30)
    amend_deal(deal, by=em, at=old, **GREEN)
    amend_deal(deal, by=em, at=old, stage="3")
    address, lead = f"/opportunities/{deal.pk}/mend/", signed_in(make_user(Role.EM_LEAD))

    assert lead.post(address, {"rule": "stale"}, headers=HTMX).status_code == 403
    assert client.post(address, {"rule": "stale"}, headers=HTMX).status_code == 200
    assert client.post(address, {"rule": "early"}, headers=HTMX).status_code == 200
    assert client.post(address, {"rule": "early"}, headers=HTMX).status_code == 422
    assert client.post(address, {"rule": "nonsense"}, headers=HTMX).status_code == 422

    assert fresh(deal).confidence == "amber"
    assert fresh(deal).judged_at > now() - timedelta(minutes=1)


def test_categories_follow_the_colour_and_the_quarter():
    first, last = TODAY, TODAY + timedelta(days=89)
    for stage in Stage.values:
        for colour in Confidence.values:
            for close in (first - timedelta(days=1), first, last, last + timedelta(days=1)):
                make_opportunity(stage=stage, confidence=colour, close_date=close)

    found = categorised(Opportunity.objects.valued(TODAY), Outlook.on(TODAY), first, last)

    for each in found:
        inside = first <= each.close_date <= last
        assert LABELS[each.category] == oracle.category(each, in_quarter=inside)


def test_weights_and_categories_are_settings():
    values = {"category.red": "best_case", "weight.red.in_quarter": Decimal("0.2")}
    for key, value in values.items():
        set_value(key, value, effective_from=TODAY, reason="x", by=None, at=NOON)
    make_opportunity(stage="4", confidence="red", services_value=Decimal(1000))

    deal = categorised(Opportunity.objects.valued(TODAY), Outlook.on(TODAY), TODAY, TODAY).get()

    assert deal.category == "best_case"
    assert (deal.weighted_in_quarter, deal.weighted_any_quarter) == (200, 300)


def test_the_table_grants_what_the_rules_grant():
    team = make_user(Role.ACCOUNT_TEAM)
    people = [make_user(role) for role in Role] + [team]
    deals = [make_opportunity(stage=stage) for stage in ("4", "7")]
    owned = make_opportunity(stage="4", engagement_manager=people[0])
    for each in deals:
        issue = make_issue(opportunity=each, engagement_manager=people[0], requester=people[3])
        issue.account_team.add(team)

    for person in people:
        for row in Opportunity.objects.with_rights(person):
            told = (row.own, row.judges, row.advances)
            rules = (own_deal, judges_deal, advances_deal)
            assert told == tuple(rule(row, person) for rule in rules), (person.roles, row.stage)
    assert owned in Opportunity.objects.worked_by(people[0])
