"""The forecast's page: what it says, where each figure leads, who reads it, what it costs."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO

import pytest
from django.test import Client

from emdesk.people.models import Role, User
from tests.factories import NOON, make_opportunity, make_user
from tests.forecasting.deals import made_up
from tests.forecasting.test_views_win_rate import SEES
from tests.scoping.pages import page_of, queries_of

pytestmark = pytest.mark.django_db
PAGE = "/forecast/Q127/"
Enter = Callable[[User], Client]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("forecasting.views.forecast", "scoping.views.opportunities"):
        monkeypatch.setattr(f"{module}.now", lambda: NOON)


def test_every_figure_opens_exactly_its_deals(client: Client) -> None:
    made_up(4)
    opened = 0
    for by in ("em", "region", "segment"):
        page = client.get(PAGE, {"by": by}).context["page"]
        for shown in (*page.lines, page.sums):
            for figure in (*shown.figures, page.omitted):
                if figure.amounts.count:
                    answer = client.get(figure.url)
                    assert answer.context["count"] == figure.amounts.count
                    opened += 1
    assert opened > 40


def test_it_agrees_with_what_opportunities_add_up_to(client: Client) -> None:
    made_up(5)
    sums = client.get(PAGE).context["page"].sums

    answer = client.get("/opportunities/", {"view": "team", "quarter": "Q127"}).context

    for figure, same in zip(sums.figures, answer["figures"], strict=True):
        assert (figure.name, figure.full) == (same["name"], same["full"])
        assert figure.amounts == same["amounts"]
    assert sums.weighted[0].full == answer["weighted"]


def test_the_page_says_the_quarter_its_end_and_what_each_figure_means(client: Client) -> None:
    make_opportunity(stage="4", confidence="green", services_value=12_000)
    make_opportunity(stage="4", currency="SEK", services_value=5)
    make_opportunity(stage="0")

    page = page_of(client, PAGE).text

    assert "Forecast FY27-Q1" in page
    assert "59 days left" in page
    assert "counted, not priced" in page
    assert "1 left out" in page
    assert "Amber is doubt about the date, never half a chance of winning" in page
    assert "Amber 0.50 and 0.90" in page


def test_whoever_may_not_see_deals_reads_figures_without_their_rows(signed_in: Enter) -> None:
    make_opportunity(stage="4", services_value=12_000)
    for role in Role:
        answer = signed_in(make_user(role)).get(PAGE)
        assert answer.status_code == (200 if role in SEES else 404), role
    page = signed_in(make_user(Role.SIGNATORY)).get(PAGE).content.decode()
    assert "$12k" in page
    assert "/opportunities/?" not in page.partition("<main")[2]


def test_engagement_managers_begin_with_people_and_those_above_with_regions(
    client: Client, signed_in: Enter
) -> None:
    director = signed_in(make_user(Role.DIRECTOR))
    begins = [browser.get(PAGE).context["page"] for browser in (client, director)]
    assert [page.by for page in begins] == ["em", "region"]
    assert [page.csv for page in begins] == [f"{PAGE}csv/"] * 2
    assert director.get(PAGE, {"by": "em"}).context["page"].by == "em"


def test_an_empty_quarter_says_what_would_stand_there(client: Client) -> None:
    assert "No deal closes in this quarter yet" in page_of(client, "/forecast/Q128/").text
    assert client.get("/forecast/").status_code == 200
    assert client.get("/forecast/Q9/").status_code == 404


def test_the_page_costs_the_same_however_many_deals(client: Client, em: User) -> None:
    make_opportunity(stage="4", engagement_manager=em)
    before = queries_of(client, PAGE)
    made_up(6)
    assert queries_of(client, PAGE) == before


def test_the_file_has_the_lines_of_the_page(client: Client, signed_in: Enter) -> None:
    made_up(7)
    page = client.get(PAGE, {"by": "region"}).context["page"]

    answer = client.get(page.csv)

    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["Region", *(each.line.name for each in page.lines), "Total"]
    assert rows[-1][3] == f"{page.roll.whole.figures['commit'].value:f}"
    assert rows[-1][-1] == "USD"
    assert signed_in(make_user(Role.VIEWER)).get(page.csv).status_code == 403
