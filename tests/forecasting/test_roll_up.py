"""The forecast's lines: equal to a second reckoning, and to what opportunities add up to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from emdesk.configuration.values import set_value
from emdesk.fiscal import Quarter
from emdesk.people.models import Role
from forecasting.forecast import Forecast
from forecasting.roll_up import Line
from tests.factories import NOON, TODAY, make_opportunity, make_user
from tests.forecasting.deals import FIRST, LAST, all_deals, made_up
from tests.oracles import roll_up as oracle
from tests.oracles.forecast import NAMES

pytestmark = pytest.mark.django_db
QUARTER = Quarter.parse("Q127")
RATES = {"EUR": "1.1"}


@pytest.fixture
def rates(db: None) -> None:
    sheet = {"USD": "1", **RATES}
    set_value("exchange_rates", sheet, effective_from=FIRST, reason="x", by=None, at=NOON)


def told(line: Line) -> dict[str, Any]:
    figures = zip(NAMES, line.figures.values(), strict=True)
    return {name: (each.count, each.value) for name, each in figures} | {
        "weighted": list(line.weighted.values())
    }


def key_of(line: Line) -> Any:
    kinds = {"em": (line.region, line.em), "region": ("region", line.region), "total": "total"}
    if line.kind in kinds:
        return kinds[line.kind]
    said = line.opens[line.kind]
    return (line.kind, None if said == "none" else said)


def keys(deal: Any) -> Iterable[Any]:
    where = oracle.region(deal)
    yield from ((where, deal.engagement_manager_id), ("region", where), "total")


def test_every_line_is_what_a_second_reckoning_says(rates: None) -> None:
    for seed in range(3):
        made_up(seed)
    roll = Forecast(QUARTER, None, NOON).by("em")

    expected = oracle.lines(all_deals(), FIRST, LAST, RATES, TODAY, keys)

    assert {key_of(line): told(line) for line in (*roll.lines, roll.whole)} == expected
    assert roll.omitted.count > 5
    for by, field in (("segment", "segment_id"), ("office", "office")):
        roll = Forecast(QUARTER, None, NOON).by(by)
        expected = oracle.lines(
            all_deals(),
            *(FIRST, LAST, RATES, TODAY),
            lambda deal, by=by, field=field: [(by, getattr(deal, field) or None), "total"],
        )
        assert {key_of(line): told(line) for line in (*roll.lines, roll.whole)} == expected


def test_the_order_leads_from_people_to_their_region_whoever_has_none_last() -> None:
    ada, bo = make_user(name="Ada"), make_user(name="Bo")
    for office, em in (("West", bo), ("", ada), ("East", None), ("East", bo), ("East", ada)):
        make_opportunity(stage="4", office=office, engagement_manager=em)

    lines = Forecast(QUARTER, None, NOON).by("em").lines

    assert [line.name for line in lines] == [
        *("Ada", "Bo", "No EM", "East", "Bo", "West", "Ada", "No region")
    ]


def test_amber_is_doubt_about_the_date_alone() -> None:
    """Best Case in the quarter, half of it by its end, and nine tenths of it sooner or later."""
    make_opportunity(stage="4", confidence="amber", services_value=1_000)

    line = Forecast(QUARTER, None, NOON).by("em").whole

    assert [each.value for each in line.figures.values()] == [0, 0, 1_000, 1_000]
    assert list(line.weighted.values()) == [500, 900]


def test_categories_and_weights_are_settings() -> None:
    said: dict[str, Any] = {"effective_from": FIRST, "reason": "x", "by": None, "at": NOON}
    make_opportunity(stage="4", confidence="amber", services_value=1_000)
    set_value("category.amber", "commit", **said)
    set_value("weight.amber.in_quarter", "0.7", **said)

    line = Forecast(QUARTER, None, NOON).by("em").whole

    assert [each.value for each in line.figures.values()] == [0, 1_000, 1_000, 1_000]
    assert line.weighted["in_quarter"] == 700


def test_the_account_team_counts_its_own_deals_and_readers_of_figures_all() -> None:
    make_opportunity(stage="4")
    counted = {
        role: Forecast(QUARTER, make_user(role), NOON).by("em").whole.figures["pipeline"].count
        for role in (Role.ACCOUNT_TEAM, Role.SIGNATORY, Role.EM, Role.VIEWER)
    }
    assert list(counted.values()) == [0, 1, 1, 1]


def test_a_quarter_of_nothing_and_one_beyond_its_end_are_told() -> None:
    empty = Forecast(QUARTER.previous, None, NOON)
    roll = empty.by("em")
    assert (roll.lines, roll.whole.open, empty.days_left) == ([], 0, None)
    assert Forecast(QUARTER, None, NOON).days_left == 59


def test_the_command_says_what_the_page_does(rates: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made_up(1)
    monkeypatch.setattr("forecasting.management.commands.forecast.now", lambda: NOON)
    for by in ("em", "region", "segment", "office"):
        out = StringIO()
        call_command("forecast", quarter=QUARTER, by=by, json=True, stdout=out)
        roll = Forecast(QUARTER, None, NOON).by(by)
        answer = json.loads(out.getvalue())
        assert [each["name"] for each in answer["lines"]] == [
            *(line.name for line in roll.lines),
            "Total",
        ]
        commit = answer["lines"][-1]["figures"]["commit"]
        assert commit["value"] == f"{roll.whole.figures['commit'].value:.2f}"
    text = StringIO()
    call_command("forecast", stdout=text)
    assert text.getvalue().splitlines()[-1].startswith("Total ")
