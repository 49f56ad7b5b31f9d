"""What starts, pauses and stops the promises (domain.md §2.2, Q-07 to Q-10)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from emdesk.activity.commenting import comment
from emdesk.ledger.models import Event
from emdesk.ledger.recording import record
from emdesk.people.models import Role
from emdesk.sla.models import Clock, State
from emdesk.sla.projecting import CLOCKS, follow
from emdesk.sla.sweeping import sweep
from emdesk.workflow import adopt, perform, undo
from scoping.closing import merge, part
from scoping.facts import assign
from scoping.states import State as Column
from tests.factories import HELD, NOON, QUARTER, again, make_issue, make_ready_issue, make_user
from tests.sla.stories import HOUR, announced, called, clock, clocks, deed, take_back

pytestmark = pytest.mark.django_db
DAY = 24 * HOUR


def test_a_new_issue_asks_for_first_contact_within_a_day():
    issue = make_ready_issue()

    (first,) = clocks(issue)

    assert (first.key, first.state, first.due_at) == ("first_contact", "running", NOON + DAY)


def test_each_promise_starts_and_stops_with_its_deed():
    issue = make_ready_issue()
    due = {}
    for hours, name in enumerate(["call", "estimate", "intent", "draft", "final", "sent"], 1):
        deed(issue, name, NOON + hours * HOUR)
        due |= {each.key: each.due_at for each in clocks(issue) if each.live}

    assert {each.key: each.state for each in clocks(issue)} == {
        "first_contact": "met",
        "estimate": "met",
        "sow_draft": "met",
        "stamped_sow": "met",
    }
    assert due == {
        "estimate": NOON + 73 * HOUR,
        "sow_draft": NOON + 51 * HOUR,
        "stamped_sow": NOON + 77 * HOUR,
    }


def test_neither_assignment_nor_an_architects_word_is_first_contact():
    issue = make_ready_issue()
    lead = make_user(Role.EM_LEAD)
    architect = make_user(Role.TECHNICAL_ARCHITECT)
    issue.technical_architect = architect
    issue.save()

    assign(issue, make_user(), by=lead, at=NOON)
    comment(issue, "Please look", by=architect, at=NOON)
    perform(issue.ask_account_team, by=lead, at=NOON)
    assert clock(issue, "first_contact").live

    comment(issue, "Hello, I am your EM", by=lead, at=NOON + HOUR)
    assert clock(issue, "first_contact").stopped_at == NOON + HOUR


def test_review_by_the_account_team_does_not_deliver_the_estimate():
    issue = called()
    adopt(issue, Column.STRAWMAN_WIP, at=NOON, origin="person")

    perform(issue.send_estimate, by=None, at=NOON + HOUR)

    assert clock(issue, "estimate").live


def test_an_internal_sync_is_no_scoping_call():
    issue = make_ready_issue()

    deed(issue, "call", kind="internal sync")

    assert clock(issue, "estimate") is None


def test_reassignment_does_not_re_time():
    issue = called()
    before = clock(issue, "estimate").due_at

    assign(issue, make_user(), by=make_user(Role.EM_LEAD), at=NOON + HOUR)

    assert clock(issue, "estimate").due_at == before


def test_being_on_hold_does_not_count():
    issue = called()
    perform(issue.hold, by=None, at=NOON + HOUR, **HELD)
    held = clock(issue, "estimate")
    assert (held.state, held.paused_at, held.due_at) == ("paused", NOON + HOUR, None)

    perform(issue.resume, by=None, at=NOON + 11 * HOUR)

    assert clock(issue, "estimate").due_at == NOON + 82 * HOUR
    assert clock(issue, "estimate").paused_at is None


def test_a_hold_that_is_undone_did_not_happen():
    issue = called()
    em = issue.engagement_manager
    perform(issue.hold, by=em, at=NOON + HOUR, **HELD)

    undo(issue, by=em, at=NOON + 2 * HOUR, within=DAY)

    assert clock(issue, "estimate").due_at == NOON + 72 * HOUR
    assert clock(issue, "estimate").pauses == []


def test_internal_approval_pauses_nothing():
    issue = make_ready_issue(Column.SOW_WIP)
    deed(issue, "final")

    perform(issue.request_approval, by=None, at=NOON + HOUR)

    assert clock(issue, "stamped_sow").state == "running"


def test_a_clock_that_stops_when_it_is_due_is_met_and_a_second_later_late():
    on_time, late = called(), called()
    deed(on_time, "estimate", NOON + 72 * HOUR)
    deed(late, "estimate", NOON + 72 * HOUR + timedelta(seconds=1))

    assert clock(on_time, "estimate").state == State.MET
    assert clock(late, "estimate").state == State.LATE


def test_a_deed_counts_from_the_date_a_person_gives_it():
    issue = make_ready_issue(at=NOON - DAY)
    deed(issue, "call", NOON, on=NOON - 10 * HOUR)
    assert clock(issue, "estimate").due_at == NOON + 62 * HOUR

    deed(issue, "estimate", NOON + 9 * DAY, on=NOON + HOUR)
    assert clock(issue, "estimate").state == State.MET


def test_a_deed_is_more_exact_than_a_move():
    issue = make_ready_issue(Column.ESTIMATE_FEEDBACK)
    perform(issue.start_sow, by=None, at=NOON + 5 * HOUR)
    assert clock(issue, "sow_draft").started_at == NOON + 5 * HOUR

    deed(issue, "intent", NOON + 6 * HOUR, on=NOON + HOUR)

    assert clock(issue, "sow_draft").started_at == NOON + HOUR
    assert len(clocks(issue)) == 2


def test_a_deed_taken_back_leaves_no_clock():
    issue = make_ready_issue()
    event = deed(issue, "call")

    take_back(issue, event, NOON + HOUR)

    assert [each.key for each in clocks(issue)] == ["first_contact"]
    assert clocks(issue)[0].live


def test_a_stop_taken_back_lets_the_clock_run_on():
    issue = called()
    event = deed(issue, "estimate", NOON + HOUR)

    take_back(issue, event, NOON + 2 * HOUR)

    assert clock(issue, "estimate").due_at == NOON + 72 * HOUR
    assert clock(issue, "estimate").live


def test_a_close_cancels_and_a_reopening_is_a_new_cycle():
    issue = called()
    perform(issue.lose, by=None, at=NOON + HOUR, quarter=QUARTER, reason="price")
    assert clock(issue, "estimate").state == State.CANCELLED

    perform(issue.reopen, by=None, at=NOON + 9 * HOUR)

    first, second = (each for each in clocks(issue) if each.key == "estimate")
    assert first.state == State.CANCELLED
    assert (second.state, second.due_at) == (State.RUNNING, NOON + 81 * HOUR)


def test_a_close_that_is_undone_changes_nothing():
    issue = called()
    em = issue.engagement_manager
    perform(issue.lose, by=em, at=NOON + HOUR, quarter=QUARTER, reason="price")

    undo(issue, by=em, at=NOON + 2 * HOUR, within=DAY)

    assert clock(issue, "estimate").due_at == NOON + 72 * HOUR


def test_another_call_after_the_estimate_is_a_new_promise():
    issue = called()
    deed(issue, "estimate", NOON + HOUR)

    deed(issue, "call", NOON + 5 * HOUR)

    assert [each.state for each in clocks(issue) if each.key == "estimate"] == ["met", "running"]


def test_another_call_before_it_moves_nothing():
    issue = called()

    deed(issue, "call", NOON + 5 * HOUR)

    assert clock(issue, "estimate").due_at == NOON + 72 * HOUR


def test_a_merge_keeps_the_older_start_and_what_ran():
    em = make_user()
    duplicate = called(at=NOON - 9 * HOUR, engagement_manager=em)
    into = make_ready_issue(engagement_manager=em)

    merge(duplicate, into, by=em, at=NOON)

    assert all(not each.live for each in clocks(duplicate))
    assert clock(into, "first_contact").due_at == NOON + 15 * HOUR
    assert clock(into, "estimate").due_at == NOON + 63 * HOUR

    part(again(duplicate), by=em, at=NOON + HOUR, within=DAY)

    assert clock(into, "first_contact").due_at == NOON + DAY
    assert clock(into, "estimate") is None
    assert clock(duplicate, "estimate").live
    assert CLOCKS.differences() == 0


def test_the_legs_of_a_stamped_sow_say_whose_turn_it_is():
    issue = make_ready_issue(Column.SOW_WIP)
    deed(issue, "final")
    assert clock(issue, "stamped_sow").turn == "revenue"

    for hour, leg in enumerate(["revenue", "ps"], 1):
        record(issue, "scoping.leg_done", by=None, at=NOON + hour * HOUR, leg=leg)
    record(issue, "scoping.leg_done", by=None, at=NOON + 80 * HOUR, leg="legal")

    stamped = clock(issue, "stamped_sow")
    assert stamped.turn == "legal"
    assert [leg for leg, _ in stamped.legs] == ["revenue", "ps", "legal"]


def test_a_breach_stays_when_what_started_the_clock_is_taken_back():
    issue = make_ready_issue()
    deed(issue, "contact")
    event = deed(issue, "call", NOON, on=NOON - 80 * HOUR)
    sweep(NOON)
    assert announced(issue) == [("sla.breached", "estimate", 100)]

    take_back(issue, event, NOON + HOUR)

    kept = clock(issue, "estimate")
    assert (kept.state, kept.breached_at) == (State.CANCELLED, NOON)
    assert sweep(NOON + DAY).announced == 0
    assert CLOCKS.differences() == 0


def test_a_stop_recorded_after_the_breach_was_announced_is_late():
    """Clocks of two servers differ; the ledger's order is one."""
    issue = called()
    sweep(NOON + 72 * HOUR)

    deed(issue, "estimate", NOON + 72 * HOUR - timedelta(seconds=1))

    assert clock(issue, "estimate").state == State.LATE


def test_what_came_in_from_elsewhere_announces_nothing_of_its_past():
    issue = make_issue(Column.SOW_WIP)

    overdue = clock(issue, "sow_draft")

    assert (overdue.state, overdue.noted) == (State.BREACHED, [50, 80, 100, 150])
    assert sweep(overdue.due_at + 99 * DAY).announced == 0
    assert announced(issue) == []


def test_the_database_holds_one_live_clock_of_a_kind():
    issue = called()
    twin = clock(issue, "estimate")
    twin.pk, twin.number = None, 99

    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_events_that_say_nothing_to_clocks_cost_nothing(django_assert_num_queries):
    issue = called()
    event = Event(
        subject_type="scoping.scopingissue",
        subject_id=issue.pk,
        verb="scoping.amended",
        at=NOON,
        data={"changed": {"title": ["a", "b"]}},
    )

    with django_assert_num_queries(0):
        follow([event])


def test_all_live_clocks_of_an_issue_that_goes_are_gone():
    issue = called()

    record(issue, "scoping.import_undone", by=None, at=NOON, before="open", after="")

    assert not Clock.objects.exists()
    assert CLOCKS.differences() == 0


def test_a_promise_that_was_kept_is_not_made_again_by_a_reopening():
    issue = called()
    deed(issue, "estimate", NOON + HOUR)
    perform(issue.lose, by=None, at=NOON + 2 * HOUR, quarter=QUARTER, reason="price")

    perform(issue.reopen, by=None, at=NOON + 3 * HOUR)

    assert [each.state for each in clocks(issue)] == [State.MET, State.MET]


@pytest.mark.parametrize(
    ("column", "live"),
    [
        (Column.AWAITING_DISCOVERY, {"estimate", "sow_draft"}),
        (Column.STRAWMAN_WIP, {"estimate", "sow_draft"}),
        (Column.ESTIMATE_FEEDBACK, {"estimate", "sow_draft"}),
        (Column.SOW_WIP, {"sow_draft"}),
        (Column.READY_FOR_APPROVAL, {"stamped_sow"}),
        (Column.APPROVED, {"stamped_sow"}),
    ],
)
def test_a_column_is_reached_by_what_it_means_to_stand_there(column, live):
    issue = make_ready_issue()
    deed(issue, "intent")
    deed(issue, "call", by=make_user(Role.EM_LEAD))

    adopt(issue, column, at=NOON + HOUR, origin="person")

    assert {each.key for each in clocks(issue) if each.live} == live
    assert CLOCKS.differences() == 0


def test_a_pause_told_late_reaches_the_clock_that_ended_meanwhile():
    issue = called()
    deed(issue, "estimate", NOON + 80 * HOUR)
    assert clock(issue, "estimate").state == State.LATE

    adopt(issue, Column.STRAWMAN_WIP, at=NOON, origin="person")
    perform(issue.hold, by=None, at=NOON + 10 * HOUR, **HELD)

    assert CLOCKS.differences() == 0
    assert clock(issue, "estimate").pauses != []


def test_the_card_alone_is_no_first_contact_before_the_strawman():
    issue, worked = make_ready_issue(), make_ready_issue()

    adopt(issue, Column.AWAITING_DISCOVERY, at=NOON + HOUR, origin="person")
    adopt(worked, Column.STRAWMAN_WIP, at=NOON + HOUR, origin="person")

    assert clock(issue, "first_contact").live
    assert clock(worked, "first_contact").state == State.MET


def test_a_pause_told_late_begins_no_earlier_than_what_was_announced():
    issue = called()
    sweep(NOON + 36 * HOUR)

    late = {"policy": "estimate", "reason": "Away"}
    deed(issue, "halt", NOON + 40 * HOUR, on=NOON + 2 * HOUR, **late)

    assert clock(issue, "estimate").paused_at == NOON + 36 * HOUR
    assert CLOCKS.differences() == 0
