"""The boards in the browser: what they show to whom, through which filters."""

from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from emdesk.configuration.values import set_value
from emdesk.people.models import Role
from scoping.models import Confidence, ScopingIssue
from scoping.states import LIVE, State
from tests.factories import (
    NOON,
    TODAY,
    make_account,
    make_issue,
    make_opportunity,
    make_ready_issue,
    make_segment,
    make_user,
)
from tests.scoping.markup import parsed
from tests.scoping.pages import BOARD, BY_EM, page_of, queries_of

pytestmark = pytest.mark.django_db


def shown(page):
    """The cards on a page, by the column they stand in."""
    found = {}
    for column in page.having("column"):
        keys = [card["id"].removeprefix("c") for card in column.having("card")]
        found[column["data-column"]] = [int(key) for key in keys]
    return found


def on(page):
    return {pk for keys in shown(page).values() for pk in keys}


# What it shows.


def test_the_columns_stand_in_the_handbooks_order(client):
    page = page_of(client)

    columns = [each["data-column"] for each in page.having("column")]
    assert columns == State.values


def test_each_card_stands_in_the_column_of_its_state(client, em):
    issues = {state: make_ready_issue(state, engagement_manager=em) for state in LIVE}

    assert {key: pks for key, pks in shown(page_of(client)).items() if pks} == {
        state.value: [issue.pk] for state, issue in issues.items()
    }


def test_what_is_closed_is_counted_and_not_laid_out(client, em):
    issue = make_issue(State.CLOSED, engagement_manager=em)

    page = page_of(client)

    (rail,) = page.having("rail")
    assert (rail["data-column"], rail.having("count")[0].texts[0]) == ("closed", "1")
    assert issue.pk not in on(page)


def test_an_em_begins_with_their_own_board_and_others_with_the_teams(client, em, signed_in):
    mine = make_ready_issue(engagement_manager=em)
    other = make_ready_issue()

    assert on(page_of(client)) == {mine.pk}
    assert on(page_of(client, view="team")) == {mine.pk, other.pk}
    assert on(page_of(signed_in(make_user(Role.EM_LEAD)))) == {mine.pk, other.pk}


@pytest.mark.parametrize("role", [Role.ACCOUNT_TEAM, Role.TECHNICAL_ARCHITECT, Role.ADMIN])
def test_nobody_sees_a_card_that_is_not_theirs_to_see(signed_in, role):
    user = make_user(role)
    own = make_ready_issue(requester=user, technical_architect=user)
    make_ready_issue()
    client = signed_in(user)

    seen = on(page_of(client, view="team"))

    assert seen == (set() if role == Role.ADMIN else {own.pk})


FILTERS = {
    "segment": lambda us: {"segment": us["segment"].pk},
    "todo": lambda us: {"status": "todo"},
    "quiet": lambda us: {"quiet": "on"},
    "text": lambda us: {"q": "acme"},
    "reference": lambda us: {"q": us["wanted"].reference},
    "em": lambda us: {"em": us["em"].pk},
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_leaves_what_it_names_and_counts_only_that(client, em, name):
    segment = make_segment("MM_East")
    wanted = make_issue(
        account=make_account(name="Acme"), segment=segment, em_status="todo", engagement_manager=em
    )
    make_ready_issue(em_status="waiting", next_step="Call")
    us = {"segment": segment, "wanted": wanted, "em": em}

    page = page_of(client, view="team", **FILTERS[name](us))

    assert on(page) == {wanted.pk}
    head = next(each for each in page.all() if each.attributes.get("id") == "h-open")
    assert head.having("count")[0].texts[0] == "1"


def test_filters_are_kept_in_every_address_the_board_asks_further(client, em):
    segment = make_segment("MM_East")
    for _ in range(26):
        make_issue(segment=segment, engagement_manager=em)

    page = page_of(client, view="team", segment=segment.pk, q="Migration")

    board = next(each for each in page.all() if each.attributes.get("id") == "board")
    more = next(each["hx-get"] for each in page.having("more"))
    for address in (board["data-changes"], more):
        said = parse_qs(urlsplit(address).query)
        assert said["segment"] == [str(segment.pk)]
        assert (said["view"], said["q"]) == (["team"], ["Migration"])


def test_what_no_filter_knows_is_ignored(client, em):
    issue = make_ready_issue(engagement_manager=em)

    said = {"view": "everything", "segment": "x", "em": "x", "status": "x", "lanes": "x", "y": "z"}
    for name, value in said.items():
        assert client.get(BOARD, {name: value}).status_code == 200
    assert on(page_of(client, segment="999999")) <= {issue.pk}


def test_a_column_shows_its_first_cards_and_leads_to_the_next_ones(client, em, htmx):
    account = make_account()
    for _ in range(53):
        make_issue(account=account, engagement_manager=em)
    everything = list(ScopingIssue.objects.in_board_order().values_list("pk", flat=True))

    page = page_of(client)
    read = shown(page)["open"]
    assert len(read) == 25
    more = next(each["hx-get"] for each in page.having("more"))
    while more:
        part = parsed(client.get(more, headers=htmx).content.decode())
        read += [int(card["id"][1:]) for card in part.having("card")]
        more = next((each["hx-get"] for each in part.having("more")), None)

    assert read == everything


def test_without_javascript_the_next_cards_are_a_page_of_their_own(client, em):
    for _ in range(27):
        make_issue(engagement_manager=em)
    more = next(each["hx-get"] for each in page_of(client).having("more"))

    page = parsed(client.get(more).content.decode())

    assert len(page.having("card")) == 2
    assert page.having("more") == []


@pytest.mark.parametrize("key", ["nowhere", "OPEN", "9" * 30, "٣"])
def test_a_column_that_does_not_exist_is_not_found(client, key):
    assert client.get(reverse("scoping:column", args=[key])).status_code == 404
    assert client.get(reverse("scoping:column", args=[key]), {"board": "ems"}).status_code == 404


@pytest.mark.parametrize("after", ["x", "_NaN_1", "2026-02-30__1", "__" + "9" * 30, "a" * 2000])
def test_a_place_that_does_not_exist_begins_at_the_top_or_shows_nothing(client, after):
    address = reverse("scoping:column", args=["open"])

    assert client.get(address, {"after": after}).status_code == 200


def test_a_limit_that_is_passed_is_said(client, em):
    set_value("wip_limit.open", 1, effective_from=TODAY, reason="t", by=None, at=NOON)
    for _ in range(2):
        make_issue(engagement_manager=em)

    (count,) = page_of(client).having("over")

    assert "2 / 1" in count.text


@pytest.mark.parametrize("lanes", ["em", "segment"])
def test_lanes_cut_the_board_and_lose_no_card(client, em, lanes):
    segments = [make_segment("Ent_EMEA"), make_segment("MM_East"), None]
    managers = [em, make_user(name="Ben Brown"), None]
    issues = [
        make_issue(State.SOW_WIP, segment=segment, engagement_manager=manager)
        for segment in segments
        for manager in managers
    ]
    make_issue(State.CLOSED, engagement_manager=em)

    page = page_of(client, view="team", lanes=lanes)

    strips = page.having("lane")
    cards = Counter(int(card["id"][1:]) for strip in strips for card in strip.having("card"))
    assert cards == Counter(issue.pk for issue in issues)
    assert [len(strip.having("card")) for strip in strips] == [3, 3, 3]
    last = strips[-1].all()[1].texts[0]
    assert last == {"em": "Nobody yet", "segment": "No segment"}[lanes]


def test_lanes_by_confidence_stand_surest_first_and_without_a_deal_last(client, em):
    for colour in ("grey", "green", None, "amber", "red"):
        deal = make_opportunity(confidence=colour) if colour else None
        make_issue(State.SOW_WIP, engagement_manager=em, opportunity=deal)

    strips = page_of(client, lanes="confidence").having("lane")

    names = [strip.all()[1].texts[0] for strip in strips]
    assert names == ["Green", "Amber", "Red", "Grey", "No opportunity"]
    for strip in strips:
        (card,), (cell, *_) = strip.having("card"), strip.having("cards")
        assert card["data-confidence"] == cell["data-lane"]


@pytest.mark.parametrize("filters", [{}, {"lanes": "confidence"}, {"view": "team"}])
def test_a_board_costs_the_same_however_many_deals_stand_on_it(client, em, filters):
    costs = []
    for count in (1, 4):
        for number in range(count):
            deal = make_opportunity(confidence=Confidence.values[number], stage="4")
            fields = {"engagement_manager": em, "opportunity": deal, "segment": make_segment()}
            make_issue(State.SOW_WIP, expected_value=50_000, **fields)
        costs.append(queries_of(client, BOARD, filters))

    assert costs[0] == costs[1]


def test_a_column_says_what_it_is_worth_by_confidence(client, em):
    deal = make_opportunity(confidence="green", stage="4")
    fields = {"expected_value": 100_000, "engagement_manager": em, "opportunity": deal}
    make_issue(State.SOW_WIP, **fields)

    for address in (BOARD, BY_EM):
        said = [each.text for each in page_of(client, address).having("sums")]
        assert any("weighted $95k" in text for text in said), address


# Issues by EM.


def test_by_em_every_manager_has_a_column_and_so_has_nobody(client, em):
    ben = make_user(name="Ben Brown")
    mine = make_ready_issue(engagement_manager=em)
    free = make_issue()
    make_issue(State.CLOSED, engagement_manager=em)

    assert shown(page_of(client, BY_EM)) == {
        "none": [free.pk],
        str(em.pk): [mine.pk],
        str(ben.pk): [],
    }


def test_by_em_the_services_calculators_issues_are_told_apart(client, em):
    made = make_issue(services_calculator=True)
    make_issue()

    assert on(page_of(client, BY_EM, calculator="on")) == {made.pk}


@pytest.mark.parametrize("role", list(Role))
def test_by_em_is_for_those_who_see_every_issue(signed_in, role):
    everybody = {"em", "em_lead", "director", "ps_leadership", "revenue", "legal", "deal_desk"}
    allowed = role in everybody | {"practice_manager", "viewer"}

    assert signed_in(make_user(role)).get(BY_EM).status_code == (200 if allowed else 404)


@pytest.mark.parametrize("key", ["em", "none"])
def test_by_em_a_column_goes_on_too(client, em, htmx, key):
    for _ in range(30):
        make_issue(engagement_manager=em if key == "em" else None)
    column = str(em.pk) if key == "em" else "none"
    page = page_of(client, BY_EM)
    assert len(shown(page)[column]) == 25
    more = next(each["hx-get"] for each in page.having("more"))

    part = parsed(client.get(more, headers=htmx).content.decode())

    assert len(part.having("card")) == 5
