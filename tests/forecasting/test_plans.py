"""Plans: whose target they tell, what is attained, how they are written down."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from emdesk.activity.sentences import describe, unspelled
from emdesk.configuration.values import set_value, values_on
from emdesk.fiscal import Quarter
from emdesk.ledger.models import Event
from emdesk.people.models import Role, User
from forecasting.attained import AttainedShown
from forecasting.forecast import Forecast
from forecasting.models import Plan
from forecasting.planning import SET, carry_out, read_table, set_plan
from forecasting.roll_up import Line
from forecasting.targets import FIELDS, Targets
from scoping.targets import Reached, coverage_goal
from tests.factories import NOON, TODAY, make_opportunity, make_segment, make_user
from tests.forecasting.deals import made_up
from tests.oracles import plans as oracle

pytestmark = pytest.mark.django_db
QUARTER = Quarter.parse("Q127")


@pytest.fixture
def leader(db: None) -> User:
    return make_user(Role.PS_LEADERSHIP, name="Lena Vogel")


def plan(region: str = "EMEA", em: User | None = None, **told: object) -> Plan:
    return Plan.objects.create(
        quarter="Q127", region=region, engagement_manager=em, currency="USD", **told
    )


def forecast() -> Forecast:
    return Forecast(QUARTER, None, NOON)


def test_targets_are_what_a_second_reckoning_says() -> None:
    chance, people = Random(1), [make_user(), make_user(), None]  # noqa: S311
    for number in range(6):
        for em in people:
            told = {name: chance.choice([None, 0, Decimal("1000.50"), 70_000]) for name in FIELDS}
            if chance.random() < 0.7:
                plan(f"R{number}", em, **told)
    plan("", people[0], bookings=5)
    plans, found = list(Plan.objects.all()), Targets(QUARTER, TODAY, "USD")

    for region in (None, "", "R0", "R1", "R2", "R3", "R4", "R5", "R9"):
        for em in (None, people[0].pk, people[1].pk):
            for name in FIELDS:
                expected = oracle.target(plans, name, region, em)
                assert getattr(found.of(region, em), name) == expected, (region, em, name)


def test_attainment_is_three_quarters_of_bookings_and_one_of_revenue(em: User) -> None:
    made_up(3)
    for deal_em, told in (
        (em, {"bookings": 40_000, "revenue": 30_000, "recognised": 12_000}),
        (make_user(name="Zoe"), {"bookings": 10_000}),
        (make_user(name="Yan"), {"revenue": 10_000, "recognised": 0}),
    ):
        plan(em=deal_em, **told)
    make_opportunity(stage="won", services_value=22_000, engagement_manager=em)
    shown = AttainedShown(forecast(), forecast().by("em"))

    for line in shown.lines:
        found, target = line.attainment, line.attainment.target
        expected = oracle.score(found.closed, target.bookings, target.recognised, target.revenue)
        assert (found.score and Fraction(found.score)) == expected
    assert [line.percents for line in shown.lines] == [
        ["55%", "40%", "51%"],
        ["–", "0%", "–"],
        ["0%", "–", "–"],
    ]
    assert shown.whole.attainment.closed == forecast().by("em").whole.closed
    said = {"effective_from": TODAY, "reason": "x", "by": None, "at": NOON}
    set_value("attainment_bookings", "0.5", **said)
    first = AttainedShown(forecast(), forecast().by("em")).lines[0]
    assert first.attainment.score == Decimal("0.475")


def test_what_is_to_go_is_the_plan_without_what_is_closed() -> None:
    reached = Reached(Decimal(100), Decimal(30), Decimal(140))
    assert (reached.to_go, reached.coverage, reached.percent(Decimal(30))) == (70, 2, "30%")
    over = Reached(Decimal(100), Decimal(130), Decimal(1))
    assert (over.to_go, over.coverage) == (0, None)
    assert Reached(Decimal(0), Decimal(0), Decimal(1)).percent(Decimal(1)) == ""
    quarters = [QUARTER, QUARTER.next, QUARTER.next.next]
    goals = [coverage_goal(each, QUARTER, values_on(TODAY)) for each in quarters]
    assert goals == [Decimal("2.4"), Decimal("2.2"), Decimal("1.0")]
    assert coverage_goal(QUARTER.previous, QUARTER, values_on(TODAY)) is None


def test_whoever_has_a_plan_has_a_line_even_without_deals(em: User) -> None:
    plan("EAST", em, bookings=1_000)
    plan("WEST", bookings=500)
    make_opportunity(stage="4", office="EAST", engagement_manager=None)

    def targets(by: str) -> list[tuple[str, object]]:
        roll = forecast().by(by)
        lines: list[Line] = [*roll.lines, roll.whole]
        found = ((line.name, forecast().reached(line, by)) for line in lines)
        return [(name, reached and reached.target) for name, reached in found]

    assert targets("em") == [(em.name, 1_000), ("No EM", None), ("EAST", 1_000), ("Total", 1_500)]
    assert targets("region") == [("EAST", 1_000), ("WEST", 500), ("Total", 1_500)]
    assert targets("segment") == [("No segment", None), ("Total", 1_500)]


def test_a_plan_in_another_currency_counts_by_its_rate_or_not_at_all(em: User) -> None:
    Plan.objects.create(
        quarter="Q127", region="EMEA", engagement_manager=em, bookings=100, currency="EUR"
    )
    assert Targets(QUARTER, TODAY, "USD").of(em=em.pk).bookings is None
    assert Targets(QUARTER, TODAY, "USD").unpriced == 1
    said = {"effective_from": TODAY, "reason": "x", "by": None, "at": NOON}
    set_value("exchange_rates", {"USD": "1", "EUR": "1.25"}, **said)
    assert Targets(QUARTER, TODAY, "USD").of(em=em.pk).bookings == 125


def test_every_change_of_a_plan_is_in_the_ledger_in_words(em: User, leader: User) -> None:
    when = {"by": leader, "at": NOON}
    set_plan(QUARTER, "EMEA", em, {"bookings": Decimal(1_000)}, "USD", **when)
    set_plan(QUARTER, "EMEA", em, {"bookings": Decimal(1_000)}, "USD", **when)
    later = {"by": leader, "at": NOON + timedelta(days=1)}
    written = set_plan(
        QUARTER, "EMEA", em, {"bookings": None, "revenue": Decimal(7)}, "USD", **later
    )

    told = [describe(event) for event in Event.objects.about(written).order_by("number")]

    assert unspelled({SET}) == set()
    assert told == [
        f"Lena Vogel planned Q127 of {em} in EMEA: bookings 1,000",
        f"Lena Vogel planned Q127 of {em} in EMEA: bookings –, PCV revenue 7",
    ]


def test_a_table_is_checked_line_by_line_and_taken_in_whole(em: User, leader: User) -> None:
    make_segment("Ent_EMEA")
    make_opportunity(office="East")
    plan("EMEA", em, bookings=1_000)
    text = (
        "Region;Engagement manager;Bookings;Revenue so far\n"
        f"emea;{em.email};1000.00;\n"
        f"east;{em.name.upper()};2500.50;12\n"
        "No region;;7;\n"
        "Mars;;7;\n"
        "East;Nobody;7;\n"
        "East;;-7;\n"
        "East;;1,000;\n"
        f"East;{em.email};8;\n"
    )

    lines = read_table(text, QUARTER)

    assert [line.says for line in lines] == ["as it is", "new", "new", *["wrong"] * 5]
    problems = [line.problem for line in lines[3:]]
    assert "Nothing is sold in “Mars”" in problems[0]
    assert "No one engagement manager is “Nobody”" in problems[1]
    assert "below nothing" in problems[2]
    assert "plain digits" in problems[3]
    assert problems[4] == "Line 3 tells the same plan."
    assert carry_out(QUARTER, lines[:3], "USD", by=leader, at=NOON) == 2
    east = Plan.objects.get(region="East")
    assert (east.engagement_manager, east.bookings, east.recognised) == (em, Decimal("2500.50"), 12)
    assert [line.says for line in read_table("\n".join(text.split("\n")[:4]), QUARTER)] == [
        "as it is"
    ] * 3


@pytest.mark.parametrize("text", ["", "a,b\n1,2", "region\nEast", '"bookings"\n"' + "x" * 1_001])
def test_what_is_no_table_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"columns|no table"):
        read_table(text, QUARTER)
