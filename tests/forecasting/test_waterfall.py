"""The change waterfall: it balances whatever happened, and tells every deal for one reason."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from emdesk.configuration.values import set_value
from emdesk.copying import maker
from emdesk.people.models import Role
from forecasting.models import Snapshot
from forecasting.waterfall import Reason, Scope, Waterfall, compare, waterfall
from scoping.models import Opportunity, Stage
from tests.factories import NOON, make_issue, make_opportunity, make_user
from tests.forecasting.history import History
from tests.forecasting.weeks import WEEK, a_week
from tests.oracles import waterfall as oracle

FIRST, LAST = date(2026, 2, 1), date(2026, 4, 30)
QUARTER = Scope(((FIRST, LAST),))
CATEGORIES = {"won": "closed", "0": "omitted", "lost": "omitted", "9": "omitted", "10": "omitted"}
make = maker(Snapshot)

cents = st.integers(-5_000, 500_000).map(lambda number: Decimal(number) / 100)
days = st.sampled_from(
    [None, FIRST, LAST, FIRST - timedelta(days=1), LAST + timedelta(days=1), date(2026, 3, 9)]
)
deals = st.none() | st.fixed_dictionaries(
    {
        "stage": st.sampled_from([str(stage) for stage in Stage]),
        "day": days,
        "em": st.sampled_from([None, 1, 2]),
        "value": st.sampled_from([None, Decimal(100), Decimal("99.99")]),
        "currency": st.sampled_from(["USD", "EUR"]),
        "worth": st.none() | cents,
    }
)


def row(pk: int, told: Any) -> list[Snapshot]:
    if told is None:
        return []
    facts = {
        "opportunity_id": pk,
        "stage": told["stage"],
        "category": CATEGORIES.get(told["stage"], "pipeline"),
        "close_date": told["day"],
        "engagement_manager_id": told["em"],
        "booking_value": told["value"],
        "currency": told["currency"],
        "desk_value": told["worth"],
    }
    return [make(**facts)]


def compared(pairs: Any, scope: Scope) -> Waterfall:
    found = Waterfall(FIRST, LAST, "USD")
    before, after = (
        [each for pk, pair in enumerate(pairs) for each in row(pk, pair[side])] for side in (0, 1)
    )
    compare(found, before, after, scope)
    return found


@given(
    st.lists(st.tuples(deals, deals), max_size=12),
    st.sampled_from([None, 1]),
    st.sampled_from([(), QUARTER.spans]),
)
def test_it_balances_and_says_what_the_oracle_says(pairs: Any, em: int | None, spans: Any) -> None:
    found = compared(pairs, Scope(spans, em=str(em or "")))

    assert found.opening.amount + sum(bar.amount for bar in found.bars.values()) == (
        found.closing.amount
    )
    assert len({move.deal for move in found.movements}) == len(found.movements)
    ends = (FIRST, LAST) if spans else (None, None)
    told = oracle.told(pairs, *ends, em)
    bars = {"opening": found.opening, "closing": found.closing, **found.bars}
    assert {str(name): (bar.deals, bar.amount) for name, bar in bars.items() if bar.deals} == told


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_any_two_days_of_any_history_balance_with_what_the_desk_showed(seed: int) -> None:
    shown: dict[date, tuple[int, Decimal]] = {}

    def look(day: date) -> None:
        counted = Opportunity.objects.filter(deleted=False, stage__in=oracle.LIVE)
        worths = counted.valued(day, "USD").filter(close_date__range=(FIRST, LAST))
        here = [*worths.values_list("pk", "desk_value")]
        shown[day] = {pk: worth or Decimal(0) for pk, worth in here}  # type: ignore[assignment]

    history = History(seed, look)
    history.go_on(days=7)

    alive = set(Opportunity.objects.values_list("pk", flat=True))
    sums: Any = {
        day: sum(worth for pk, worth in told.items() if pk in alive)  # type: ignore[attr-defined]
        for day, told in shown.items()
    }
    asked = sorted(sums)
    for first, last in [(asked[0], asked[-1]), (asked[2], asked[3]), (asked[1], asked[1])]:
        found = waterfall(first, last, QUARTER, at=history.at)
        assert (found.opening.amount, found.closing.amount) == (sums[first], sums[last])
        assert found.change == sum(bar.amount for bar in found.bars.values())
    assert set(found.bars) <= {Reason.SAME}


@pytest.fixture
def desk(db: None) -> dict[str, Opportunity]:
    return a_week()


@pytest.mark.usefixtures("desk")
def test_every_deal_is_told_for_what_happened_to_it() -> None:
    found = waterfall(NOON.date(), NOON.date() + timedelta(days=6), QUARTER, at=NOON + WEEK)

    told = {str(reason): (bar.deals, bar.amount) for reason, bar in found.bars.items()}
    assert told == {
        "pulled_in": (1, 100),
        "up": (1, 50),
        "down": (1, -40),
        "currency": (1, 10),
        "pushed": (1, -100),
        "removed": (1, -100),
        "lost": (1, -100),
        "won": (1, -100),
        "same": (1, 0),
    }
    assert (found.opening.deals, found.opening.amount) == (8, 810)
    assert (found.closing.deals, found.closing.amount) == (5, 530)
    assert [(move.reason, move.amount) for move in found.passed] == [(Reason.WON, 100)]
    assert found.because_of(Reason.UP)[0].deal == found.movements[4].deal


@pytest.mark.django_db
def test_figures_are_told_in_the_currency_of_the_later_day() -> None:
    by = make_user()
    make_opportunity(stage="4", amount=100, currency="USD", close_date=date(2026, 3, 20))
    for key, value, offset in (
        ("exchange_rates", {"USD": "1", "EUR": "1.25"}, -40),
        ("desk_currency", "EUR", 2),
    ):
        at = NOON + timedelta(days=offset)
        set_value(key, value, effective_from=at.date(), reason="New", by=by, at=at)

    found = waterfall(NOON.date(), NOON.date() + WEEK, QUARTER, at=NOON + 2 * WEEK)

    assert (found.currency, found.opening.amount, found.closing.amount) == ("EUR", 80, 80)


@pytest.mark.django_db
def test_who_is_on_few_deals_sees_those_alone(desk: dict[str, Opportunity]) -> None:
    asked = make_user(Role.ACCOUNT_TEAM)
    issue = make_issue()
    type(issue).objects.filter(pk=issue.pk).update(opportunity=desk["up"], requester=asked)

    days = NOON.date(), NOON.date() + timedelta(days=6)
    found = waterfall(*days, QUARTER, at=NOON + WEEK, user=asked)

    assert [move.deal for move in found.movements] == [desk["up"].pk]


@pytest.mark.usefixtures("desk")
def test_the_command_prints_what_the_page_shows() -> None:
    told = json.loads(asked("--from", "2026-03-02", "--to", "2026-03-08", "--json"))

    assert told["opening"] == {"deals": 8, "amount": "810.00", "unpriced": 0}
    assert told["reasons"]["pushed"] == {"deals": 1, "amount": "-100.00", "unpriced": 0}
    assert told["closing"]["amount"] == "530.00"
    assert (told["quarter"], told["currency"]) == ("Q127", "USD")
    text = asked("--from", "2026-03-02", "--to", "2026-03-08", "--quarter", "all")
    assert "every quarter" in text
    assert "Pushed out" not in text
    for wrong in (
        ["--from", "2026-03-08", "--to", "2026-03-02"],
        ["--from", "2026-03-02", "--to", "2026-03-08", "--quarter", "X"],
    ):
        with pytest.raises(CommandError, match=r"earlier day|Write the quarter"):
            asked(*wrong)


def asked(*arguments: str) -> str:
    out = StringIO()
    call_command("waterfall", *arguments, stdout=out)
    return out.getvalue()
