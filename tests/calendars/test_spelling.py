"""Working time as people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emdesk.calendars.hours import Window
from emdesk.calendars.spelling import NotWorkingTime, read, spell, spell_week

NINE_TO_FIVE = (Window(540, 1020),)


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("09:00–17:00", [(540, 1020)]),
        ("9-12, 13-17", [(540, 720), (780, 1020)]),
        ("13.30 to 24:00 and 8 - 12:15", [(480, 735), (810, 1440)]),
        ("09:00-12:00,12:00-17:00", [(540, 1020)]),
        ("", []),
        (" , ", []),
    ],
)
def test_working_time_is_read_in_many_spellings(text, windows):
    assert list(read(text)) == windows


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nine to five", "“nine to five” is not a working time"),
        ("17:00-09:00", "17:00–09:00 ends before it starts. Work past midnight belongs"),
        ("09:00-09:00", "ends before it starts"),
        ("09:00-25:00", "25:00 is no time of day"),
        ("24:00-24:01", "24:01 is no time of day"),
        ("09:70-10:00", "09:70 is no time of day"),
        ("9-13, 12-17", "09:00–13:00 and 12:00–17:00 overlap"),
        ("<b>9-12</b>", "is not a working time"),
    ],
)
def test_what_is_no_working_time_is_refused_with_the_fix(text, says):
    with pytest.raises(NotWorkingTime, match=says):
        read(text)


@given(st.lists(st.integers(0, 1440), unique=True, max_size=8).map(sorted))
def test_what_is_spelled_is_read_again(bounds):
    windows = tuple(map(Window, bounds[::2], bounds[1::2]))

    assert read(spell(windows)) == windows


def test_days_of_the_same_hours_are_told_together():
    week = (*(NINE_TO_FIVE,) * 4, (Window(540, 720),), (), (Window(0, 1440),))

    assert spell_week(week) == "Mon–Thu 09:00–17:00; Fri 09:00–12:00; Sun 00:00–24:00"
