"""How long issues stay in their columns, and how long they usually do."""

from datetime import timedelta
from itertools import pairwise
from random import Random
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emdesk.ledger.recording import append, event_of
from emdesk.workflow import adopt, perform, undo
from scoping.models import Stay, TypicalStay
from scoping.states import State
from scoping.stays import ENOUGH, STAYS, measure
from scoping.tasks import measure_typical_stays
from tests.factories import HELD, NOON, QUARTER, again, make_issue, make_ready_issue

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told(issue):
    rows = Stay.objects.filter(issue=issue).order_by("pk")
    return [(stay.state, stay.entered_at, stay.left_at) for stay in rows]


def test_a_stay_begins_when_an_issue_is_raised():
    assert told(make_issue()) == [("open", NOON, None)]


def test_each_move_ends_one_stay_and_begins_the_next():
    issue = make_ready_issue()

    perform(issue.ask_account_team, by=None, at=NOON + DAY)
    perform(issue.hold, by=None, at=NOON + 3 * DAY, **HELD)

    assert told(issue) == [
        ("open", NOON, NOON + DAY),
        ("awaiting_discovery", NOON + DAY, NOON + 3 * DAY),
        ("on_hold", NOON + 3 * DAY, None),
    ]


def test_an_undone_move_leaves_no_stay_behind():
    issue = make_ready_issue(State.STRAWMAN_WIP)
    before = told(issue)
    event = perform(issue.send_estimate, by=issue.engagement_manager, at=NOON + DAY)

    undo(issue, by=issue.engagement_manager, at=event.at, within=DAY)

    assert told(issue) == before


def test_an_undo_goes_back_to_the_stay_before_though_a_clock_ran_backwards():
    """Two servers, or an import, may put a later move at an earlier time."""
    issue = make_ready_issue()
    adopt(issue, State.STRAWMAN_WIP, at=NOON - DAY, origin="import")
    before = told(issue)
    event = perform(issue.send_estimate, by=issue.engagement_manager, at=NOON + DAY)

    undo(issue, by=issue.engagement_manager, at=event.at, within=DAY)

    assert told(issue) == before
    assert STAYS.differences() == 0


def test_a_reopened_issue_stays_again():
    issue = make_issue(State.CLOSED)

    perform(issue.reopen, by=None, at=NOON + DAY)

    assert [state for state, *_ in told(issue)] == [
        "open",
        "strawman_wip",
        "closed",
        "strawman_wip",
    ]


def test_an_edit_neither_ends_nor_begins_a_stay():
    issue = make_issue()
    append([event_of(issue, "scoping.amended", by=None, at=NOON + DAY)])

    assert told(issue) == [("open", NOON, None)]


@settings(
    deadline=None,
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cuts=st.lists(st.integers(0, 20), max_size=6), seed=st.integers(0, 999))
def test_stays_are_the_same_whether_events_come_one_by_one_or_in_batches(cuts, seed):
    rng = Random(seed)  # noqa: S311
    issues = [make_issue() for _ in range(3)]
    state = {issue.pk: ["open"] for issue in issues}
    events = []
    for minute in range(20):
        issue = rng.choice(issues)
        path = state[issue.pk]
        back = len(path) > 2 and rng.random() < 0.3
        verb = "scoping.moved_back" if back else "scoping.adopted"
        after = path[-2] if back else rng.choice([s for s in State.values if s != path[-1]])
        at = NOON + timedelta(minutes=minute)
        events.append(event_of(issue, verb, by=None, at=at, before=path[-1], after=after))
        path.pop() if back else path.append(after)
    edges = [0, *sorted(cuts), len(events)]

    for first, last in pairwise(edges):
        if first < last:
            append(events[first:last])

    assert STAYS.differences() == 0
    for issue in issues:
        assert [each for each, *_ in told(issue)] == state[issue.pk]


def stay(days, state="sow_wip", left=NOON - DAY, issue=None):
    return Stay(
        issue=issue or make_issue(),
        state=state,
        entered_at=left - timedelta(days=days),
        left_at=left,
    )


def test_the_usual_stay_is_the_median_of_those_that_ended_in_the_last_year():
    issue = make_issue()
    days = [1, 2, 3, 5, 8, 13, 21]
    Stay.objects.bulk_create(stay(each, issue=issue) for each in days)
    Stay.objects.bulk_create(stay(300, issue=issue, left=NOON - 366 * DAY) for _ in range(9))

    measure(NOON)

    typical = TypicalStay.objects.get(state="sow_wip")
    assert (typical.median_days, typical.stays) == (median(days), 7)
    assert typical.measured_at == NOON


def test_the_long_stay_is_the_85th_percentile():
    issue = make_issue()
    Stay.objects.bulk_create(stay(each, issue=issue) for each in range(101))

    measure(NOON)

    assert TypicalStay.objects.get(state="sow_wip").p85_days == pytest.approx(85)


def test_a_few_stays_are_not_called_usual():
    issue = make_issue()
    Stay.objects.bulk_create(stay(3, issue=issue) for _ in range(4))
    measure(NOON)
    assert not TypicalStay.objects.exists()

    stay(3, issue=issue).save()
    measure(NOON)
    assert TypicalStay.objects.get().stays == 5


def test_being_closed_is_no_stay_to_measure():
    issue = make_issue()
    Stay.objects.bulk_create(stay(3, "closed", issue=issue) for _ in range(9))

    measure(NOON)

    assert not TypicalStay.objects.exists()


def test_what_is_no_longer_usual_is_forgotten():
    TypicalStay.objects.create(
        state="approved", median_days=1, p85_days=2, stays=9, measured_at=NOON - DAY
    )

    measure(NOON)
    measure_typical_stays()
    measure_typical_stays()

    assert not TypicalStay.objects.exists()


def test_a_stay_under_way_is_not_measured_yet():
    for _ in range(ENOUGH):
        make_issue()

    measure(NOON + 30 * DAY)

    assert not TypicalStay.objects.exists()


def test_one_issue_is_in_one_column_at_a_time():
    issue = make_issue(State.CLOSED, close_quarter=QUARTER)

    assert Stay.objects.filter(issue=issue, left_at=None).get().state == again(issue).state
