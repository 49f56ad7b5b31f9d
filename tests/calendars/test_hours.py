"""Counting hours: every kind, in every zone, over every change of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emdesk.calendars.hours import Hours, Timetable, TooFar, Window, due, spent, worked
from tests.oracles.hours import Office, due_by_minutes, spent_by_minutes

NINE_TO_FIVE = (Window(540, 1020),)
WEEKDAYS = (NINE_TO_FIVE,) * 5 + ((), ())
HOUR = timedelta(hours=1)
BERLIN = Timetable(ZoneInfo("Europe/Berlin"), WEEKDAYS)

# Moments around which the clocks of these zones were or will be changed, or a day is missing.
CHANGES = {
    "Europe/Berlin": ["2026-03-29T01:00", "2026-10-25T01:00"],
    "America/New_York": ["2026-03-08T07:00", "2026-11-01T06:00"],
    "America/St_Johns": ["2010-03-14T03:31", "2010-11-07T02:31", "2026-03-08T05:30"],
    "America/Sao_Paulo": ["2018-11-04T03:00", "2019-02-17T02:00"],
    "Africa/Cairo": ["2026-04-23T22:00", "2026-10-29T21:00"],
    "Africa/Casablanca": ["2026-02-15T02:00", "2026-03-22T02:00"],
    "Asia/Kathmandu": ["2026-01-01T00:00"],
    "Asia/Tehran": ["2022-03-21T20:30", "2022-09-21T19:30"],
    "Australia/Lord_Howe": ["2026-04-04T15:00", "2026-10-03T15:30"],
    "Pacific/Apia": ["2011-12-30T10:00"],
    "Pacific/Chatham": ["2026-04-04T14:00", "2026-09-26T14:00"],
    "UTC": ["2026-12-31T23:00", "2028-02-29T12:00"],
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_day() -> st.SearchStrategy[list[tuple[int, int]]]:
    """Up to three windows that do not overlap; midnights, odd minutes and touching ones too."""
    bounds = st.sampled_from([0, 1, 90, 120, 150, 180, 540, 720, 780, 1020, 1380, 1439, 1440])
    several = st.lists(bounds, unique=True, max_size=6).map(sorted)
    return several.map(lambda found: list(zip(found[::2], found[1::2], strict=False)))


@st.composite
def offices(draw: st.DrawFn) -> tuple[Office, datetime]:
    """A calendar, and a moment within three days of a change of its zone's clocks."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    week = draw(st.lists(a_day(), min_size=7, max_size=7).filter(any))
    change = at(draw(st.sampled_from(CHANGES[zone])))
    start = change + draw(st.integers(-4320, 1440)) * timedelta(minutes=1)
    near = st.integers(-2, 9).map(lambda days: (start + timedelta(days=days)).date())
    exceptions = draw(st.dictionaries(near, a_day(), max_size=2))
    holidays = draw(st.sets(near, max_size=2))
    return Office(zone, week, exceptions, holidays), start


def as_timetable(office: Office) -> Timetable:
    def windows(spans: Any) -> tuple[Window, ...]:
        return tuple(Window(*span) for span in spans)

    return Timetable(
        ZoneInfo(office.zone),
        tuple(windows(day) for day in office.week),
        {day: windows(spans) for day, spans in office.exceptions.items()},
        frozenset(office.holidays),
    )


def agree(case: tuple[Office, datetime], minutes: int, kind: Hours) -> None:
    office, start = case
    table, budget = as_timetable(office), timedelta(minutes=minutes)
    right = due_by_minutes(office, start, minutes, kind.value)

    assert due(start, budget, kind, table) == right
    assert spent(start, right, kind, table) == budget
    later = right + 90 * timedelta(minutes=1)
    assert spent(start, later, kind, table) == timedelta(
        minutes=spent_by_minutes(office, start, later, kind.value)
    )


@given(case=offices(), minutes=st.integers(0, 1500), kind=st.sampled_from(Hours))
def test_hours_are_those_counted_minute_by_minute(case, minutes, kind):
    agree(case, minutes, kind)


@pytest.mark.full
@settings(max_examples=3000)
@given(case=offices(), minutes=st.integers(0, 6000), kind=st.sampled_from(Hours))
def test_hours_are_those_counted_minute_by_minute_many_times(case, minutes, kind):
    agree(case, minutes, kind)


@given(
    case=offices(),
    seconds=st.integers(0, 20_000_000),
    part=st.floats(0, 1),
    kind=st.sampled_from(Hours),
)
def test_far_spans_add_up_and_due_is_the_earliest_moment(case, seconds, part, kind):
    office, start = case
    table, budget = as_timetable(office), timedelta(seconds=seconds, microseconds=seconds % 7)

    end = due(start, budget, kind, table)
    middle = start + (end - start) * part

    assert spent(start, end, kind, table) == budget
    assert spent(start, middle, kind, table) + spent(middle, end, kind, table) == budget
    if budget:
        assert spent(start, end - timedelta(microseconds=1), kind, table) < budget


def test_elapsed_hours_pay_no_heed_to_the_clocks():
    before_the_gap = at("2026-03-28T20:00")

    assert due(before_the_gap, 24 * HOUR, Hours.ELAPSED, BERLIN) == at("2026-03-29T20:00")


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [("2026-03-28T23:00", "2026-03-29T22:00", 23), ("2026-10-24T22:00", "2026-10-25T23:00", 25)],
)
def test_a_worked_day_counts_the_hours_it_really_has(start, end, hours):
    sundays = Timetable(ZoneInfo("Europe/Berlin"), ((),) * 6 + (NINE_TO_FIVE,))

    assert spent(at(start), at(end), Hours.WORKING_DAYS, sundays) == hours * HOUR
    assert due(at(start), hours * HOUR, Hours.WORKING_DAYS, sundays) == at(end)


def test_a_skipped_hour_counts_nowhere_and_a_repeated_one_twice():
    nights = Timetable(ZoneInfo("Europe/Berlin"), ((Window(120, 180),),) * 7)

    assert spent(at("2026-03-28T12:00"), at("2026-03-29T12:00"), Hours.OFFICE, nights) == 0 * HOUR
    assert spent(at("2026-10-24T12:00"), at("2026-10-25T12:00"), Hours.OFFICE, nights) == 2 * HOUR


def test_work_until_midnight_runs_on_into_the_next_day():
    shifts = Timetable(ZoneInfo("UTC"), ((Window(1320, 1440),), (Window(0, 360),), *((),) * 5))
    monday_evening = at("2026-03-02T21:00")

    assert due(monday_evening, 2 * HOUR, Hours.OFFICE, shifts) == at("2026-03-03T00:00")
    assert due(monday_evening, 8 * HOUR, Hours.OFFICE, shifts) == at("2026-03-03T06:00")


def test_the_year_ends_in_the_zone_of_the_calendar():
    table = Timetable(ZoneInfo("Asia/Tokyo"), WEEKDAYS, holidays=frozenset([date(2027, 1, 1)]))
    thursday_seven_in_tokyo = at("2026-12-30T22:00")

    assert due(thursday_seven_in_tokyo, 8 * HOUR, Hours.OFFICE, table) == at("2026-12-31T08:00")
    assert due(thursday_seven_in_tokyo, 9 * HOUR, Hours.OFFICE, table) == at("2027-01-04T01:00")


def test_an_exceptional_day_wins_over_weekend_and_holiday():
    saturday, monday = date(2026, 3, 7), date(2026, 3, 9)
    table = Timetable(
        ZoneInfo("UTC"),
        WEEKDAYS,
        {saturday: (Window(600, 720),), monday: (Window(540, 600),)},
        frozenset([monday]),
    )
    friday_five = at("2026-03-06T17:00")

    assert due(friday_five, 2 * HOUR, Hours.OFFICE, table) == at("2026-03-07T12:00")
    assert due(friday_five, 3 * HOUR, Hours.OFFICE, table) == at("2026-03-09T10:00")
    assert (
        due(friday_five, 7 * HOUR, Hours.WORKING_DAYS, table) == at("2026-03-06T17:00") + 7 * HOUR
    )


def test_without_a_timetable_every_hour_counts():
    friday = at("2026-03-06T17:00")

    assert due(friday, 24 * HOUR, Hours.OFFICE, None) == friday + 24 * HOUR
    assert spent(friday, friday + 24 * HOUR, Hours.WORKING_DAYS, None) == 24 * HOUR


def test_nothing_is_spent_before_the_start():
    noon = at("2026-03-06T12:00")

    assert spent(noon, noon - HOUR, Hours.ELAPSED, None) == timedelta()
    assert spent(noon, noon - HOUR, Hours.OFFICE, BERLIN) == timedelta()
    assert due(noon, timedelta(), Hours.OFFICE, BERLIN) == noon


def test_what_cannot_be_counted_is_refused():
    noon = at("2026-03-06T12:00")
    never = Timetable(ZoneInfo("UTC"), ((),) * 7)

    with pytest.raises(ValueError, match="negative"):
        due(noon, -HOUR, Hours.ELAPSED, None)
    with pytest.raises(ValueError, match="no working time"):
        due(noon, HOUR, Hours.OFFICE, never)
    with pytest.raises(TooFar):
        due(noon, 10**8 * HOUR, Hours.ELAPSED, None)
    with pytest.raises(TooFar):
        due(at("9990-03-06T12:00"), 10**5 * HOUR, Hours.OFFICE, BERLIN)


def test_far_dues_are_reached_by_weeks(monkeypatch):
    days_looked_at = []
    counted = Timetable.counted

    def looking(table: Timetable, day: date, kind: Hours) -> Any:
        days_looked_at.append(day)
        return counted(table, day, kind)

    monkeypatch.setattr(Timetable, "counted", looking)

    assert due(at("2026-03-06T12:00"), 10_000 * HOUR, Hours.OFFICE, BERLIN).year == 2030
    assert len(days_looked_at) < 120  # in weeks in which the clocks change, and the last one


@pytest.mark.parametrize("days", range(9))
def test_a_special_day_counts_wherever_in_the_weeks_it_lies(days):
    friday = at("2026-03-06T11:00")
    week: Any = [[(540, 1020)]] * 5 + [[], []]
    office = Office("Europe/Berlin", week, {}, {(friday + timedelta(days=days)).date()})

    for hours in (39, 40, 41, 45):
        agree((office, friday), 60 * hours, Hours.OFFICE)


def test_the_stretches_of_a_week_are_given_in_utc_and_in_order():
    assert worked(at("2026-03-27T12:00"), at("2026-03-30T08:00"), Hours.OFFICE, BERLIN) == [
        (at("2026-03-27T12:00"), at("2026-03-27T16:00")),
        (at("2026-03-30T07:00"), at("2026-03-30T08:00")),
    ]


def test_a_timetable_survives_being_kept_as_json():
    table = Timetable(
        ZoneInfo("Europe/Berlin"),
        WEEKDAYS,
        {date(2026, 12, 24): (Window(540, 720),), date(2026, 12, 31): ()},
        frozenset([date(2026, 12, 25)]),
    )

    assert Timetable.from_json(table.as_json()) == table
