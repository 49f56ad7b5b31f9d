"""The list as a file, what it costs, and that no address breaks it."""

import random
import re
from decimal import Decimal
from time import perf_counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emdesk import exporting
from emdesk.people.models import Role
from scoping.listing.columns import COLUMNS
from tests.factories import (
    make_issue,
    make_ready_issue,
    make_user,
)
from tests.reports import report
from tests.scoping.lists import LIST, TEAM, file_of, make_market, rows_of, shown
from tests.scoping.pages import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return make_market()


# Files.


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_holds_exactly_what_is_shown_on_all_pages(client, market, kind):
    asked = {"sort": "-value,title", "cols": "title,value,state", "public_sector": "1"}
    on_page = [
        row for page in (1, 2) for row in rows_of(page_of(client, LIST, **TEAM, **asked, page=page))
    ][: len(file_of(client, kind, **asked)) - 1]

    head, *rows = file_of(client, kind, **asked)

    assert head == ["Issue", "Title", "Value", "Currency", "State"]
    assert [row[:2] for row in rows] == [row[:2] for row in on_page]
    assert [row[4] for row in rows] == [row[3] for row in on_page]


def test_a_value_is_a_number_with_its_currency_beside_it(client):
    make_issue(expected_value=Decimal("1234.50"), currency="CHF")
    make_issue(currency="EUR")

    assert file_of(client, cols="value", sort="value")[1:] == [
        [file_of(client, sort="value")[1][0], "1234.50", "CHF"],
        [file_of(client, sort="value")[2][0], "", ""],
    ]
    assert file_of(client, "xlsx", cols="value", sort="value")[1][1:] == [1234.5, "CHF"]


def test_a_title_that_is_a_formula_is_none_in_a_file(client):
    make_issue(title="=HYPERLINK(1)")

    assert file_of(client, cols="title")[1][1] == "'=HYPERLINK(1)"
    assert file_of(client, "xlsx", cols="title")[1][1] == "'=HYPERLINK(1)"


def test_a_filter_too_wide_for_a_file_says_so(client, monkeypatch):
    monkeypatch.setitem(exporting.MOST_CELLS, "csv", 12)
    make_issue()
    make_issue()

    response = client.get(f"{LIST}export/csv/", TEAM, follow=True)

    assert "do not fit into one file" in response.content.decode()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.LEGAL, Role.TECHNICAL_ARCHITECT, Role.ADMIN])
def test_who_may_not_export_is_offered_no_file_and_gets_none(signed_in, role):
    client = signed_in(make_user(role))

    assert client.get(f"{LIST}export/csv/").status_code == 403
    assert not page_of(client, LIST).having("list-files")


# What it costs.


def test_a_list_costs_the_same_however_many_rows(client):
    counts, every = [], {"cols": ",".join(COLUMNS), "sort": "em,-value,state"}
    for number in (1, 4):
        for _ in range(number):
            make_ready_issue(requester=make_user(Role.ACCOUNT_TEAM), expected_value=5)
        for asked in ({}, every):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(LIST, TEAM | asked).status_code == 200
            counts.append(len(queries))

    report("lists", "queries of the list", one=counts[0], five=counts[2])
    assert len(set(counts)) == 1
    assert counts[0] <= 9


def test_a_file_costs_the_same_however_many_rows(client):
    counts = []
    for number in (1, 4):
        for _ in range(number):
            make_ready_issue()
        with CaptureQueriesContext(connection) as queries:
            file_of(client)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 5


# Whatever an address says.


HOSTILE = [
    *("", "0", "-1", "1e9", "99999999999999999999", "NaN", "\x00", "a\x00b", "'", '"', "<b>", "%"),
    *("..", "2026-02-30..", "..9999-99-99", "0001-01-01..9999-12-31", "Q999", "q122", "Q122"),
    *("title", "-title", "--title", "-", ",", ",,,", "password", "engagement_manager__password"),
    *("title," * 500, ",".join(COLUMNS), "x" * 5_000, "20000", "25", "100", "open", "closed"),
    *("١٢", "ＱＱ", "💥", "none", "true", "won", "mine", "team", "a=b&c=d", "../../", "\n"),
]
PARAMETERS = [
    *("view", "em", "segment", "status", "quiet", "lanes", "q", "state", "outcome", "quarter"),
    *("territory", "calculator", "public_sector", "created", "sort", "cols", "page", "per_page"),
    *("saved", "csv", "_export", "nonsense"),
]


def test_no_parameter_breaks_the_list_or_makes_it_slow_or_large(client, market):
    chance = random.Random(11)  # noqa: S311
    # Every parameter meets every value; then some at random, and one value very often.
    addresses = [
        {name: [HOSTILE[(at + turn) % len(HOSTILE)]] for at, name in enumerate(PARAMETERS)}
        for turn in range(len(HOSTILE))
    ]
    addresses += [
        {name: chance.choices(HOSTILE, k=3) for name in chance.sample(PARAMETERS, 6)}
        for _ in range(20)
    ]
    addresses += [{name: [value] * 900} for name in PARAMETERS for value in ("title", "open")]
    worst, broken = {"seconds": 0.0, "bytes": 0}, []
    paths = [LIST, f"{LIST}export/csv/", f"{LIST}export/xlsx/"]
    for number, asked in enumerate(addresses):
        path = paths[number % 3]
        start = perf_counter()
        response = client.get(path, asked)
        worst["seconds"] = max(worst["seconds"], perf_counter() - start)
        worst["bytes"] = max(worst["bytes"], len(response.content))
        if response.status_code != 200:
            broken.append((path, asked, response.status_code))

    report("lists", "hostile addresses", tried=len(addresses), broken=len(broken), **worst)
    assert broken == []
    assert worst["bytes"] < 2_000_000


CLAMPED = [
    ({"per_page": "20000"}, 25),
    ({"per_page": "-1"}, 25),
    ({"per_page": "50"}, 40),
    ({"page": "99"}, 15),
    ({"page": "-3"}, 25),
    ({"page": "2", "per_page": "100"}, 40),
    ({"sort": "engagement_manager__password"}, 25),
]


def test_pages_are_clamped(client, market):
    for asked, rows in CLAMPED:
        assert len(shown(client, **asked)) == rows, asked


def test_an_address_never_grows_from_page_to_page(client, market):
    long = {"q": "Migration", "cols": ["title"] * 900, "em": ["x" * 3_000] * 50}
    page = client.get(LIST, TEAM | long).content.decode()

    longest = max(map(len, re.findall(r'href="([^"]*)"', page)))
    assert longest < 4_000
