"""Pacing: weeks as they were kept, beside the same weeks of earlier quarters."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client

from emdesk.fiscal import Quarter
from emdesk.people.models import Role, User
from forecasting.models import Plan, Snapshot
from forecasting.pacing import MEASURES, Pacing
from tests.factories import make_issue, make_opportunity, make_segment, make_user
from tests.forecasting.test_views_changes import named, page_at
from tests.oracles import pacing as oracle
from tests.scoping.markup import Element
from tests.scoping.pages import queries_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
BEGINS = date(2026, 2, 1)  # of FY27-Q1, a Sunday
ENDS = {"Q127": (BEGINS, date(2026, 4, 30)), "Q426": (date(2025, 11, 1), date(2026, 1, 31))}
PAGE = "/forecast/pacing/"
ROWS = f"{PAGE}rows/"
Enter = Callable[[User], Client]


@pytest.fixture(autouse=True)
def in_march(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecasting.views.pacing.now", lambda: AT)


def kept(day: date, worth: int | Decimal | None, category: str = "commit", **fields: Any) -> None:
    """A deal as it was kept on a day, dated in the quarter of the day unless said otherwise."""
    first = BEGINS if day >= BEGINS - timedelta(days=7) else ENDS["Q426"][0]
    facts = {
        "opportunity": fields.pop("deal", None) or make_opportunity(),
        "stage": "won" if category == "closed" else "4",
        "confidence": "green",
        "close_date": first + timedelta(days=30),
        "currency": "USD",
        "booking_value": worth,
        "desk_currency": "USD",
        "weight_in_quarter": 1,
        "weight_any_quarter": 1,
    }
    Snapshot.objects.create(date=day, desk_value=worth, category=category, **facts | fields)


@pytest.fixture
def desk(em: User) -> None:
    """Two weeks of this quarter and the same of the one before; a week before it began."""
    kept(BEGINS - timedelta(days=2), 50, engagement_manager=em)
    kept(BEGINS + timedelta(days=5), 100, engagement_manager=em, segment=make_segment())
    kept(BEGINS + timedelta(days=5), 30, "closed", region="EMEA")
    kept(BEGINS + timedelta(days=5), 7, "pipeline")
    kept(BEGINS + timedelta(days=12), 900)
    kept(BEGINS + timedelta(days=5), 1_000, close_date=date(2026, 5, 1))
    kept(date(2025, 11, 7), 40)
    kept(date(2025, 11, 14), 300)
    make_opportunity(stage="won", close_date=date(2026, 1, 5), amount=220)


def lines(page: Element) -> dict[str, list[str]]:
    table = page.having("paces")[0]
    rows = [[cell.text for cell in named(line, "th", "td")] for line in named(table, "tr")]
    return {row[0]: row[1:] for row in rows}


@pytest.mark.usefixtures("desk")
def test_each_week_stands_beside_the_same_week_of_earlier_quarters(client: Client) -> None:
    page = page_at(client, PAGE)

    told = lines(page)
    assert told["Week"] == ["FY27-Q1", "FY26-Q4", "FY26-Q3", "FY26-Q2", "FY26-Q1", "Mean before"]
    assert told["Week 0"] == ["$50", "—", "—", "—", "—", "—"]
    assert told["Week 1"] == ["$130", "$40", "—", "—", "—", "$40"]
    assert told["Week 2"] == ["$900", "$300", "—", "—", "—", "$300"]
    assert told["Won, as of now"][:2] == ["$0", "$220"]
    said = "In week 2 of FY27-Q1, Commit stood at $900, $600 above the mean of the same week"
    assert said in page.text
    drawn = page.having("course")
    assert len(drawn) == 5
    assert len(named(page.having("this")[0], "circle")) == 3


@pytest.mark.usefixtures("desk")
def test_another_figure_and_a_filter_are_in_the_address(client: Client, em: User) -> None:
    for asked, value in (
        ("measure=closed", "$30"),
        ("measure=pipeline", "$137"),
        (f"em={em.pk}", "$100"),
        ("region=EMEA", "$30"),
        ("em=none", "$30"),
        ("measure=nonsense&quarter=Q9&em=0", "$130"),
    ):
        assert lines(page_at(client, f"{PAGE}?{asked}"))["Week 1"][0] == value, asked
    assert lines(page_at(client, f"{PAGE}?quarter=Q426"))["Week 1"][0] == "$40"


@pytest.mark.usefixtures("desk")
def test_a_value_opens_the_deals_it_adds_up_as_they_were(client: Client) -> None:
    links = [a["href"] for a in named(page_at(client, PAGE), "a") if ROWS in a["href"]]
    assert len(links) == 6

    page = page_at(client, f"{ROWS}?of=Q127&week=1")
    assert "Commit of FY27-Q1 in week 1" in page.text
    rows = named(named(page, "tbody")[0], "tr")
    assert [named(row, "td")[-1].text for row in rows] == ["$100", "$30"]
    for wrong in ("of=Q127&week=9", "of=Q127&week=x", "of=Q1&week=1", ""):
        assert client.get(f"{ROWS}?{wrong}").status_code == 404


@pytest.mark.usefixtures("desk")
def test_the_table_is_taken_away_as_a_file(client: Client) -> None:
    file = client.get(f"{PAGE}?as=csv")
    told = [*csv.reader(StringIO(file.content.decode("utf-8-sig")))]
    assert told[2][:3] == ["1", "130.00", "40.00"]


def test_without_a_week_the_page_says_when_there_will_be_one(client: Client) -> None:
    assert "No week of these quarters has been kept" in client.get(PAGE).content.decode()
    kept(BEGINS + timedelta(days=5), 100)
    assert "No earlier quarter has a snapshot of that week" in client.get(PAGE).content.decode()


@pytest.mark.usefixtures("desk")
def test_figures_are_for_readers_and_deals_for_those_who_see_them(signed_in: Enter) -> None:
    for role, page, rows, file in (
        (Role.SIGNATORY, 200, 404, 200),
        (Role.VIEWER, 200, 200, 403),
        (Role.ADMIN, 404, 404, 404),
    ):
        browser = signed_in(make_user(role))
        assert browser.get(PAGE).status_code == page
        assert browser.get(f"{ROWS}?of=Q127&week=1").status_code == rows
        assert browser.get(f"{PAGE}?as=csv").status_code == file
    assert ROWS not in signed_in(make_user(Role.SIGNATORY)).get(PAGE).content.decode()


def test_the_account_team_adds_up_its_own_deals(signed_in: Enter) -> None:
    asked, issue, own = make_user(Role.ACCOUNT_TEAM), make_issue(), make_opportunity()
    type(issue).objects.filter(pk=issue.pk).update(opportunity=own, requester=asked)
    kept(BEGINS + timedelta(days=5), 100)
    kept(BEGINS + timedelta(days=5), 7, deal=own)

    assert lines(page_at(signed_in(asked), PAGE))["Week 1"][0] == "$7"


def test_more_deals_cost_no_more_statements(client: Client) -> None:
    day = BEGINS + timedelta(days=5)
    pages = (PAGE, f"{ROWS}?of=Q127&week=1")
    kept(day, 100, engagement_manager=make_user(), segment=make_segment())
    few = [queries_of(client, page) for page in pages]
    for _ in range(4):
        kept(day, 100, engagement_manager=make_user(), segment=make_segment())
    assert [queries_of(client, page) for page in pages] == few


def test_weeks_and_sums_are_those_of_the_oracle(em: User) -> None:
    chance, told = Random(5), []  # noqa: S311
    days = [date(2025, 10, 20) + timedelta(days=chance.randrange(190)) for _ in range(25)]
    for day in sorted(set(days)):
        for _ in range(3):
            deal = {
                "on": day,
                "category": chance.choice(["closed", "commit", "best_case", "pipeline", "omitted"]),
                "closes": chance.choice([None, day + timedelta(days=chance.randrange(-30, 120))]),
                "worth": chance.choice([None, Decimal(chance.randrange(1, 9_999)) / 100]),
            }
            told.append(deal)
            kept(day, deal["worth"], deal["category"], close_date=deal["closes"])

    for measure in MEASURES:
        found = Pacing(Quarter.parse("Q127"), measure, Q(), em, AT).courses
        for course in found[:2]:
            ends = ENDS[str(course.quarter)]
            assert course.values == oracle.weeks(told, *ends, measure)


def test_the_plan_is_a_line_and_a_gap_for_whoever_reads_plans(em: User, signed_in: Enter) -> None:
    kept(BEGINS + timedelta(days=5), 100)
    make_opportunity(stage="won", close_date=BEGINS, amount=250, engagement_manager=em)
    Plan.objects.create(
        quarter="Q127", region="EMEA", engagement_manager=em, bookings=1_000, currency="USD"
    )
    lead = signed_in(make_user(Role.EM_LEAD))

    page = page_at(lead, PAGE)
    assert "Plan $1k: 25.0% of it won, $750 to go." in page.text
    assert [each.text for each in page.having("level")] == ["Plan"]
    for narrowing, told in (
        (f"em={em.pk}", True),
        ("region=EMEA", True),
        ("em=none", False),
        (f"segment={make_segment().pk}", False),
        ("quarter=Q426", False),
    ):
        assert ("Plan $1k" in page_at(lead, f"{PAGE}?{narrowing}").text) == told, narrowing
    viewer = page_at(signed_in(make_user(Role.ACCOUNT_TEAM)), PAGE)
    assert "Plan $1k" not in viewer.text
