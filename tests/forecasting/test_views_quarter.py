"""The dashboard's pages: who sees them, what they say, where each number leads, what they cost."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO

import pytest
from django.test import Client

from emdesk import paper
from emdesk.people.models import Role, User
from scoping.states import CloseReason, Outcome, State
from tests.factories import (
    NOON,
    make_account,
    make_issue,
    make_opportunity,
    make_segment,
    make_user,
)
from tests.forecasting.desk import NOW, made_up
from tests.forecasting.test_views_win_rate import SEES
from tests.reports import report
from tests.scoping.markup import Element
from tests.scoping.pages import page_of, queries_of

pytestmark = pytest.mark.django_db
PAGE = "/quarters/Q127/"
ROWS = f"{PAGE}rows/"
Enter = Callable[[User], Client]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecasting.views.quarters.now", lambda: NOON)


@pytest.fixture
def desk(em: User) -> None:
    """Something for every part of the dashboard."""
    own = {"engagement_manager": em, "segment": make_segment()}
    make_issue(State.CLOSED, outcome=Outcome.WON, **own)
    make_issue(State.CLOSED, outcome=Outcome.LOST, close_reason=CloseReason.TIMED_OUT, **own)
    for state in (State.OPEN, State.SOW_WIP, State.ON_HOLD):
        make_issue(state, **own)
    make_opportunity(stage="4", amount=12_000, confidence="green", forecast_category="commit")


def panels(page: Element) -> dict[str, Element]:
    """The sections of the page by their headings."""
    found = {}
    for section in page.having("panel"):
        heads = [each.text for each in section.all() if each.name in ("h2", "summary")]
        found[heads[0]] = section
    return found


def test_the_page_tells_every_part_and_each_number_leads_to_its_rows(
    client: Client, desk: None
) -> None:
    page = page_of(client, PAGE)

    assert list(panels(page)) == [
        *("Win rate", "Closed won", "Closed lost", "Closing in the quarter"),
        *("How does the win rate move?", "How many were won and lost?"),
        *("The figures of both charts", "Why were deals lost?"),
        *("How far did what came in get?", "What is still to close, and how sure are we?"),
        *("How long did issues stand in each column?", "What stands in the columns now?"),
        *("How were promises kept?", "How is all this counted?"),
    ]
    assert "50.0%" in panels(page)["Win rate"].text
    links = {
        (each["href"], each.text)
        for each in page.all()
        if each.name == "a" and "/rows/" in each.attributes.get("href", "")
    }
    assert len(links) > 20
    for address, number in links:
        rows = [each for each in page_of(client, address).all() if each.name == "tr"]
        assert len(rows) - 1 == int(number), address
        saved = client.get(f"{address}&as=csv").content.decode("utf-8-sig")
        assert len([*csv.reader(StringIO(saved))]) - 1 == int(number)


def test_without_a_quarter_it_is_the_running_one_and_goes_back_but_not_ahead(
    client: Client, desk: None
) -> None:
    page = page_of(client, "/quarters/")

    assert "FY27-Q1" in page.having("head")[0].text
    (ways,) = (each for each in page.all() if each.attributes.get("aria-label") == "Quarter")
    assert [each["href"] for each in ways.all() if each.name == "a"] == ["/quarters/Q426/", PAGE]


def test_filters_live_in_the_address_and_in_every_link(
    client: Client, em: User, desk: None
) -> None:
    make_issue(State.CLOSED, outcome=Outcome.WON, segment=make_segment("Ent_APAC"))
    said = {"em": str(em.pk), "region": "EMEA", "counted_on": "opportunities", "segment": "?"}

    page = page_of(client, PAGE, **said)

    assert "Amara Osei, EMEA" in page.having("head")[0].text
    kept = f"em={em.pk}&region=EMEA&counted_on=opportunities"
    links = [
        each["href"]
        for each in page.all()
        if each.name == "a" and each.attributes.get("href", "").startswith("/quarters/Q")
    ]
    assert len(links) > 5
    assert {link for link in links if kept not in link} == {PAGE, f"{PAGE}close/"}
    part = client.get(PAGE, said, headers={"HX-Request": "true"}).content.decode()
    assert 'id="quarter-head"' in part
    assert "<nav" in part
    assert "</body>" not in part


def test_drawings_are_named_described_and_drawn_without_styles(client: Client, desk: None) -> None:
    page = page_of(client, PAGE)

    charts = page.having("chart")
    assert len(charts) == 3
    for chart in charts:
        names = chart["aria-labelledby"].split()
        told = {each.attributes.get("id"): each.text for each in chart.all()}
        assert all(told[name] for name in names)
        assert chart["role"] == "img"
    assert [each for each in page.all() if "style" in each.attributes or each.name == "style"] == []
    assert "Q127: 1 won, 1 lost" in charts[1].text


def test_an_empty_quarter_teaches_and_a_filtered_one_offers_all(client: Client) -> None:
    assert "Nothing came in" in page_of(client, "/quarters/Q121/").having("empty")[0].text
    page = page_of(client, "/quarters/Q121/", em="none")
    assert "Nothing of this quarter fits" in page.having("empty")[0].text
    assert page_of(client, "/quarters/Q121/rows/", part="won").having("empty")


@pytest.mark.parametrize(
    "address",
    [
        *("/quarters/now/", "/quarters/Q527/", "/quarters/Q3271/rows/", "/quarters/x/pdf/"),
        *(f"{ROWS}?part=all", ROWS, f"{ROWS}?part=ended&key=nowhere", f"{ROWS}?part=promise"),
        *(f"{ROWS}?part=promise&key=first_contact.never", f"{ROWS}?part=came_in&key=x"),
        *(f"{ROWS}?part=deals&key=x", f"{ROWS}?part=deals&key=commit.blue"),
    ],
)
def test_what_is_no_quarter_or_no_number_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_broken_address_shows_the_usual(client: Client, desk: None) -> None:
    for said in ({"em": "\0"}, {"em": "9" * 40}, {"segment": "x", "region": "'\"<i>"}):
        for address in (PAGE, f"{ROWS}?part=lost", f"{ROWS}?part=lost&key=%00&page=-3"):
            assert client.get(address, said).status_code in (200, 404)
        assert client.get(PAGE, said).status_code == 200


# Paper.


def test_the_pdf_is_the_page_on_paper(client: Client, desk: None) -> None:
    answer = client.get(f"{PAGE}pdf/?region=EMEA")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-1.7")
    assert len(answer.content) > 10_000
    assert 'filename="FY27-Q1.pdf"' in answer["Content-Disposition"]


def test_paper_that_cannot_be_made_says_what_to_do(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "SECONDS", 0.01)
    answer = client.get(f"{PAGE}pdf/")
    assert (answer.status_code, "Narrow the filters" in answer.content.decode()) == (503, True)


# Who sees it.


@pytest.mark.parametrize("role", Role)
def test_the_dashboard_is_for_those_who_answer_for_figures(signed_in: Enter, role: Role) -> None:
    client = signed_in(make_user(role))
    expected = 200 if role in SEES else 404

    for address in ("/quarters/", PAGE, f"{ROWS}?part=won"):
        assert client.get(address).status_code == expected
    if expected == 404:
        assert client.get(f"{PAGE}pdf/").status_code == 404
    in_side_bar = 'href="/quarters/"' in client.get("/").content.decode()
    assert in_side_bar == (expected == 200)


def test_who_signs_reads_figures_and_no_customer(signed_in: Enter) -> None:
    account = make_account(name="Tidewater")
    for _ in range(2):
        make_issue(State.SOW_WIP, account=account, title="Tidewater move")
    make_opportunity(account=account, name="Tidewater services", stage="4")
    issue = make_issue(State.CLOSED, account=account, title="Tidewater migration")
    client = signed_in(make_user(Role.SIGNATORY))

    page = page_of(client, PAGE)
    assert "Tidewater" not in client.get(PAGE).content.decode()
    assert "What stands in the columns now?" in panels(page)
    links = [each["href"] for each in page.all() if "/rows/" in each.attributes.get("href", "")]
    assert [link for link in links if "part=lost" not in link] == []
    assert issue.reference in page_of(client, links[0]).text
    for part in ("standing&key=sow_wip", "came_in", "deals&key=open"):
        for way in ("", "&as=csv"):
            assert client.get(f"{ROWS}?part={part}{way}").status_code == 404
    assert "Tidewater" not in client.get(f"{ROWS}?part=lost&as=csv").content.decode()


# What it costs.


def test_it_costs_the_same_for_few_and_for_many(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecasting.views.quarters.now", lambda: NOW)
    counts = []
    for seed in (1, 2):
        made_up(seed, 20)
        counts.append(queries_of(client, "/quarters/Q327/", {"region": "EMEA"}))
    report("dashboard", "queries", few=counts[0], many=counts[1])
    assert counts[0] == counts[1] <= 20
