"""The win rate on its page: the command's numbers, their rows, and who sees how much of it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from emdesk.people.models import Role, User
from scoping.models import Imported, Opportunity, ScopingIssue
from scoping.states import Outcome, State
from tests.factories import make_account, make_issue, make_opportunity, make_segment, make_user
from tests.reports import report
from tests.scoping.markup import Element
from tests.scoping.pages import page_of, queries_of

pytestmark = pytest.mark.django_db
PAGE, ROWS = "/win-rate/", "/win-rate/rows/"
SEES = [
    *(Role.EM, Role.EM_LEAD, Role.DIRECTOR, Role.PS_LEADERSHIP, Role.REVENUE),
    *(Role.SIGNATORY, Role.DEAL_DESK, Role.VIEWER, Role.ACCOUNT_TEAM),
]
Enter = Callable[[User], Client]


def closed(outcome: str = Outcome.WON, quarter: str = "Q127", **fields: Any) -> ScopingIssue:
    return make_issue(State.CLOSED, outcome=outcome, close_quarter=quarter, **fields)


def table(page: Element) -> list[list[str]]:
    lines = [each for each in page.all() if each.name == "tr"]
    return [
        [cell.text.split("  ")[0] for cell in line.children if cell.name in ("td", "th")]
        for line in lines
    ]


def test_the_page_has_the_numbers_of_the_command(client: Client) -> None:
    for quarter, won, lost in (("Q426", 2, 1), ("Q127", 1, 3)):
        for _ in range(won):
            closed(quarter=quarter, expected_value=Decimal(1000))
        for _ in range(lost):
            closed(Outcome.LOST, quarter)
    out = StringIO()
    call_command("win_rate", stdout=out)

    page = page_of(client, PAGE)

    figures = table(page)[1:3]
    shown = [[line[0], *(cell.split()[0] for cell in (*line[1:3], line[5]))] for line in figures]
    told = [line.split()[:4] for line in out.getvalue().splitlines()]
    assert shown == told[1:-1]
    (total,) = page.having("figure")
    assert "42.9%" in total.text
    assert "3 won" in total.text
    assert "$3,000 won" in total.text


@pytest.mark.parametrize("axis", ["segment", "em", "office", "owner", "product", "sector", "type"])
@pytest.mark.parametrize("basis", ["issues", "opportunities"])
def test_every_axis_is_a_page(client: Client, basis: str, axis: str) -> None:
    deal = make_opportunity(stage="won", office="Central", segment=make_segment())
    closed(opportunity=deal, segment=make_segment())

    page = page_of(client, PAGE, basis=basis, by=axis)

    current = [each.text for each in page.all() if each.attributes.get("aria-current") == "true"]
    assert basis.capitalize() in current
    assert len(current) == 2


def test_a_number_opens_its_rows_and_they_lead_to_the_issues(client: Client) -> None:
    issue = closed(quarter="Q426", account=make_account(name="Tidewater"))
    closed(quarter="Q127")
    link = next(
        each["href"]
        for each in page_of(client, PAGE).all()
        if each.name == "a" and "key=Q426" in each["href"] and "outcome=won" in each["href"]
    )

    page = page_of(client, link)

    assert [line[0] for line in table(page)[1:]] == [f"{issue.reference} Tidewater {issue.title}"]
    assert any(each.attributes.get("href") == issue.get_absolute_url() for each in page.all())
    assert "Issues closed won, Q426" in page.having("head")[0].text


def test_where_nothing_closed_there_is_no_rate_and_the_page_teaches(client: Client) -> None:
    make_issue()

    page = page_of(client, PAGE)

    assert "Nothing has closed yet" in page.having("empty")[0].text
    assert "0.0%" not in page.text


def test_nothing_won_is_a_rate_of_nothing(client: Client) -> None:
    closed(Outcome.LOST)

    assert table(page_of(client, PAGE))[1][5] == "0.0% few"


def test_what_the_axis_does_not_name_stands_apart(client: Client) -> None:
    closed(segment=make_segment("SMB"))
    closed()

    page = page_of(client, PAGE, by="segment")

    assert [line[0] for line in table(page)[1:]] == ["SMB", "Without segment"]


def test_what_is_left_out_is_named_and_opens_too(client: Client) -> None:
    torn = make_issue(State.CLOSED, outcome="")
    Imported.objects.create(issue=torn, project="p", iid=1, conflict="two", moves=torn.moves)
    make_issue(State.CLOSED, outcome="")
    make_issue()
    make_issue()

    page = page_of(client, PAGE)

    links = [each for each in page.all() if "outcome=" in each.attributes.get("href", "")]
    counts = {each["href"].rpartition("=")[2]: each.text for each in links}
    assert counts == {"live": "2", "torn": "1", "uncounted": "1"}
    for each in links:
        rows = page_of(client, each["href"])
        assert len(table(rows)) - 1 == int(each.text)


@pytest.mark.parametrize(
    "said",
    [
        {"basis": "colour", "by": "mood"},
        {"by": "office_and_quarter"},
        {"key": "\x00", "by": "office"},
        {"key": "x" * 3000},
        {"outcome": "everything"},
        {"outcome": "torn", "basis": "opportunities", "key": "a"},
        {"outcome": "live", "basis": "opportunities", "key": "a"},
        {"page": "-1"},
        {"page": "9" * 30},
    ],
)
def test_a_broken_address_shows_the_usual(client: Client, said: dict[str, str]) -> None:
    closed()
    make_opportunity(close_date=None)
    for address in (PAGE, ROWS):
        for extra in ({}, {"as": "csv"}):
            assert client.get(address, said | extra).status_code == 200


def test_the_csv_has_the_same_numbers_and_rows(client: Client) -> None:
    closed(account=make_account(name="=Tidewater"), expected_value=Decimal("1000.50"))
    closed(Outcome.LOST)

    figures = saved(client, PAGE)
    rows = saved(client, ROWS, outcome="won")

    assert figures == [
        [
            *("Close quarter", "Won", "Lost", "Timed out", "Win rate", "Low", "High"),
            *("Without timed out and partner", "Won value in USD", "Lost value in USD"),
            "Win rate by value",
        ],
        ["Q127", *FIGURES],
        ["Total", *FIGURES],
    ]
    assert len(rows) == 2
    assert dict(zip(*rows, strict=True))["Account"] == "'=Tidewater"


FIGURES = [
    *("1", "1", "0", "0.500000", "0.094531", "0.905469", "0.500000", "1000.50", "", "1.000000")
]


def saved(client: Client, address: str, **said: str) -> list[list[str]]:
    answer = client.get(address, said | {"as": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    return [*csv.reader(StringIO(answer.content.decode("utf-8-sig")))]


def test_many_rows_come_in_pages(client: Client) -> None:
    for _ in range(51):
        closed()

    first = page_of(client, ROWS, outcome="won")
    assert len(table(first)) == 1 + 50
    more = next(each["href"] for each in first.all() if "page=2" in each.attributes.get("href", ""))
    assert len(table(page_of(client, more))) == 1 + 1


# Who sees it.


@pytest.mark.parametrize("role", Role)
def test_the_figures_are_for_those_who_answer_for_them(signed_in: Enter, role: Role) -> None:
    client = signed_in(make_user(role))
    expected = 200 if role in SEES else 404

    for address in (PAGE, ROWS):
        assert client.get(address).status_code == expected
    in_side_bar = 'href="/win-rate/"' in client.get("/").content.decode()
    assert in_side_bar == (expected == 200)


def test_the_account_team_counts_what_it_is_on_alone(signed_in: Enter) -> None:
    seller = make_user(Role.ACCOUNT_TEAM)
    mine = closed(opportunity=make_opportunity(stage="won", office="Mine"), requester=seller)
    closed(Outcome.LOST, opportunity=make_opportunity(stage="lost", office="Theirs"))
    client = signed_in(seller)

    for basis in ("issues", "opportunities"):
        page = page_of(client, PAGE, basis=basis, by="office")
        assert [line[0] for line in table(page)[1:]] == ["Mine"]
        assert all(
            told in page.having("figure")[0].text for told in ("1 won", "1 closed", "0 lost")
        )
        assert "Counted over the deals you are on" in page.text
        assert "Theirs" not in page.text
        rows = page_of(client, ROWS, basis=basis)
        assert len(table(rows)) == 2
        assert len(saved(client, ROWS, basis=basis)) == 2
        theirs = page_of(client, ROWS, basis=basis, by="office", key="Theirs")
        assert len(table(theirs)) == 0
    assert mine.reference in page_of(client, ROWS).text


def test_who_signs_reads_figures_and_no_customer(signed_in: Enter) -> None:
    account = make_account(name="Tidewater")
    deal = make_opportunity(stage="won", account=account, name="Tidewater services")
    issue = closed(account=account, title="Tidewater migration", opportunity=deal)
    client = signed_in(make_user(Role.SIGNATORY))

    for basis in ("issues", "opportunities"):
        for said in ({}, {"as": "csv"}):
            answer = client.get(ROWS, {"basis": basis} | said).content.decode()
            assert "Tidewater" not in answer
    assert issue.reference in page_of(client, ROWS).text


# What it costs.


@pytest.mark.parametrize(
    ("address", "said", "bound"),
    [
        (PAGE, {"by": "em"}, 10),
        (PAGE, {"basis": "opportunities", "by": "office_and_quarter"}, 11),
        (ROWS, {"by": "segment", "key": "SMB"}, 10),
        (ROWS, {"basis": "opportunities", "key": "Q127"}, 12),
    ],
)
def test_it_costs_the_same_for_one_and_for_five(
    client: Client, address: str, said: dict[str, str], bound: int
) -> None:
    counts = []
    for times in (1, 4):
        for number in range(times):
            deal = make_opportunity(stage="won", office=f"Office {number}")
            manager = make_user()
            Opportunity.objects.filter(pk=deal.pk).update(engagement_manager=manager)
            closed(opportunity=deal, engagement_manager=manager, segment=make_segment("SMB"))
        counts.append(queries_of(client, address, said))
    report("win rate", f"queries of {address} {said}", one=counts[0], five=counts[1])
    assert counts[0] == counts[1] <= bound
