"""Win rate counts what closed, in the quarter it closed in, and never divides by nothing."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from emdesk.people.models import Role
from scoping.models import Opportunity
from scoping.states import Outcome, State
from scoping.win_rate import win_rate
from scoping.win_rate_axes import Basis
from tests.factories import make_issue, make_opportunity, make_segment, make_user
from tests.oracles.fiscal import label_of
from tests.oracles.win_rate import rates

FEBRUARY = 2
DEALS = st.tuples(
    st.dates(date(2015, 1, 1), date(2030, 12, 31)),
    st.sampled_from(["won", "lost", "4", "9", "10"]),
    st.none() | st.decimals(0, 10_000_000, places=2),
)


class EveryDealCounts(TestCase):
    @given(st.lists(DEALS, max_size=30))
    def test_any_deals_add_up_as_they_do_one_by_one(self, deals: list[Any]) -> None:
        Opportunity.objects.all().delete()
        Opportunity.objects.bulk_create(
            Opportunity(name="Deal", close_date=day, stage=stage, amount=amount)
            for day, stage, amount in deals
        )
        found = win_rate(Basis.OPPORTUNITIES, "quarter")
        right = rates(
            (label_of(day, FEBRUARY), stage, None if amount is None else Fraction(amount))
            for day, stage, amount in deals
        )
        assert {row.key: (row.won, row.lost) for row in found.rows} == {
            key: (row["won"], row["lost"]) for key, row in right.items()
        }
        for row in found.rows:
            assert float(row.rate or 0) == right[row.key]["win_rate"]
            assert Fraction(row.won_value or 0) == right[row.key]["value"]
        assert found.total.won == sum(row["won"] for row in right.values())


pytestmark = pytest.mark.django_db


def test_nothing_closed_gives_no_rate() -> None:
    make_issue()
    total = win_rate(Basis.ISSUES, "quarter").total
    assert (total.won, total.lost, total.rate, total.won_value) == (0, 0, None, None)
    assert ask("--basis", "opportunities") == {
        "total": {"won": 0, "lost": 0, "win_rate": None, "won_value": None},
        "rows": [],
    }


def test_issues_count_in_their_quarter_and_uncounted_ones_nowhere() -> None:
    make_issue(State.CLOSED, outcome=Outcome.WON, close_quarter="Q426")
    make_issue(State.CLOSED, outcome=Outcome.LOST, close_quarter="Q127")
    make_issue(State.CLOSED, outcome=Outcome.LOST, close_quarter="Q127")
    make_issue(State.CLOSED, outcome="")
    make_issue(State.APPROVED)
    found = ask()
    assert found["total"] == {"won": 1, "lost": 2, "win_rate": 0.333333, "won_value": None}
    assert [row["key"] for row in found["rows"]] == ["Q426", "Q127"]


def test_where_nothing_counted_closed_there_is_no_row() -> None:
    counted, uncounted = make_segment("Ent_EMEA"), make_segment("Ent_APAC")
    make_issue(State.CLOSED, segment=counted)
    make_issue(State.CLOSED, segment=uncounted, outcome="")

    assert [row.key for row in win_rate(Basis.ISSUES, "segment").rows] == ["Ent_EMEA"]


def test_an_issue_without_a_segment_is_in_the_whole_alone() -> None:
    make_issue(State.CLOSED, segment=make_segment("SMB"))
    make_issue(State.CLOSED)
    found = win_rate(Basis.ISSUES, "segment")
    assert (found.total.lost, [(row.key, row.lost) for row in found.rows]) == (2, [("SMB", 1)])


def test_engagement_managers_of_issues_go_by_their_handle() -> None:
    manager = make_user(Role.EM, email="cara.losch@example.com")
    make_issue(State.CLOSED, engagement_manager=manager)
    assert [row.key for row in win_rate(Basis.ISSUES, "em").rows] == ["cara.losch"]


def test_other_currencies_are_never_added_to_ours() -> None:
    for amount, currency in ((Decimal("100.10"), "USD"), (Decimal(50), "EUR")):
        make_opportunity(stage="won", amount=amount, currency=currency)
    total = win_rate(Basis.OPPORTUNITIES, "quarter").total
    assert (total.won, total.won_value) == (2, Decimal("100.10"))


def test_deleted_and_unqualified_deals_count_nowhere() -> None:
    make_opportunity(stage="won", deleted=True)
    make_opportunity(stage="9")
    make_opportunity(stage="10")
    assert win_rate(Basis.OPPORTUNITIES, "quarter").total.rate is None


def test_the_table_for_people_has_a_dash_where_nothing_closed() -> None:
    out = StringIO()
    call_command("win_rate", stdout=out)
    assert "—" in out.getvalue()


def test_an_axis_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match="quarter, segment"):
        call_command("win_rate", "--by", "colour")


def ask(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("win_rate", *arguments, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found
