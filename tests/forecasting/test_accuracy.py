"""Backtest and range: against a second reading, against every possible outcome, on their pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.test import Client

from emdesk.fiscal import Quarter
from emdesk.people.models import Role, User
from forecasting.backtest import EVERYBODY, Backtest
from forecasting.calibration import Cell
from forecasting.forecast import Forecast
from forecasting.models import Plan, Snapshot
from forecasting.simulation import Bet, Range, simulate
from tests.factories import make_opportunity, make_user
from tests.forecasting.test_pacing import kept
from tests.oracles import backtest as oracle
from tests.oracles.range import at_most, distribution
from tests.scoping.pages import page_of, queries_of

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
ENDED = {
    "Q127": (date(2026, 2, 1), date(2026, 4, 30)),
    "Q426": (date(2025, 11, 1), date(2026, 1, 31)),
    "Q326": (date(2025, 8, 1), date(2025, 10, 31)),
}
PAGE = "/forecast/accuracy/"
Enter = Callable[[User], Client]


@pytest.fixture(autouse=True)
def in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("accuracy", "forecast"):
        monkeypatch.setattr(f"forecasting.views.{module}.now", lambda: AT)


def won(closed: date, worth: int | Decimal | None, **fields: Any) -> None:
    make_opportunity(stage="won", close_date=closed, amount=worth, **fields)


@pytest.mark.django_db
def test_error_and_bias_of_everybody_and_of_each_are_those_of_the_oracle() -> None:
    chance = Random(11)  # noqa: S311
    people = [make_user(), make_user(), None]
    days = sorted({date(2025, 7, 28) + timedelta(days=chance.randrange(280)) for _ in range(45)})
    snapshots, deals = [], []
    for day in days:
        for _ in range(4):
            em = chance.choice(people)
            told = {
                "on": day,
                "em": em and em.pk,
                "category": chance.choice(["closed", "commit", "best_case", "pipeline", "omitted"]),
                "closes": chance.choice([None, day + timedelta(days=chance.randrange(-20, 90))]),
                "worth": chance.choice([None, Decimal(chance.randrange(100, 9_999)) / 100]),
            }
            snapshots.append(told)
            facts = {"close_date": told["closes"], "engagement_manager": em}
            kept(day, told["worth"], str(told["category"]), **facts)
    for _ in range(25):
        em = chance.choice(people)
        day = date(2025, 8, 1) + timedelta(days=chance.randrange(270))
        deals.append({"closed": day, "em": em and em.pk, "worth": chance.randrange(1, 200)})
        won(day, deals[-1]["worth"], engagement_manager=em)
    make_opportunity(stage="lost", close_date=days[-1], amount=10_000)

    for measure in ("closed", "commit", "pipeline"):
        found = Backtest(measure, AT)
        for whose in (None, *(each.pk for each in people if each)):
            told = found.missed(EVERYBODY if whose is None else whose)
            naive = oracle.missed(snapshots, deals, ENDED, measure, whose)
            assert naive
            assert {week: each.n for week, each in told.items()} == {
                week: n for week, (n, _, _) in naive.items()
            }
            for week, (_, error, bias) in naive.items():
                assert abs(float(told[week].error) - float(error)) < 1e-9
                assert abs(float(told[week].bias) - float(bias)) < 1e-9


@pytest.mark.django_db
def test_over_and_under_cancel_in_the_bias_and_not_in_the_error() -> None:
    for quarter, worth in (("Q127", 150), ("Q426", 50)):
        last = ENDED[quarter][1]
        kept(last - timedelta(days=6), worth, close_date=last)
        won(last, 100)
    found = Backtest("commit", AT).missed()
    assert {week: (each.n, each.error, each.bias) for week, each in found.items()} == {
        1: (2, Decimal("0.5"), Decimal(0))
    }


@pytest.mark.django_db
def test_what_cannot_be_compared_is_left_out() -> None:
    last = ENDED["Q127"][1]
    kept(last - timedelta(days=6), 50, close_date=last)
    assert Backtest("commit", AT).missed() == {}
    won(last, 100)
    Snapshot.objects.update(desk_currency="EUR")
    assert Backtest("commit", AT).missed() == {}
    running = datetime(2026, 4, 30, 12, tzinfo=UTC)
    Snapshot.objects.update(desk_currency="USD")
    assert Backtest("commit", running).missed() == {}
    assert Backtest("commit", AT).missed()[1].n == 1


def test_the_range_is_that_of_every_possible_outcome() -> None:
    bets = [Bet(100, 0.9), Bet(70, 0.5), Bet(40, 0.25), Bet(15, 0.05), Bet(10, 0.6)]
    exact = distribution(bets, 30)
    found = simulate(bets, 30, "seed", draws=40_000)
    assert abs(found.mean - sum(each * likely for each, likely in exact.items())) < 1
    for share in (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95):
        total = found.quantile(share)
        below = at_most(exact, total - 1e-9)
        assert below - 0.01 <= share <= at_most(exact, total) + 0.01
    for target in (30, 100, 171, 265, 266):
        reached = 1 - at_most(exact, target - 1e-9)
        assert abs(found.reached(target) - reached) < 0.01


def test_a_range_can_be_told_again_and_what_is_sure_has_none() -> None:
    bets = [Bet(100, 0.5), Bet(10, 0.5)]
    assert simulate(bets, 0, "a").totals == simulate(bets, 0, "a").totals
    assert simulate(bets, 0, "a").totals != simulate(bets, 0, "b").totals
    sure = simulate([Bet(100, 1), Bet(50, 0), Bet(0, 0.5)], 7, "a")
    assert set(sure.totals) == {107}
    assert (sure.quantile(0.01), sure.quantile(1), sure.reached(107)) == (107, 107, 1)
    assert simulate([], 0, "a").quantile(0.5) == 0


@pytest.mark.django_db
def test_deals_take_the_chance_of_their_colour_and_only_priced_open_ones_are_drawn(
    em: User,
) -> None:
    day = date(2026, 6, 20)
    for colour, worth in (("green", 100), ("amber", 50), ("grey", None)):
        make_opportunity(stage="4", close_date=day, amount=worth, confidence=colour)
    make_opportunity(stage="won", close_date=day, amount=7)
    make_opportunity(stage="0", close_date=day, amount=9_000, confidence="green")
    make_opportunity(stage="lost", close_date=day, amount=9_000)

    found = Range(Forecast(Quarter.parse("Q227"), None, AT))

    assert (found.closed, found.bets) == (7, [Bet(100, 0.95), Bet(50, 0.5)])
    assert {each.name: (each.deals, each.learned) for each in found.colours} == {
        "Green": (1, 0),
        "Amber": (1, 0),
    }


@pytest.mark.django_db
def test_pages_tell_whoever_reads_the_calls_how_near_and_how_wide(
    signed_in: Enter, em: User
) -> None:
    lead = signed_in(make_user(Role.EM_LEAD))
    assert "No quarter that is over" in page_of(lead, PAGE).text
    assert "nothing to draw" in page_of(lead, "/forecast/Q227/range/").text
    last = ENDED["Q127"][1]
    kept(last - timedelta(days=6), 150, close_date=last, engagement_manager=em)
    won(last, 100, engagement_manager=em)
    make_opportunity(stage="4", close_date=date(2026, 6, 20), amount=100, confidence="green")
    Plan.objects.create(quarter="Q227", region="EMEA", bookings=50, currency="USD")

    text = page_of(lead, PAGE, em=em.pk).text
    for told in ("50%", "+50%", em.name, "FY27-Q1", "$150", "$100"):
        assert told in text
    drawn = page_of(lead, "/forecast/Q227/range/").text
    assert "The plan of $50 is reached in 9" in drawn
    assert "$100" in drawn
    before = [queries_of(lead, path) for path in (PAGE, "/forecast/Q227/range/")]
    for _ in range(4):
        person = make_user()
        kept(last - timedelta(days=6), 10, close_date=last, engagement_manager=person)
        won(last, 10, engagement_manager=person)
        make_opportunity(stage="4", close_date=date(2026, 6, 20), amount=5, confidence="red")
    assert [queries_of(lead, path) for path in (PAGE, "/forecast/Q227/range/")] == before
    for role in (Role.ACCOUNT_TEAM, Role.LEGAL):
        stranger = signed_in(make_user(role))
        assert stranger.get(PAGE).status_code == 404
        assert stranger.get("/forecast/Q227/range/").status_code == 404
    for odd in (f"{PAGE}?measure=x&em=x", f"{PAGE}?em=999999"):
        assert lead.get(odd).status_code == 200


@pytest.mark.django_db
def test_a_chance_that_earlier_deals_earned_is_drawn_towards_the_weight() -> None:
    day = date(2026, 6, 20)
    for colour in ("green", "grey"):
        make_opportunity(stage="4", close_date=day, amount=100, confidence=colour)
    found = Range(Forecast(Quarter.parse("Q227"), None, AT))
    in_time, n = 15, 30
    found.__dict__["chances"] = {
        (colour, 7): Cell(n, in_time, 20, 4) for colour in ("green", "grey")
    } | {("green", 6): Cell(40, 0, 0, 4)}

    assert [bet.chance for bet in found.bets] == [(in_time + 20 * 0.95) / (n + 20), 0.1]
    assert [(each.name, each.learned) for each in found.colours] == [("Green", 1), ("Grey", 0)]
