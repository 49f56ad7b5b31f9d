"""A value holds from a day on; what was set before stays on record."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from emdesk.configuration import definitions
from emdesk.configuration.definitions import Definition, register, spelled
from emdesk.configuration.fiscal_year import first_month
from emdesk.configuration.models import Setting
from emdesk.configuration.values import set_value, value_of, values_on
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from tests.subject import make_user

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = NOON.date()
KEY = "fiscal_first_month"


@pytest.fixture
def admin(db):
    return make_user(Role.ADMIN)


def set_month(month, day, by, at=NOON):
    return set_value(KEY, month, effective_from=day, reason="New calendar", by=by, at=at)


def test_the_fiscal_year_starts_in_february_until_somebody_says_otherwise(db):
    assert first_month(TODAY) == value_of(KEY, TODAY) == values_on(TODAY)[KEY] == 2


def test_a_value_holds_from_its_day_on_and_not_before(admin):
    set_month(4, TODAY, admin)

    assert [first_month(TODAY + timedelta(days=n)) for n in (-1, 0, 400)] == [2, 4, 4]


def test_a_correction_is_a_new_row_for_the_same_day(admin):
    set_month(4, TODAY, admin)
    set_month(5, TODAY, admin)

    assert first_month(TODAY) == 5
    assert Setting.objects.count() == 2


def test_a_value_set_for_later_outlives_a_correction_of_today(admin):
    set_month(7, TODAY + timedelta(days=30), admin)
    set_month(4, TODAY, admin)

    assert [first_month(TODAY + timedelta(days=n)) for n in (0, 29, 30)] == [4, 4, 7]


def test_setting_leaves_one_event_about_the_row(admin):
    setting = set_month(4, date(2027, 1, 1), admin)

    event = Event.objects.about(setting).get()
    assert (event.verb, event.actor, event.at) == ("configuration.set", admin, NOON)
    assert event.data == {
        "key": KEY,
        "value": 4,
        "effective_from": "2027-01-01",
        "reason": "New calendar",
    }


def test_what_was_never_defined_can_be_neither_read_nor_set(admin):
    with pytest.raises(KeyError):
        value_of("no_such_thing", TODAY)
    with pytest.raises(KeyError):
        set_value("no_such_thing", 1, effective_from=TODAY, reason="x", by=admin, at=NOON)

    assert not Setting.objects.exists()


def test_a_row_no_longer_defined_disturbs_nothing(admin):
    Setting.objects.create(key="gone", value=1, effective_from=TODAY, set_at=NOON, reason="x")

    assert "gone" not in values_on(TODAY)
    assert spelled("gone", 1) == ("gone", "1")


def test_all_values_cost_one_query_however_many_rows(admin, django_assert_num_queries):
    for month in range(1, 13):
        set_month(month, TODAY, admin)

    with django_assert_num_queries(1):
        values = values_on(TODAY)

    assert values[KEY] == 12


def test_a_value_json_cannot_say_is_read_back_as_it_was(admin, monkeypatch):
    monkeypatch.setattr(definitions, "_definitions", {})
    register(
        Definition("margin", "Target margin", "Help", Decimal("0.3"), forms.DecimalField, Decimal)
    )

    set_value("margin", Decimal("0.35"), effective_from=TODAY, reason="x", by=admin, at=NOON)

    assert value_of("margin", TODAY) == values_on(TODAY)["margin"] == Decimal("0.35")


def test_nothing_can_be_a_value(admin, monkeypatch):
    monkeypatch.setattr(definitions, "_definitions", {})
    register(Definition("limit", "Limit", "Help", 5, forms.IntegerField))

    set_value("limit", None, effective_from=TODAY, reason="x", by=admin, at=NOON)

    assert value_of("limit", TODAY) is None
    assert values_on(TODAY) == {"limit": None}
    assert spelled("limit", None) == ("Limit", "–")


class TestAgainstAList(TestCase):
    rows = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 12)), max_size=12)

    @given(rows=rows, asked=st.integers(0, 21))
    def test_the_value_is_the_last_of_the_latest_day_begun(self, rows, asked):
        Setting.objects.all().delete()
        for offset, month in rows:
            day = TODAY + timedelta(days=offset)
            Setting.objects.create(
                key=KEY, value=month, effective_from=day, set_at=NOON, reason="x"
            )
        begun = [(offset, place, month) for place, (offset, month) in enumerate(rows)]
        expected = max([row for row in begun if row[0] <= asked], default=(0, 0, 2))[2]

        day = TODAY + timedelta(days=asked)
        assert first_month(day) == values_on(day)[KEY] == expected
