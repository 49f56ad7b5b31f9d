"""The forecast's changes by page: who sees them, what they say, where each bar leads."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from emdesk.people.models import Role, User
from scoping.deals import amend_deal
from scoping.models import Opportunity
from tests.factories import NOON, make_opportunity, make_segment, make_user
from tests.forecasting.weeks import WEEK, a_week
from tests.scoping.markup import Element, parsed
from tests.scoping.pages import queries_of

pytestmark = pytest.mark.django_db
PAGE = "/forecast/waterfall/"
ROWS = f"{PAGE}rows/"
SPAN = "since=2026-03-02&until=2026-03-08"
Enter = Callable[[User], Client]


@pytest.fixture(autouse=True)
def after_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecasting.views.changes.now", lambda: NOON + WEEK)


@pytest.fixture
def desk(em: User) -> dict[str, Opportunity]:
    return a_week(em)


def page_at(client: Client, address: str) -> Element:
    return parsed(client.get(address).content.decode())


def named(element: Element, *names: str) -> list[Element]:
    return [each for each in element.all() if each.name in names]


def steps(page: Element) -> dict[str, tuple[str, str]]:
    """Deals and amount by the name of a bar."""
    found = {}
    for line in named(page.having("waterfall")[0], "tr")[1:] if page.having("waterfall") else ():
        name, _, deals, amount = (cell.text for cell in named(line, "th", "td"))
        found[name] = (deals.split()[0], amount)
    return found


@pytest.mark.usefixtures("desk")
def test_every_bar_says_how_many_and_how_much_and_opens_its_deals(client: Client) -> None:
    page = page_at(client, f"{PAGE}?{SPAN}")

    assert steps(page) == {
        "Opening": ("8", "$810"),
        "Pulled in": ("1", "+$100"),
        "Value up": ("1", "+$50"),
        "Value down": ("1", "−$40"),
        "Exchange rates": ("1", "+$10"),
        "Pushed out": ("1", "−$100"),
        "Removed": ("1", "−$100"),
        "Lost": ("1", "−$100"),
        "Won": ("1", "−$100"),
        "Closing": ("5", "$530"),
    }
    assert "went from $810 to $530, down $280" in page.text
    assert "worth $100" in page.text
    assert "1 won" in [a.text for a in named(page, "a")]
    links = [a["href"] for a in named(page, "a") if ROWS in a["href"]]
    assert len(links) == 12  # ten bars, what is unchanged, what came and closed
    for link in links:
        behind = client.get(link)
        assert behind.status_code == 200
        assert "No deals are behind" not in behind.content.decode()


def test_behind_a_bar_stands_what_changed_when_and_by_whom(
    client: Client, em: User, desk: dict[str, Opportunity]
) -> None:
    em.name = "Amara Osei"
    told = {
        "pushed": "Close date 20 Mar 2026 → 2 May 2026",
        "pulled_in": "Close date 2 May 2026 → 20 Mar 2026",
        "up": "$100 → $150",
        "currency": "€100: $110 → $120",
        "won": "4-Proposal → Closed Won",
        "removed": "4-Proposal → 9-Unqualified",
    }
    for reason, what in told.items():
        page = page_at(client, f"{ROWS}?{SPAN}&reason={reason}")
        cells = [cell.text for cell in named(named(page, "tbody")[0], "td")]
        assert f"The {reason} deal" in page.text
        assert cells[2] == what
        assert cells[3] == ("—" if reason == "currency" else "5 Mar 2026 12:00, Amara Osei")
    assert desk["up"].get_absolute_url() in client.get(f"{ROWS}?reason=up").content.decode()


@pytest.mark.usefixtures("desk")
def test_the_ends_list_the_deals_they_add_up(client: Client) -> None:
    for end, count, total in (("opening", 8, 810), ("closing", 5, 530), ("passed", 1, 100)):
        file = client.get(f"{ROWS}?{SPAN}&reason={end}&as=csv")
        lines = [*csv.DictReader(StringIO(file.content.decode("utf-8-sig")))]
        assert len(lines) == count
        assert sum(float(line["Amount"]) for line in lines) == total


@pytest.mark.usefixtures("desk")
def test_bars_and_rows_are_taken_away_as_files(client: Client) -> None:
    file = client.get(f"{PAGE}?{SPAN}&as=csv")
    lines = [*csv.reader(StringIO(file.content.decode("utf-8-sig")))]
    assert lines[1] == ["Opening", "8", "810.00", "USD", "0"]
    assert lines[-1][:3] == ["Closing", "5", "530.00"]
    sheet = load_workbook(BytesIO(client.get(f"{ROWS}?{SPAN}&reason=won&as=xlsx").content)).active
    told = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert told[1][2:6] == ["The won deal", "Amara Osei", "Won", "4-Proposal → Closed Won"]


def test_filters_go_by_whose_and_where_a_deal_was_on_each_day(client: Client, em: User) -> None:
    other, here, there = make_user(), make_segment("Ent_EMEA"), make_segment("MM_APAC")
    deal = make_opportunity(
        stage="4", amount=100, engagement_manager=em, segment=here, close_date=NOON.date()
    )
    changed: Any = {"engagement_manager": other, "segment": there}
    amend_deal(deal, by=em, at=NOON + timedelta(days=2), **changed)

    for narrowing in (f"em={em.pk}", f"segment={here.pk}", "region=EMEA"):
        told = steps(page_at(client, f"{PAGE}?{SPAN}&{narrowing}"))
        assert told["Moved out"] == ("1", "−$100")
        assert told["Closing"] == ("0", "$0")
    told = steps(page_at(client, f"{PAGE}?{SPAN}&em={other.pk}&region=APAC"))
    assert [*told] == ["Opening", "Moved in", "Closing"]
    rows = client.get(f"{ROWS}?{SPAN}&em={other.pk}&reason=moved_in").content.decode()
    assert f"EM Amara Osei → {other.name}; Segment Ent EMEA → MM APAC; Region EMEA → APAC" in rows
    assert [*steps(page_at(client, f"{PAGE}?{SPAN}&em=none&quarter=Q127"))] == []


def test_a_broken_address_shows_the_last_week_of_the_running_quarter(client: Client) -> None:
    make_opportunity(stage="4", amount=100, close_date=NOON.date())

    for broken in (
        "since=x&until=y&quarter=Q9&em=0&segment=a&region=%00",
        "until=9999-12-31",
        "since=2026-03-20&until=2099-01-01",
    ):
        page = page_at(client, f"{PAGE}?{broken}")
        assert "Open deals of FY27-Q1" in page.text
        assert "to the end of 9 Mar 2026" in page.text
    old = page_at(client, f"{PAGE}?since=0001-01-01&until=0001-01-01")
    assert "from the end of 1 Jan 2000" in old.text
    assert client.get(f"{ROWS}?reason=nonsense").status_code == 404


def test_without_deals_the_page_says_what_will_stand_there(client: Client) -> None:
    assert "No deal of this quarter was open" in client.get(PAGE).content.decode()
    assert "No open deal on either day fits" in client.get(f"{PAGE}?em=none").content.decode()


@pytest.mark.usefixtures("desk")
def test_figures_are_for_readers_and_deals_for_those_who_see_them(signed_in: Enter) -> None:
    for role, page, rows in (
        (Role.SIGNATORY, 200, 404),
        (Role.VIEWER, 200, 200),
        (Role.ACCOUNT_TEAM, 200, 200),
        (Role.ADMIN, 404, 404),
    ):
        browser = signed_in(make_user(role))
        assert browser.get(f"{PAGE}?{SPAN}").status_code == page
        assert browser.get(f"{ROWS}?{SPAN}&reason=won").status_code == rows
    figures = signed_in(make_user(Role.SIGNATORY)).get(f"{PAGE}?{SPAN}").content.decode()
    assert ROWS not in figures
    assert "−$100" in figures
    assert "you are on" in signed_in(make_user(Role.ACCOUNT_TEAM)).get(PAGE).content.decode()
    viewer = signed_in(make_user(Role.VIEWER))
    for taken in (f"{ROWS}?{SPAN}&reason=won&as=csv", f"{PAGE}?{SPAN}&as=csv"):
        assert viewer.get(taken).status_code == 403
    assert "Save as" not in viewer.get(f"{PAGE}?{SPAN}").content.decode()


def test_more_deals_cost_no_more_statements(client: Client, em: User) -> None:
    pages = (f"{PAGE}?{SPAN}", f"{ROWS}?{SPAN}&reason=won", f"{ROWS}?{SPAN}&reason=opening")
    a_week(em)
    few = [queries_of(client, page) for page in pages]
    for _ in range(4):
        a_week(em)
    assert [queries_of(client, page) for page in pages] == few


@pytest.mark.usefixtures("desk")
def test_a_filter_asks_for_the_part_alone(client: Client) -> None:
    part = client.get(f"{PAGE}?{SPAN}", headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in part
    assert 'id="changes"' in part
