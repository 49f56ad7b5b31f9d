"""The list of issues in the browser: rows, totals, order, columns, and nothing at all."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from urllib.parse import urlencode

import pytest

from emdesk.people.models import Role
from scoping.listing.columns import COLUMNS, SHOWN
from scoping.models import ScopingIssue
from scoping.states import State
from tests.factories import (
    NOON,
    TODAY,
    make_account,
    make_issue,
    make_ready_issue,
    make_segment,
    make_user,
)
from tests.oracles import totals as oracle
from tests.scoping.lists import LIST, TEAM, file_of, make_market, rows_of, shown
from tests.scoping.markup import parsed
from tests.scoping.pages import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return make_market()


# Which rows.


ASKED = [
    {},
    {"state": ["open", "sow_wip"]},
    {"state": ["closed"], "outcome": "won"},
    {"outcome": "none"},
    {"outcome": "lost", "quarter": "Q127"},
    {"quarter": "Q128"},
    {"status": "todo"},
    {"quiet": "1"},
    {"calculator": "1", "public_sector": "1"},
    {"created": (date(2026, 3, 10), date(2026, 3, 20))},
    {"q": "acme 2"},
    {"em": None, "segment": None, "territory": None},
    {"territory": None, "state": ["open", "approved", "closed"], "calculator": "1"},
]


def test_rows_and_totals_are_those_of_a_second_count(client, market):
    every = list(ScopingIssue.objects.select_related("account__sales_territory"))
    for each in ASKED:
        asked = {name: market[name] if value is None else value for name, value in each.items()}
        expected = [issue for issue in every if oracle.fits(issue, asked)]
        said = asked | {"per_page": "100"}
        if "created" in asked:
            said["created"] = oracle.days(*asked["created"])

        totals = client.get(LIST, TEAM | said).context["totals"]

        assert set(shown(client, **said)) == {issue.reference for issue in expected}, each
        sums = {name: Fraction(total) for name, total in totals.sums.items()}
        assert (totals.count, sums) == (len(expected), oracle.sums(expected)), each


def test_values_of_different_currencies_stand_side_by_side(client):
    for currency, value in (("USD", 1_000), ("USD", "0.50"), ("EUR", 2_000)):
        make_issue(currency=currency, expected_value=Decimal(value))

    [line] = page_of(client, LIST, **TEAM).having("list-totals")

    assert "€2,000 + $1,000.50" in line.text


def test_totals_are_of_the_whole_filter_whatever_the_page(client, market):
    first, last = (client.get(LIST, TEAM | {"page": page}).context for page in (1, 2))

    assert first["totals"] == last["totals"]
    assert first["totals"].count == 40
    assert len(rows_of(parsed(client.get(LIST, TEAM | {"page": 2}).content.decode()))) == 15


def test_the_list_begins_with_ones_own_issues_as_the_board_does(client, em):
    mine = make_ready_issue(engagement_manager=em)
    make_ready_issue()

    assert [row[0] for row in rows_of(page_of(client, LIST))] == [mine.reference]


def test_the_account_team_sees_and_exports_its_own_requests_only(signed_in):
    person = make_user(Role.ACCOUNT_TEAM)
    mine, other = make_issue(requester=person), make_issue()
    client = signed_in(person)

    assert shown(client) == [mine.reference]
    assert [row[0] for row in file_of(client)[1:]] == [mine.reference]
    assert shown(client, q=other.reference) == []


def test_who_may_not_change_anything_is_offered_no_ticks(signed_in):
    make_issue()
    page = page_of(signed_in(make_user(Role.VIEWER)), LIST, **TEAM)

    assert not page.having("select")
    assert not page.having("bulk")


# Order.


def test_any_column_sorts_and_a_second_one_breaks_ties(client):
    segment = make_segment()
    accounts = [make_account(name=name) for name in ("Beta", "Alpha")]
    made = [
        make_issue(account=account, expected_value=value, segment=segment)
        for account in accounts
        for value in (Decimal(5), None, Decimal(9))
    ]
    five_b, none_b, nine_b, five_a, none_a, nine_a = (each.reference for each in made)

    assert shown(client, sort="account,-value") == [
        nine_a,
        five_a,
        none_a,
        nine_b,
        five_b,
        none_b,
    ]
    assert shown(client, sort="-account,value") == [
        five_b,
        nine_b,
        none_b,
        five_a,
        nine_a,
        none_a,
    ]


def test_states_sort_as_the_board_stands_and_age_from_young_to_old(client):
    made = [make_ready_issue(state, at=NOON + timedelta(days=n)) for n, state in enumerate(State)]
    by_state = [each.reference for each in made]

    assert shown(client, sort="state") == by_state
    assert shown(client, sort="-state") == by_state[::-1]
    assert shown(client, sort="-age") == by_state
    assert shown(client, sort="age") == by_state[::-1]


def test_without_a_word_live_issues_come_in_board_order_and_closed_ones_last(client):
    closed = make_ready_issue(State.CLOSED, next_step_date=TODAY)
    late = make_issue(next_step="Call", next_step_date=TODAY + timedelta(days=1))
    soon = make_issue(next_step="Call", next_step_date=TODAY)
    never = make_issue()

    assert shown(client) == [each.reference for each in (soon, late, never, closed)]


def test_pages_never_repeat_or_skip_a_row(client, market):
    for sort in ("em", "-em", "state", "value", ""):
        pages = [shown(client, sort=sort, page=page) for page in (1, 2)]

        assert len(pages[0]) == 25, sort
        assert len({*pages[0], *pages[1]}) == 40, sort


def test_heads_say_how_they_are_sorted_and_sort_on(client):
    make_issue()
    page = page_of(client, LIST, **TEAM, sort="account,-value")
    heads = [each for each in page.all() if each.attributes.get("scope") == "col"]
    orders = {each.children[0].texts[0]: each["aria-sort"] for each in heads}
    links = {each.children[0].texts[0]: each.children[0] for each in heads}

    assert (orders["Account"], orders["Value"], orders["Title"]) == (
        "ascending",
        "descending",
        "none",
    )
    assert links["Account"]["href"].endswith("sort=-account")
    assert "sort=" not in links["Value"]["href"]
    assert links["Title"]["href"].endswith("sort=title")
    assert links["Title"]["data-also"].endswith("sort=account%2C-value%2Ctitle")
    assert links["Value"]["data-also"].endswith("sort=account")


# Columns.


def test_the_chosen_columns_come_in_the_chosen_order(client):
    make_issue(title="Move all")
    page = page_of(client, LIST, **TEAM, cols="title,account,reference,nonsense,title")
    heads = [each.text for each in page.all() if each.attributes.get("scope") == "col"]

    assert heads == ["Issue", "Title", "Account"]
    assert rows_of(page)[0][1] == "Move all"


def test_without_script_columns_are_ticked_and_moved_by_links(client):
    make_issue()
    page = page_of(client, LIST, **TEAM, cols=["title", "account"])
    [form] = page.having("chooser-form")
    links = [each["href"] for each in form.all() if each.name == "a"]

    assert any(link.endswith("cols=account%2Ctitle") for link in links)


def test_every_column_shows_sorts_and_exports(client, market):
    for name in COLUMNS:
        for sort in (name, f"-{name}"):
            assert client.get(LIST, TEAM | {"cols": name, "sort": sort}).status_code == 200, sort
        assert len(file_of(client, cols=name, sort=name)) == 41, name


def test_a_cell_says_what_the_issue_holds(client, em):
    make_ready_issue(
        State.SOW_WIP,
        engagement_manager=em,
        account=make_account(name="Acme & Sons <b>"),
        title="Move <i>all</i>",
        expected_value=Decimal("42000.50"),
        currency="EUR",
        next_step="Call",
        next_step_date=date(2020, 5, 4),
        free_labels=["one", "two"],
        services=["ci_cd"],
        em_status="todo",
    )
    page = page_of(client, LIST, **TEAM, cols=",".join([*SHOWN, "labels", "services"]))

    [row] = rows_of(page)
    assert row[1:8] == [
        "Acme & Sons <b>",
        "Move <i>all</i>",
        "SOW_WIP",
        "Amara Osei",
        "Ent EMEA",
        "€42,000.50",
        "Call",
    ]
    assert row[8] == "Overdue · 4 May 2020"
    assert row[9] == "ToDo"
    assert row[11:] == ["one, two", "CI/CD"]


# Nothing there.


def test_nothing_yet_nothing_of_ones_own_and_nothing_that_fits_are_told_apart(client):
    def empty(**asked):
        [box] = page_of(client, LIST, **asked).having("empty")
        links = [each["href"] for each in box.all() if each.name == "a"]
        return box.text, links

    assert empty(**TEAM)[0].startswith("There is no issue yet.")
    make_ready_issue()
    assert empty()[0].startswith("No issue is yours yet.")
    text, [link] = empty(**TEAM, q="nowhere", sort="title")
    assert text.startswith("No issue fits these filters.")
    assert link == "/issues/?view=team&sort=title"


# Board and list.


def test_the_way_to_the_board_and_back_keeps_the_filters(client, market):
    asked = TEAM | {"q": "Acme", "segment": str(market["segment"])}
    [ways] = page_of(client, LIST, **asked, cols="title").having("seg-ctl")[1:2]
    board = next(each["href"] for each in ways.all() if each.name == "a")

    assert board == f"/board/?{urlencode(asked)}"
    links = [each["href"] for each in page_of(client, board).all() if each.name == "a"]
    assert f"/issues/?{urlencode(asked)}" in links
