"""The quarter of a moment is the fiscal zone's, to the second."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from emdesk.configuration.values import set_value
from emdesk.fiscal import Quarter
from emdesk.workflow import perform
from scoping.quarters import counted_quarter, proposed_quarter, quarter_at, quarter_of
from scoping.states import State
from tests.factories import NOON, again, make_issue, make_ready_issue
from tests.oracles import quarters as oracle
from tests.reports import report

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
ZONES = [
    "America/Los_Angeles",
    "America/St_Johns",
    "UTC",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Pacific/Auckland",
]
BOUNDARIES = range(2026, 2028)


def fiscal_zone(name):
    set_value("fiscal_zone", name, effective_from=date(2000, 1, 1), reason="test", by=None, at=NOON)


@pytest.mark.parametrize("zone", ZONES)
def test_a_second_before_and_after_each_boundary_falls_on_its_own_side(zone):
    fiscal_zone(zone)
    boundaries = oracle.first_moments(zone, BOUNDARIES)
    wrong = [
        (moment, str(quarter_at(moment)))
        for start, _ in boundaries
        for moment in (start - SECOND, start, start + SECOND)
        if str(quarter_at(moment)) != oracle.label_at(moment, zone)
    ]

    tried = 3 * len(boundaries)
    report("quarters", f"boundaries in {zone}", tried=tried, mismatches=len(wrong))
    assert len(boundaries) == 8
    assert wrong == []


@pytest.mark.parametrize("zone", ZONES)
def test_at_each_boundary_the_next_quarter_begins(zone):
    fiscal_zone(zone)
    labels = [
        (str(quarter_at(start - SECOND)), str(quarter_at(start)))
        for start, _ in oracle.first_moments(zone, BOUNDARIES)
    ]

    assert all(before != after for before, after in labels)
    assert all(one[1] == other[0] for one, other in pairwise(labels))


def test_a_moment_means_the_same_however_it_is_written():
    boundary = oracle.first_moments("America/Los_Angeles", BOUNDARIES)[1][0]
    for zone in ZONES:
        moment = boundary.astimezone(ZoneInfo(zone))
        assert str(quarter_at(moment)) == "Q227"
        assert str(quarter_at(moment - SECOND)) == "Q127"


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland"])
def test_an_issue_closed_at_a_boundary_counts_in_the_zones_quarter(zone):
    fiscal_zone(zone)
    boundary, label = oracle.first_moments(zone, BOUNDARIES)[1]

    proposed = {
        str(proposed_quarter(make_issue(), moment)) for moment in (boundary, boundary + SECOND)
    }
    before = str(proposed_quarter(make_issue(), boundary - SECOND))

    assert (before, proposed) == ("Q127", {label})


def test_a_zone_holds_from_its_day_on():
    set_value(
        "fiscal_zone", "UTC", effective_from=date(2026, 8, 1), reason="moved", by=None, at=NOON
    )
    may = NOON.replace(month=5, day=1, hour=3)

    assert str(quarter_at(may)) == "Q127"
    assert str(quarter_at(may.replace(month=11))) == "Q427"


def test_a_year_from_january_is_a_setting_with_a_date():
    set_value(
        "fiscal_first_month", 1, effective_from=date(2027, 1, 1), reason="sold", by=None, at=NOON
    )

    assert str(quarter_of(date(2026, 12, 31))) == "Q427"
    assert str(quarter_of(date(2027, 1, 1))) == "Q127"


def test_what_counts_nowhere_belongs_to_the_quarter_it_was_closed_in():
    issue = make_ready_issue(State.SOW_WIP)
    boundary = oracle.first_moments("America/Los_Angeles", BOUNDARIES)[1][0]

    perform(issue.dismiss, by=None, at=boundary - SECOND, reason="duplicate")

    assert counted_quarter(again(issue)) == Quarter(2027, 1)


def test_what_counts_belongs_to_the_quarter_it_counts_in():
    assert counted_quarter(make_issue(State.CLOSED, close_quarter="Q322")) == Quarter(2022, 3)
