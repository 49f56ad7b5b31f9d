"""Every figure of a quarter, against one made by looking at each record in turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.http import QueryDict

from emdesk.configuration.values import set_value
from emdesk.fiscal import Quarter
from emdesk.people.models import Role, User
from emdesk.sla.models import Clock
from forecasting.behind import behind
from forecasting.dashboard import Dashboard
from forecasting.forms import QuarterForm
from forecasting.look import Look
from forecasting.panels import Number, Panels
from scoping.models import ScopingIssue
from scoping.quarters import FiscalCalendar
from scoping.states import Outcome, State
from tests.factories import (
    NOON,
    make_account,
    make_issue,
    make_opportunity,
    make_segment,
    make_user,
)
from tests.forecasting.desk import NOW, Told, made_up
from tests.oracles import quarter as oracle
from tests.oracles.fiscal import label_of
from tests.oracles.quarters import label_at
from tests.oracles.win_rate import deeper

pytestmark = pytest.mark.django_db
ZONE = "America/Los_Angeles"
SEEDS = [1, pytest.param(2, marks=pytest.mark.full), pytest.param(3, marks=pytest.mark.full)]
BEFORE = {"Q327": ["Q326", "Q426", "Q127", "Q227"], "Q127": ["Q126", "Q226", "Q326", "Q426"]}


def look(label: str = "Q327", user: User | None = None, at: datetime = NOW, **said: str) -> Look:
    asked = QueryDict(mutable=True)
    asked.update(said)
    reader = user or make_user(Role.VIEWER)
    return Look(Quarter.parse(label), reader, QuarterForm(asked), at)


def seconds(took: timedelta | None) -> Any:
    return None if took is None else pytest.approx(took.total_seconds(), abs=0.01)


def narrowed(told: Told, fits: Callable[[dict[str, Any]], bool]) -> Told:
    return Told([*filter(fits, told.issues)], [*filter(fits, told.deals)])


def inside(*labels: str) -> Callable[[datetime], bool]:
    return lambda at: label_at(at, ZONE) in labels


def ended_at(label: str) -> datetime:
    return min(NOW, max(end for _, end in FiscalCalendar().moments(Quarter.parse(label))))


def check(board: Dashboard, told: Told, label: str) -> None:
    within = inside(label)
    funnel = oracle.funnel(told.issues, within)
    assert {step.key: (step.reached, seconds(step.took)) for step in board.funnel.steps} == funnel
    check_stays(board, told, label)
    kept = oracle.kept(told.issues, within, NOW)
    assert {
        each.key: {str(went): n for went, n in each.counts.items() if n} for each in board.promises
    } == kept
    check_deals(board, told, label)
    closed = [each for each in told.issues if each["quarter"] == label]
    right = deeper([each for each in closed if each["outcome"] == "lost"], "reason")
    assert [(each.key, each.lost) for each in board.reasons] == sorted(
        ((str(key), row["lost"]) for key, row in right.items() if key),
        key=lambda row: (-row[1], row[0]),
    )
    counts = {
        str(quarter): (tally.won, tally.lost, tally.timed_out)
        for quarter, tally in board.series.items()
    }
    assert len(counts) == 8
    for quarter, (won, lost, timed_out) in counts.items():
        those = [each for each in told.issues if each["quarter"] == quarter]
        assert won == sum(each["outcome"] == "won" for each in those)
        assert lost == sum(each["outcome"] == "lost" for each in those)
        assert timed_out == sum(
            each["outcome"] == "lost" and each["reason"] == "timed_out" for each in those
        )


def check_stays(board: Dashboard, told: Told, label: str) -> None:
    now = oracle.stays(told.issues, inside(label))
    then = oracle.stays(told.issues, inside(*BEFORE[label]))
    for each in board.time_in_state:
        ended, before = now.get(each.state, []), then.get(each.state, [])
        assert (each.ended, each.ended_before) == (len(ended), len(before))
        assert oracle.usual(ended, 50) == seconds(each.median)
        assert oracle.usual(ended, 85) == seconds(each.p85)
        assert oracle.usual(before, 50) == seconds(each.median_before)
        assert oracle.usual(before, 85) == seconds(each.p85_before)
    stood = oracle.standing(told.issues, ended_at(label))
    beyond = oracle.too_long(stood, then)
    for row in board.ageing:
        assert row.standing == len(stood.get(row.state, []))
        assert oracle.usual(stood.get(row.state, []), 50) == seconds(row.median)
        assert row.stuck == len(beyond.get(row.state, []))
    longest = sorted((each for row in beyond.values() for each in row), reverse=True)[:10]
    assert [each.beyond.total_seconds() for each in board.stuck] == pytest.approx(longest, abs=0.01)


def check_deals(board: Dashboard, told: Told, label: str) -> None:
    right = oracle.deals(told.deals, lambda day: label_of(day, 2) == label)
    found: dict[Any, Any] = {"won": board.pipeline.won, "lost": board.pipeline.lost}
    for row in board.pipeline.rows:
        found |= {(row.key, str(colour)): worth for colour, worth in row.cells.items()}
    figures = {
        key: (each.deals, each.priced, Fraction(each.value))
        for key, each in found.items()
        if each.deals
    }
    assert figures == {
        key: (
            len(values),
            sum(value is not None for value in values),
            sum((Fraction(value or 0) for value in values), Fraction(0)),
        )
        for key, values in right.items()
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_is_what_one_gets_by_counting(seed: int) -> None:
    told = made_up(seed)
    em = next(each["em"] for each in told.issues if each["em"])
    segment = next(each["segment"] for each in told.issues if each["segment"])
    for label in ("Q327", "Q127"):
        for said, fits in (
            ({}, lambda each: True),
            ({"em": str(em.pk)}, lambda each: each["em"] == em),
            ({"em": "none"}, lambda each: each["em"] is None),
            ({"segment": str(segment.pk)}, lambda each: each["segment"] == segment),
            (
                {"region": "EMEA"},
                lambda each: each["segment"] and each["segment"].name.endswith("EMEA"),
            ),
        ):
            check(Dashboard(look(label, **said)), narrowed(told, fits), label)


@pytest.mark.parametrize("said", [{}, {"region": "EMEA"}, {"counted_on": "opportunities"}])
def test_every_number_opens_as_many_rows_as_it_says(said: dict[str, str]) -> None:
    made_up(4, 80)
    seen = 0
    for label in ("Q327", "Q127"):
        panels = Panels(Dashboard(look(label, **said)))
        lines = [
            *(panels.reasons + panels.funnel + panels.lengths + panels.ageing),
            *(panels.promises + panels.deals + panels.ends),
        ]
        numbers = [cell for line in lines for cell in line.cells if cell.url]
        numbers += [*panels.closed.values(), *panels.fates.values(), panels.all_stuck]
        for number in filter(lambda each: each.url, numbers):
            seen += 1
            assert rows_of(number, label, said) == int(number.text.replace(",", "")), number
        for line in panels.series:
            for cell in line.cells:
                if cell.url:
                    quarter = cell.url.split("/")[2]
                    assert rows_of(cell, quarter, said) == int(cell.text)
    assert seen > 60


def rows_of(number: Number, label: str, said: dict[str, str]) -> int:
    asked = QueryDict(number.url.partition("?")[2])
    assert {name: asked[name] for name in said} == said
    assert number.url.startswith(f"/quarters/{label}/rows/")
    found = behind(look(label, **said), asked["part"], asked.get("key", ""))
    assert found is not None
    keys = [row.pk for row in found.rows]
    assert len(keys) == len(set(keys))
    return len(keys)


# What is rare.


def closed(outcome: str = Outcome.WON, quarter: str = "Q127", **fields: Any) -> ScopingIssue:
    return make_issue(State.CLOSED, outcome=outcome, close_quarter=quarter, **fields)


def test_an_empty_quarter_has_no_rate_and_nothing_to_divide() -> None:
    board = Dashboard(look("Q121"))

    assert board.empty
    assert Panels(board).rate == "—"
    assert [step.share for step in board.funnel.steps] == [None] * 8
    assert Panels(board).changes[0] == "no rate to compare with the quarter before, FY20-Q4"
    assert (Panels(board).reasons, Panels(board).deals, Panels(board).stuck) == ([], [], [])


def test_one_deal_is_a_rate_of_one_and_says_that_it_is_few() -> None:
    closed()
    board = Dashboard(look("Q127", at=NOON))

    assert (Panels(board).rate, board.tally.few) == ("100.0%", True)
    assert str(board.tally.interval) == "21% to 100%"


@pytest.mark.parametrize(
    ("outcome", "rate", "reasons"), [(Outcome.WON, "100.0%", 0), (Outcome.LOST, "0.0%", 1)]
)
def test_all_won_or_all_lost(outcome: Outcome, rate: str, reasons: int) -> None:
    for _ in range(12):
        closed(outcome)
    panels = Panels(Dashboard(look("Q127", at=NOON)))

    assert (panels.rate, len(panels.reasons)) == (rate, reasons)
    assert panels.board.tally.few is False


def test_an_issue_counts_for_the_em_it_has_now() -> None:
    one, other = make_user(), make_user()
    issue = closed(engagement_manager=one)
    ScopingIssue.objects.filter(pk=issue.pk).update(engagement_manager=other)

    def won(em: User) -> int:
        return Dashboard(look("Q127", em=str(em.pk), at=NOON)).tally.won

    assert (won(one), won(other)) == (0, 1)


def test_a_territory_that_moves_takes_no_issue_with_it() -> None:
    emea, apac = make_segment("Ent_EMEA"), make_segment("Ent_APAC")
    account = make_account(segment=emea)
    closed(account=account, segment=emea)
    account.segment = apac
    account.save()

    assert Dashboard(look("Q127", region="EMEA", at=NOON)).tally.won == 1
    assert Dashboard(look("Q127", region="APAC", at=NOON)).tally.won == 0


def test_a_quarter_cut_short_by_another_start_of_the_year_says_which_days_it_has() -> None:
    """From 10 March 2026 years start in January: Q127 is 1 February to 9 March, in two namings."""
    set_value(
        "fiscal_first_month", 1, effective_from=date(2026, 3, 10), reason="x", by=None, at=NOON
    )
    for day, amount in ((date(2026, 3, 9), 1), (date(2026, 3, 10), 2), (date(2027, 1, 5), 4)):
        make_opportunity(close_date=day, amount=Decimal(amount))
    make_issue(at=NOON)

    board = Dashboard(look("Q127"))

    assert board.look.days == [
        (date(2026, 2, 1), date(2026, 3, 9)),
        (date(2027, 1, 1), date(2027, 3, 31)),
    ]
    assert board.pipeline.open.value == 5
    assert board.funnel.came_in == 1


def test_a_deal_without_a_rate_counts_and_is_not_priced() -> None:
    rates = {"EUR": "1.5", "USD": "1"}
    for amount, currency in ((100, "USD"), (100, "EUR"), (100, "GBP"), (None, "USD")):
        make_opportunity(amount=amount and Decimal(amount), currency=currency)
    if currencies(rates):
        board = Dashboard(look("Q127", at=NOON))
        assert (board.pipeline.open.deals, board.pipeline.open.value) == (4, 250)
        assert board.pipeline.unpriced == 2


def currencies(rates: dict[str, Decimal]) -> bool:
    said = {code: str(rate) for code, rate in rates.items()}
    set_value("exchange_rates", said, effective_from=date(2020, 1, 1), reason="x", by=None, at=NOON)
    return True


def test_the_account_team_counts_its_own_deals_alone() -> None:
    seller = make_user(Role.ACCOUNT_TEAM)
    mine = make_opportunity(stage="won", amount=Decimal(10))
    closed(opportunity=mine, requester=seller)
    closed(opportunity=make_opportunity(stage="won", amount=Decimal(5)))
    make_issue(State.SOW_WIP, requester=seller)
    make_issue(State.SOW_WIP)

    board = Dashboard(look("Q127", user=seller, at=NOON + timedelta(days=1)))

    assert (board.tally.won, board.pipeline.won.deals, board.pipeline.won.value) == (1, 1, 10)
    assert sum(each.standing for each in board.ageing) == 1
    assert board.funnel.came_in == 2
    about = Clock.objects.filter(subject_id__in=ScopingIssue.objects.filter(requester=seller))
    assert sum(sum(each.counts.values()) for each in board.promises) == about.count() > 0
