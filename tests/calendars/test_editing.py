"""Changing a calendar: one event each, a version when its hours changed, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.db.transaction import atomic

from emdesk.calendars import editing
from emdesk.calendars.hours import Hours, Window, due, timetable
from emdesk.calendars.models import (
    CalendarVersion,
    Holiday,
    Opening,
    SpecialDay,
    SpecialOpening,
    WorkingCalendar,
)
from emdesk.ledger.models import Event
from emdesk.people.calendars import calendar_of
from emdesk.people.models import Segment, Territory
from tests.factories import NOON, make_calendar, make_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
HALF_DAY = (Window(540, 720),)
CHRISTMAS_EVE = date(2026, 12, 24)


def events(calendar: WorkingCalendar) -> list[str]:
    return [event.verb.partition(".")[2] for event in Event.objects.about(calendar)]


def version(calendar: WorkingCalendar, at: Any) -> CalendarVersion:
    """How it was at a moment; the first version holds for all before it."""
    begun = [each for each in calendar.versions.all() if each.number == 1 or each.since <= at]
    return begun[-1]


def test_every_change_is_one_event_and_one_version():
    calendar, by = make_calendar(), make_user()
    who = {"by": by, "at": NOON + HOUR}
    holiday = Holiday(calendar=calendar, day=date(2026, 12, 25), name="Christmas")
    special = SpecialDay(calendar=calendar, day=CHRISTMAS_EVE, name="Half a day")

    editing.keep_holiday(holiday, **who)
    editing.keep_special_day(special, HALF_DAY, **who)
    editing.copy_holidays(calendar, {date(2027, 1, 1): "New Year"}, place="DE", **who)
    editing.remove(special, **who)
    editing.remove(holiday, **who)

    assert events(calendar) == [
        *("added", "holiday_set", "special_day_set", "holidays_copied"),
        *("special_day_removed", "holiday_removed"),
    ]
    assert [each.number for each in calendar.versions.all()] == [1, 2, 3, 4, 5, 6]
    assert timetable(calendar).special_days == [date(2027, 1, 1)]


def test_a_new_name_is_no_new_version():
    calendar = make_calendar()
    week = timetable(calendar).week

    editing.change(calendar, week=week, seen=1, by=None, at=NOON, name="Renamed")

    assert calendar.versions.count() == 1
    assert Event.objects.about(calendar).last().data["changed"]["name"][1] == "Renamed"


def test_a_change_of_nothing_is_no_event():
    calendar = make_calendar()

    editing.change(
        calendar, week=timetable(calendar).week, seen=1, by=None, at=NOON, name=calendar.name
    )

    assert events(calendar) == ["added"]


def test_what_counted_before_a_change_counts_the_same_after_it():
    calendar = make_calendar()
    before = due(NOON, 24 * HOUR, Hours.OFFICE, version(calendar, NOON).timetable)

    editing.change(calendar, week=(HALF_DAY,) * 7, seen=1, by=None, at=NOON + HOUR)

    assert due(NOON, 24 * HOUR, Hours.OFFICE, version(calendar, NOON).timetable) == before
    now = version(calendar, NOON + HOUR)
    assert now.number == 2
    assert now.timetable == timetable(WorkingCalendar.objects.get(pk=calendar.pk))
    assert version(calendar, NOON - timedelta(days=999)).number == 1


def test_a_version_is_never_altered():
    calendar = make_calendar()

    for spoil in (calendar.versions.update, lambda **_: calendar.versions.get().delete()):
        with pytest.raises(IntegrityError, match="never altered"), atomic():
            spoil(hours={})


def test_of_two_who_changed_the_week_the_second_is_told():
    calendar = make_calendar()
    editing.change(calendar, week=(HALF_DAY,) * 7, seen=1, by=None, at=NOON)

    with pytest.raises(editing.Overtaken):
        editing.change(calendar, week=(HALF_DAY,) * 6 + ((),), seen=1, by=None, at=NOON)

    assert len(timetable(calendar).week[6]) == 1


def test_who_comes_second_with_a_name_is_told():
    calendar = make_calendar()
    seen, week = editing.latest(calendar), timetable(calendar).week
    editing.change(calendar, week=week, seen=seen, by=None, at=NOON, name="North")

    with pytest.raises(editing.Overtaken):
        editing.change(calendar, week=week, seen=seen, by=None, at=NOON, name="South")

    assert WorkingCalendar.objects.get(pk=calendar.pk).name == "North"


def test_copying_adds_what_is_missing_and_leaves_the_rest():
    calendar = make_calendar()
    day, other = date(2027, 1, 1), date(2027, 5, 1)
    editing.keep_holiday(Holiday(calendar=calendar, day=day, name="Ours"), by=None, at=NOON)

    days = {day: "Theirs", other: "May"}
    first = editing.copy_holidays(calendar, days, place="DE", by=None, at=NOON)
    again = editing.copy_holidays(calendar, days, place="DE", by=None, at=NOON)

    assert (first, again) == (1, 0)
    assert list(calendar.holidays.values_list("name", "copied_from")) == [
        ("Ours", ""),
        ("May", "DE"),
    ]
    assert events(calendar).count("holidays_copied") == 1


def test_an_edited_holiday_is_ones_own():
    calendar = make_calendar()
    editing.copy_holidays(calendar, {date(2027, 5, 1): "May"}, place="DE", by=None, at=NOON)
    row = calendar.holidays.get()
    row.name = "Labour day"

    editing.keep_holiday(row, by=None, at=NOON)

    assert calendar.holidays.get().copied_from == ""


def test_a_day_is_a_holiday_once_and_exceptional_once():
    calendar = make_calendar()
    for make in (Holiday, SpecialDay):
        keep: Any = editing.keep_holiday if make is Holiday else _closed
        keep(make(calendar=calendar, day=CHRISTMAS_EVE, name="First"), by=None, at=NOON)
        with pytest.raises(ValidationError, match="already"):
            keep(make(calendar=calendar, day=CHRISTMAS_EVE, name="Second"), by=None, at=NOON)


def _closed(row: SpecialDay, **who: Any) -> None:
    editing.keep_special_day(row, (), **who)


@pytest.mark.parametrize(
    ("rows", "constraint"),
    [
        ([(0, 600, 540)], "calendars_opening_in_order"),
        ([(0, 600, 600)], "calendars_opening_in_order"),
        ([(0, 600, 1441)], "calendars_opening_in_order"),
        ([(7, 540, 600)], "calendars_opening_weekday"),
        ([(5, 540, 720), (5, 600, 800)], "calendars_opening_once"),
    ],
)
def test_the_database_refuses_impossible_weeks(rows, constraint):
    calendar = make_calendar()

    openings = [
        Opening(calendar=calendar, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in rows
    ]

    with pytest.raises(IntegrityError, match=constraint), atomic():
        Opening.objects.bulk_create(openings)


def test_the_database_refuses_impossible_days():
    calendar = make_calendar()
    special = SpecialDay.objects.create(calendar=calendar, day=CHRISTMAS_EVE, name="Half")
    SpecialOpening.objects.create(special_day=special, opens=540, closes=720)
    far = {"calendar": calendar, "day": date(2201, 1, 1), "name": "Far"}

    for make in (
        lambda: SpecialOpening.objects.create(special_day=special, opens=700, closes=800),
        lambda: SpecialDay.objects.create(calendar=calendar, day=CHRISTMAS_EVE, name="Again"),
        lambda: SpecialDay.objects.create(**far),
        lambda: Holiday.objects.create(**far),
    ):
        with pytest.raises(IntegrityError, match="calendars_"), atomic():
            make()


def test_the_database_refuses_a_calendar_without_working_time():
    calendar = make_calendar()

    for empty in (
        calendar.openings.all().delete,
        lambda: WorkingCalendar.objects.create(name="Idle", time_zone="UTC"),
    ):
        with pytest.raises(IntegrityError, match="no working time"), atomic():
            at_once(empty)
    with pytest.raises(ValidationError, match="no working time"):
        make_calendar(week=((),) * 7)


def at_once(change: Any) -> None:
    """What the database looks at when a transaction ends, it looks at now."""
    change()
    connection.check_constraints()


def test_an_unknown_zone_is_refused():
    with pytest.raises(ValidationError, match="Mars/Base is not a time zone"):
        make_calendar(time_zone="Mars/Base")


def test_timetables_cost_the_same_however_many(django_assert_num_queries):
    calendars = [make_calendar() for _ in range(5)]
    for calendar in calendars:
        _closed(SpecialDay(calendar=calendar, day=CHRISTMAS_EVE, name="Eve"), by=None, at=NOON)
    every = [calendar.pk for calendar in calendars]

    for ids in (every[:1], every):
        with django_assert_num_queries(5):
            calendars = WorkingCalendar.objects.filter(pk__in=ids).with_days()
            assert all(timetable(each).exceptions for each in calendars)


def test_regions_have_calendars_as_delivered():
    named = dict(Segment.objects.values_list("name", "calendar__name"))

    assert named["Ent_EAST"] == named["MM_East"] == "US East"
    assert named["Ent_EMEA"] == "EMEA"
    assert named["SMB"] is None
    for calendar in WorkingCalendar.objects.with_days():
        assert timetable(calendar) == version(calendar, NOON).timetable


def test_a_person_goes_before_the_region_and_a_territory_before_its_segment():
    own, region, part = make_calendar(), make_calendar(), make_calendar()
    segment = Segment.objects.create(name="Ent_MOON", calendar=region)
    plain = Territory.objects.create(name="Near side", segment=segment)
    special = Territory.objects.create(name="Far side", segment=segment, calendar=part)
    person, other = make_user(calendar=own), make_user()

    assert calendar_of(person, special) == own
    assert calendar_of(other, special) == part
    assert calendar_of(other, plain) == calendar_of(None, segment) == region
    assert calendar_of(other, Territory(name="Nowhere"), segment) == region
    assert calendar_of(other, None) is None
    assert calendar_of(None, Territory(name="Nowhere")) is None
