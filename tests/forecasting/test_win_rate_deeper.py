"""The win rate by more: size, source, service, opening quarter, reasons, what timed out, value."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from emdesk.configuration.values import set_value
from scoping.models import Opportunity, ScopingIssue
from scoping.quarters import FiscalCalendar
from scoping.states import CloseReason, Outcome, State
from scoping.win_rate import Tally, win_rate
from scoping.win_rate_axes import Basis, QuarterOf
from tests.factories import NOON, make_account, make_issue, make_segment, make_user
from tests.forecasting.rows import past_the_door
from tests.oracles.win_rate import deeper
from tests.scoping.markup import Element
from tests.scoping.pages import page_of

PAGE, ROWS = "/win-rate/", "/win-rate/rows/"
DAY = timedelta(days=1)
SERVICES = ["migration", "training", "security"]
REASONS = [each.value for each in (CloseReason.TIMED_OUT, CloseReason.PARTNER, CloseReason.PRICE)]
BEGIN = datetime(2021, 1, 1, tzinfo=UTC)
ISSUES = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(["won", "lost", ""]),
        "reason": st.sampled_from(REASONS),
        "value": st.none()
        | st.sampled_from([0, 4999, 5000, 24_999, 25_000, 99_999, 100_000]).map(Decimal),
        "currency": st.sampled_from(["USD", "USD", "EUR"]),
        "services": st.lists(st.sampled_from(SERVICES), max_size=3),
        "calculator": st.booleans(),
        "created": st.integers(0, 17_000).map(lambda hours: BEGIN + timedelta(hours=hours)),
    }
)


def store(told: list[dict[str, Any]], account: Any) -> None:
    ScopingIssue.objects.bulk_create(
        ScopingIssue(
            account=account,
            title="Deal",
            created_at=each["created"],
            entered_state_at=each["created"],
            state=State.CLOSED if each["outcome"] else State.OPEN,
            outcome=each["outcome"],
            close_reason={"won": "signed", "lost": each["reason"], "": ""}[each["outcome"]],
            close_quarter="Q322" if each["outcome"] else "",
            expected_value=each["value"],
            currency=each["currency"],
            services=each["services"],
            services_calculator=each["calculator"],
        )
        for each in told
    )


def figures(tally: Tally) -> dict[str, Any]:
    return {
        **{name: getattr(tally, name) for name in ("won", "lost", "timed_out", "priced")},
        "won_value": Fraction(tally.won_value or 0),
        "lost_value": Fraction(tally.lost_value or 0),
        "adjusted": None if tally.adjusted is None else float(tally.adjusted),
        "by_value": None if tally.value_rate is None else float(tally.value_rate),
    }


class EveryIssueCounts(TestCase):
    def setUp(self) -> None:
        self.account = make_account()

    @given(st.lists(ISSUES, max_size=15))
    def test_any_issues_add_up_as_they_do_one_by_one(self, told: list[dict[str, Any]]) -> None:
        ScopingIssue.objects.all().delete()
        with past_the_door():
            store(told, self.account)
        for by in ("size", "source", "service", "opened", "reason"):
            found, right = win_rate(Basis.ISSUES, by), deeper(told, by)
            assert {row.key: figures(row) for row in found.rows} == {
                key: row for key, row in right.items() if key not in ("", None)
            }, by
            assert figures(found.total) == right[None]
            assert (
                found.unnamed.closed
                == right.get("", {"won": 0, "lost": 0})["won"]
                + (right.get("", {"lost": 0})["lost"])
            )


pytestmark = pytest.mark.django_db


def closed(outcome: str = Outcome.WON, quarter: str = "Q127", **fields: Any) -> ScopingIssue:
    return make_issue(State.CLOSED, outcome=outcome, close_quarter=quarter, **fields)


def links(page: Element, *words: str) -> list[Element]:
    return [
        each
        for each in page.all()
        if each.name == "a" and all(word in each.attributes.get("href", "") for word in words)
    ]


def rows_behind(client: Client, link: Element) -> int:
    page = page_of(client, link["href"])
    return len([each for each in page.all() if each.name == "tr"][1:])


def test_sizes_come_from_large_to_small() -> None:
    for value in (100, 30_000, 5_000, 400_000):
        closed(expected_value=Decimal(value))

    rows = win_rate(Basis.ISSUES, "size").rows

    assert [row.key.split(",")[0] for row in rows] == ["Jumbo", "Big", "Medium", "Small"]


def test_fewer_than_ten_are_grey_and_say_so(client: Client) -> None:
    for number in range(10):
        closed(segment=make_segment("SMB"))
        if number:
            closed(segment=make_segment("Ent_APAC"))

    page = page_of(client, PAGE, by="segment")

    few, many = [each for each in page.all() if each.name == "tr"][1:]
    assert (len(few.having("few")), len(many.having("few"))) == (2, 0)
    assert "few" in few.text
    assert "few" not in many.text.split()


def test_what_timed_out_is_apart_and_opens_its_rows(client: Client) -> None:
    closed()
    for _ in range(2):
        closed(Outcome.LOST, close_reason=CloseReason.TIMED_OUT)
    closed(Outcome.LOST, close_reason=CloseReason.PARTNER)

    page = page_of(client, PAGE)

    assert "100.0% without the" in page.having("beside")[0].text
    assert "25.0%" in page.having("figure")[0].text
    (link,) = links(page, "outcome=timed_out", "key=Q127")
    assert link.text.startswith("2")
    assert rows_behind(client, link) == 2


def test_reasons_are_told_with_their_rows_the_most_frequent_first(client: Client) -> None:
    for reason in (CloseReason.PRICE, CloseReason.TIMING, CloseReason.PRICE):
        closed(Outcome.LOST, close_reason=reason, expected_value=Decimal(500))
    closed()

    page = page_of(client, PAGE)

    found = links(page, "by=reason")
    assert [each["href"].split("key=")[1].split("&")[0] for each in found] == ["Price", "Timing"]
    assert [rows_behind(client, each) for each in found] == [2, 1]
    assert links(page_of(client, PAGE, basis="opportunities"), "by=reason") == []


def test_a_quarter_of_opening_holds_what_came_in_then(client: Client) -> None:
    early = datetime(2026, 1, 20, tzinfo=UTC)
    late = closed(at=early, quarter="Q127")
    closed(Outcome.LOST, at=NOON, quarter="Q127")

    page = page_of(client, PAGE, counted="opening")

    heads = [each.text for each in page.all() if each.name == "th"]
    assert [each for each in heads if each.startswith("Q")] == ["Q426", "Q127"]
    (link,) = links(page, "key=Q426", "outcome=won")
    assert late.reference in page_of(client, link["href"]).text


def test_one_quarter_alone_one_em_one_segment_or_one_region(client: Client) -> None:
    mine = make_user(name="Iris Ek")
    closed(quarter="Q127", engagement_manager=mine, segment=make_segment("MM_EMEA"))
    closed(Outcome.LOST, "Q426", engagement_manager=mine, segment=make_segment("Ent_EMEA"))
    closed(Outcome.LOST, "Q127", segment=make_segment("Ent_APAC"))
    segment = make_segment("MM_EMEA").pk
    for said, told in (
        ({"quarter": "Q127", "counted": ""}, "1 won of 2 closed"),
        ({"em": str(mine.pk)}, "1 won of 2 closed"),
        ({"em": "none"}, "0 won of 1 closed"),
        ({"segment": str(segment)}, "1 won of 1 closed"),
        ({"region": "EMEA"}, "1 won of 2 closed"),
        ({"region": "EMEA", "quarter": "Q426"}, "0 won of 1 closed"),
        ({"region": "nowhere", "em": "x", "quarter": "Q999"}, "1 won of 3 closed"),
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("forecasting.views.win_rate.now", lambda: NOON)
            page = page_of(client, PAGE, by="em", **said)
            first = " ".join(each.text for each in page.having("figure")[0].children[1].children)
            assert all(word in first for word in told.replace(" of", "").split(" ")[:2]), said
            lost = next(
                each for each in links(page, "outcome=closed") if "key=" not in each["href"]
            )
            assert f"{rows_behind(client, lost)} closed" in told


# Quarters where what is set changed.


def test_a_quarter_holds_exactly_the_days_and_moments_that_say_so() -> None:
    for key, value, since in (
        ("fiscal_first_month", 1, date(2022, 3, 10)),
        ("fiscal_zone", "Asia/Tokyo", date(2022, 6, 15)),
    ):
        set_value(key, value, effective_from=since, reason="Moved", by=None, at=NOON)
    calendar = FiscalCalendar()
    days = [date(2021, 6, 1) + number * DAY for number in range(800)]
    seen: set[Any] = {calendar.quarter_of(day) for day in days}
    moments = [
        datetime(2021, 11, 1, tzinfo=UTC) + number * timedelta(hours=7) for number in range(1500)
    ]
    seen |= {calendar.quarter_at(moment) for moment in moments}
    for quarter in seen:
        spans = calendar.days(quarter)
        assert {day for day in days if any(first <= day <= last for first, last in spans)} == {
            day for day in days if calendar.quarter_of(day) == quarter
        }
        inside = calendar.moments(quarter)
        assert {each for each in moments if any(start <= each < end for start, end in inside)} == {
            each for each in moments if calendar.quarter_at(each) == quarter
        }
    account = make_account()
    ScopingIssue.objects.bulk_create(
        ScopingIssue(account=account, title="x", created_at=each, entered_state_at=each)
        for each in moments
    )
    found = ScopingIssue.objects.annotate(day=calendar.day_of("created_at"))
    for moment, day in found.values_list("created_at", "day"):
        assert calendar.quarter_of(day) == calendar.quarter_at(moment)
    kept = ScopingIssue.objects.filter(
        QuarterOf.OPENING.holds(Basis.ISSUES, calendar.quarter_at(moments[700]))
    )
    assert kept.count() == sum(
        calendar.quarter_at(each) == calendar.quarter_at(moments[700]) for each in moments
    )


def test_deals_open_on_the_day_they_were_engaged_on() -> None:
    Opportunity.objects.create(
        name="a", stage="won", engaged_on=date(2021, 7, 31), close_date=date(2021, 8, 1)
    )
    Opportunity.objects.create(name="b", stage="lost", close_date=date(2021, 8, 1))

    found = win_rate(Basis.OPPORTUNITIES, "opened")

    assert [(row.key, row.won, row.lost) for row in found.rows] == [("Q222", 1, 0)]
    assert found.unnamed.lost == 1
