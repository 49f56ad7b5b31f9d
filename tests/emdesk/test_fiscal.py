"""Quarters, against the handbook's table and a slower way to count them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emdesk.fiscal import Quarter
from tests.oracles import fiscal as oracle

FEBRUARY = 2
days = st.dates(date(2000, 1, 1), date(2098, 12, 31))
quarters = st.builds(Quarter, st.integers(2000, 2099), st.integers(1, 4))
first_months = st.integers(1, 12)


@pytest.mark.parametrize(
    ("day", "written", "label"),
    [
        (date(2021, 7, 31), "FY22-Q2", "Q222"),
        (date(2021, 8, 1), "FY22-Q3", "Q322"),
        (date(2021, 10, 31), "FY22-Q3", "Q322"),
        (date(2022, 1, 31), "FY22-Q4", "Q422"),
        (date(2022, 2, 1), "FY23-Q1", "Q123"),
        (date(2026, 1, 31), "FY26-Q4", "Q426"),
        (date(2026, 2, 1), "FY27-Q1", "Q127"),
        (date(2026, 4, 30), "FY27-Q1", "Q127"),
        (date(2026, 5, 1), "FY27-Q2", "Q227"),
        (date(2026, 7, 31), "FY27-Q2", "Q227"),
        (date(2026, 8, 1), "FY27-Q3", "Q327"),
        (date(2026, 10, 31), "FY27-Q3", "Q327"),
        (date(2026, 11, 1), "FY27-Q4", "Q427"),
        (date(2027, 1, 31), "FY27-Q4", "Q427"),
        (date(2027, 2, 1), "FY28-Q1", "Q128"),
    ],
)
def test_a_day_falls_in_the_quarter_of_the_handbooks_table(day, written, label):
    quarter = Quarter.containing(day, FEBRUARY)

    assert (quarter.written, str(quarter)) == (written, label)


@given(day=days, first_month=first_months)
def test_a_day_falls_in_the_quarter_one_finds_by_counting_months(day, first_month):
    assert str(Quarter.containing(day, first_month)) == oracle.label_of(day, first_month)


@given(quarter=quarters, first_month=first_months)
def test_a_quarter_starts_and_ends_where_counting_months_says(quarter, first_month):
    found = quarter.starts(first_month), quarter.ends(first_month)

    assert found == oracle.days_of(str(quarter), first_month)


@given(quarter=quarters.filter(lambda q: q < Quarter(2099, 4)), first_month=first_months)
def test_quarters_follow_each_other_without_a_gap(quarter, first_month):
    assert quarter.ends(first_month) + timedelta(days=1) == quarter.next.starts(first_month)
    assert quarter.next.previous == quarter
    assert quarter < quarter.next


@given(quarter=quarters)
def test_a_quarters_label_reads_back_as_the_quarter(quarter):
    assert Quarter.parse(str(quarter)) == quarter


@given(one=quarters, other=quarters)
def test_quarters_sort_as_their_days_do(one, other):
    assert (one < other) == (one.starts(FEBRUARY) < other.starts(FEBRUARY))


def test_a_fiscal_year_from_january_is_the_calendar_year():
    assert Quarter.containing(date(2026, 3, 31), 1) == Quarter(2026, 1)
    assert Quarter(2026, 4).ends(1) == date(2026, 12, 31)


@pytest.mark.parametrize(
    "label", ["", "Q522", "Q022", "q322", "Q32", "Q3022", "Q322 ", "Q3２2", "FY22-Q3", "Q322\n"]
)
def test_what_is_not_a_label_is_refused_with_an_example(label):
    with pytest.raises(ValueError, match="like Q322"):
        Quarter.parse(label)


@pytest.mark.parametrize(("year", "number"), [(1999, 4), (2100, 1), (2022, 0), (2022, 5)])
def test_no_quarter_exists_outside_its_year_or_century(year, number):
    with pytest.raises(ValueError, match="not"):
        Quarter(year, number)


def test_nothing_follows_the_last_quarter_of_the_century():
    with pytest.raises(ValueError, match="2000 to 2099"):
        _ = Quarter(2099, 4).next


@pytest.mark.parametrize("month", [0, 13, -1])
def test_a_year_starts_in_a_month_that_exists(month):
    with pytest.raises(ValueError, match="month 1 to 12"):
        Quarter.containing(date(2026, 1, 1), month)
    with pytest.raises(ValueError, match="month 1 to 12"):
        Quarter(2026, 1).starts(month)
