"""The worked examples of domain.md §6 and §7 to the cent, and any estimate against the oracle."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoping.pricing import (
    Category,
    Line,
    Priced,
    Terms,
    most_discount,
    price,
    shared_out,
    target_price,
)
from tests.oracles import estimate as oracle

D = Decimal
ENGINEER, MANAGER, ARCHITECT = D("108.51"), D("95.74"), D("127.66")


def hours(number: str, cost: Decimal | None = None, **more: Any) -> Line:
    return Line(hours=D(number), rate=D(330), cost=cost, **more)


def item(unit_price: str, quantity: str = "1", **more: Any) -> Line:
    return Line(unit_price=D(unit_price), quantity=D(quantity), **more)


def worked_example(discount: str) -> Priced:
    lines = [hours("120", ENGINEER), hours("24", MANAGER, manages=True), hours("8", ARCHITECT)]
    return price(lines, Terms(pm_percent=D(20), discount_percent=D(discount)))


@pytest.mark.parametrize(
    ("discount", "net", "margin", "percent"),
    [
        ("0", "50160.00", "33819.76", "67.42"),
        ("15", "42636.00", "26295.76", "61.68"),
    ],
)
def test_the_worked_example_of_cost_and_margin(
    discount: str, net: str, margin: str, percent: str
) -> None:
    found = worked_example(discount)
    assert (found.total.hours, found.list_total) == (D(152), D("50160.00"))
    assert (found.net_total, found.total.cogs) == (D(net), D("16340.24"))
    assert (found.total.margin, found.total.margin_percent) == (D(margin), D(percent))
    assert found.asks_review(D(50_000)), "the list price decides, not what the discount leaves"


def test_exactly_the_threshold_asks_nobody() -> None:
    found = price([item("50000.00")], Terms(travel=D(9_000)))
    assert not found.asks_review(D(50_000))
    assert price([item("50000.01")], Terms(discount_percent=D(50))).asks_review(D(50_000))


def test_the_public_catalogue_prices_follow_from_hours() -> None:
    at_300 = Line(hours=D(40), rate=D(300))
    block = price([at_300], Terms(pm_percent=D(20), pm_rate=D(300)))
    assert (block.total.hours, block.list_total) == (D(48), D("14400.00"))
    large_repositories = price([Line(hours=D(40), rate=D(300))], Terms())
    assert large_repositories.list_total == D("12000.00")


def test_a_class_of_fifteen_is_the_course_and_three_seats() -> None:
    course = item("5000", category=Category.EDUCATION)
    seats = item("500", "3", category=Category.EDUCATION)
    found = price([hours("10"), course, seats], Terms())
    assert (found.education.price, found.services.price) == (D("6500.00"), D("3300.00"))
    assert found.list_total == D("9800.00")


def test_the_marketplace_shows_two_and_a_half_percent_more() -> None:
    found = price([item("42636")], Terms(uplift_percent=D("2.5")))
    assert (found.net_total, found.final_total) == (D("42636.00"), D("43701.90"))
    assert found.uplift == D("1065.90")


def test_hours_are_rounded_up_to_the_quarter() -> None:
    assert price([hours("1.01")], Terms()).list_total == D("412.50")


def test_contingency_is_a_line_of_its_own_for_each_rate() -> None:
    lines = [
        hours("10", risk=D(10)),
        hours("10", risk=D(15)),
        hours("5", optional=True, risk=D(30)),
    ]
    found = price(lines, Terms())
    assert [(each.name, each.hours) for each in found.extras] == [("Contingency", D("2.50"))]
    assert found.list_total == D("6600.00") + D("825.00")


def test_hours_written_as_project_management_replace_the_share() -> None:
    found = price([hours("40"), hours("2", manages=True)], Terms(D(20), D(330)))
    assert found.total.hours == D(42)
    optional = price([hours("40"), hours("2", manages=True, optional=True)], Terms(D(20), D(330)))
    assert optional.total.hours == D(48), "optional management does not manage"


def test_optional_lines_stand_apart() -> None:
    found = price([hours("10", phase="Move"), hours("4", phase="Move", optional=True)], Terms())
    assert found.list_total == found.phase("Move").price == D("3300.00")
    assert found.optional.price == D("1320.00")


def test_without_a_price_there_is_no_percentage() -> None:
    free = price([item("0", cost=D(10))], Terms())
    assert (free.total.margin, free.total.margin_percent) == (D("-10.00"), None)
    given_away = worked_example("100")
    assert (given_away.net_total, given_away.total.margin_percent) == (D(0), None)


def test_a_cost_nobody_knows_leaves_the_margin_open() -> None:
    found = price([hours("10", ENGINEER), item("100")], Terms())
    assert (found.total.cogs, found.total.margin, found.total.margin_percent) == (None, None, None)


def test_the_target_price_and_the_most_discount_keep_the_floor() -> None:
    cogs = D("16340.24")
    assert target_price(cogs, D(40)) == D("27233.74")
    assert most_discount(cogs, D("50160.00"), D(40)) == D("45.70")
    assert worked_example("45.70").net_total >= D("27233.74") > worked_example("45.71").net_total
    assert most_discount(cogs, D(0), D(40)) is None
    assert most_discount(cogs, D("20000"), D(40)) is None
    assert target_price(cogs, D(100)) is None


def amounts(most: int, places: int = 2) -> st.SearchStrategy[Decimal]:
    return st.decimals(0, most, places=places)


LINES = st.fixed_dictionaries(
    {
        "hours": amounts(9_999),
        "rate": st.sampled_from([D(330), D("287.35"), D("0.01")]),
        "quantity": amounts(999),
        "unit_price": st.none() | amounts(999_999),
        "cost": st.none() | st.sampled_from([ENGINEER, MANAGER, D(0)]),
        "risk": st.sampled_from([D(0), D(10), D("17.5"), D(30)]),
        "category": st.sampled_from(list(Category)),
        "optional": st.booleans(),
        "manages": st.booleans(),
    }
)
whatever_the_machine = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TERMS = st.fixed_dictionaries(
    {
        "pm_percent": st.sampled_from([D(0), D(20), D("12.5")]),
        "pm_rate": st.just(D(330)),
        "pm_cost": st.none() | st.just(MANAGER),
        "discount_percent": amounts(100),
        "uplift_percent": st.sampled_from([D(0), D("2.5")]),
    }
)


@whatever_the_machine
@given(st.lists(LINES, max_size=12), TERMS)
def test_any_estimate_is_priced_as_the_oracle_prices_it(
    lines: list[dict[str, Any]], terms: dict[str, Any]
) -> None:
    found = price([Line(**line) for line in lines], Terms(**terms))
    expected = oracle.priced(lines, terms)
    ours = {
        "services": found.services.price,
        "education": found.education.price,
        "list": found.list_total,
        "net": found.net_total,
        "final": found.final_total,
        "cogs": found.total.cogs,
    }
    assert {name: None if each is None else each * 100 for name, each in ours.items()} == expected


@whatever_the_machine
@given(st.lists(LINES, max_size=12), TERMS)
def test_totals_are_the_sum_of_the_rounded_lines(
    lines: list[dict[str, Any]], terms: dict[str, Any]
) -> None:
    found = price([Line(**line) for line in lines], Terms(**terms))
    counted = [
        each for line, each in zip(found.lines, found.sums, strict=True) if not line.optional
    ]
    counted += found.extra_sums
    assert found.list_total == sum(each.price for each in counted)
    assert found.net_total == sum(each.net for each in counted)
    assert found.final_total == found.list_total - found.discount + found.uplift
    for each in [*counted, found.total, found.optional]:
        assert each.price == round(each.price, 2)
        assert each.net == round(each.net, 2)
        assert (each.margin_percent is None) == (each.cogs is None or each.net == 0)


@given(st.lists(amounts(99_999), max_size=20), st.decimals(0, 1, places=4))
def test_what_is_shared_out_strays_at_most_a_cent(amounts: list[Decimal], share: Decimal) -> None:
    for amount, given_ in zip(amounts, shared_out(amounts, share), strict=True):
        assert abs(amount * share - given_) <= D("0.01")
