"""Many issues at once: what goes, what stays and why."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import perform
from scoping import bulk
from scoping.bulk import Assign, Label, Move, carry_out, plan
from scoping.facts import amend, assign
from scoping.states import CloseReason, State
from tests.factories import HELD, NOON, QUARTER, again, make_issue, make_ready_issue, make_user

pytestmark = pytest.mark.django_db

FORTH = Move(State.ESTIMATE_FEEDBACK)
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def em():
    return make_user(name="Amara Osei")


def strawmen(em, number=3):
    return [make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em) for _ in range(number)]


def reasons(found):
    return {issue.pk: reason for issue, reason in found.refused}


def run(issues, deed, by, at=NOON, **more):
    return carry_out(
        plan([again(each) for each in issues], deed, by=by, at=at, **more), by=by, at=at
    )


# On paper.


def test_a_plan_says_what_goes_and_why_the_rest_does_not_and_changes_nothing(em):
    goes, here, wrong, others, unready = (
        make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em),
        make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em),
        make_ready_issue(State.OPEN, engagement_manager=em),
        make_ready_issue(State.STRAWMAN_WIP),
        make_issue(State.OPEN),
    )
    events = Event.objects.count()

    found = plan([goes, here, wrong, others, unready], FORTH, by=em, at=NOON)
    first = plan([unready], Move(State.STRAWMAN_WIP), by=em, at=NOON)

    assert found.ready == [goes]
    assert reasons(found) == {
        here.pk: "It is here.",
        wrong.pk: "From Open it can go to Awaiting_Discovery, Strawman_WIP, On_hold or Closed.",
        others.pk: f"{others.engagement_manager.name} works this issue;"
        " only they or a lead move it.",
        unready.pk: "From Open it can go to Awaiting_Discovery, Strawman_WIP, On_hold or Closed.",
    }
    assert reasons(first) == {
        unready.pk: "Choose a segment before it leaves Open."
        " Assign an engagement manager before it leaves Open."
    }
    assert Event.objects.count() == events


def test_a_plan_for_many_costs_what_a_plan_for_one_costs(em):
    one, many = strawmen(em, 1), strawmen(em, 6)
    counts = []
    for issues in (one, many):
        fresh = [again(each) for each in issues]
        with CaptureQueriesContext(connection) as queries:
            plan(fresh, FORTH, by=em, at=NOON)
        counts.append(len(queries))

    assert counts[0] == counts[1]


# Doing it.


def test_a_batch_moves_what_is_ready_and_each_event_carries_its_key(em):
    ready, closed = strawmen(em), make_ready_issue(State.CLOSED, engagement_manager=em)

    batch = run([*ready, closed], FORTH, em)

    assert batch.done == ready
    assert list(reasons(batch)) == [closed.pk]
    events = Event.objects.filter(verb="scoping.send_estimate")
    assert {event.data["batch"] for event in events} == {batch.key}
    assert {again(each).state for each in ready} == {State.ESTIMATE_FEEDBACK}
    assert again(closed).state == State.CLOSED


def test_what_a_move_asks_for_goes_with_it(em):
    held, lost = strawmen(em), strawmen(em)

    run(held, Move(State.ON_HOLD, details=HELD), em)
    details = {"reason": CloseReason.PRICE, "quarter": QUARTER, "note": ""}
    run(lost, Move(State.CLOSED, "lose", details), em)

    assert {again(each).review_date for each in held} == {HELD["review_date"]}
    assert {(again(each).outcome, again(each).close_quarter) for each in lost} == {
        ("lost", QUARTER)
    }


def test_nothing_is_won_in_bulk_that_is_not_won(em):
    approved = make_ready_issue(State.APPROVED, engagement_manager=em)
    [strawman] = strawmen(em, 1)
    details = {"reason": CloseReason.SIGNED, "quarter": QUARTER, "note": ""}

    batch = run([approved, strawman], Move(State.CLOSED, "win", details), em)

    assert batch.done == [approved]
    assert reasons(batch) == {
        strawman.pk: "Won needs an approved SOW, or an opportunity that is Closed Won."
    }


def test_who_may_dismiss_but_not_close_closes_nothing(em):
    nobodys = make_ready_issue(State.OPEN, engagement_manager=None)
    details = {"reason": CloseReason.PRICE, "quarter": QUARTER, "note": ""}

    batch = run([nobodys], Move(State.CLOSED, "lose", details), em)

    assert batch.done == []
    assert again(nobodys).state == State.OPEN


def test_any_engagement_manager_assigns_live_issues(em):
    other = make_user()
    issues, closed = strawmen(other), make_ready_issue(State.CLOSED, engagement_manager=other)
    mine = make_ready_issue(engagement_manager=em)

    batch = run([*issues, closed, mine], Assign(em), em)

    assert batch.done == issues
    assert reasons(batch) == {
        closed.pk: "It is closed; whose it was stays on record.",
        mine.pk: "It is theirs already.",
    }
    assert {again(each).engagement_manager for each in issues} == {em}
    assert {each.data["batch"] for each in Event.objects.filter(verb="scoping.assigned")} == {
        batch.key
    }


def test_a_label_is_put_on_and_taken_off(em):
    issues = strawmen(em)
    amend(issues[0], by=em, at=NOON, free_labels=["urgent", "old"])

    on = run(issues, Label("urgent"), em)
    assert on.done == issues[1:]
    assert reasons(on) == {issues[0].pk: "It has this label already."}
    off = run(issues, Label("urgent", remove=True), em)
    assert off.done == issues
    assert [again(each).free_labels for each in issues] == [["old"], [], []]


@pytest.mark.parametrize("deed", [FORTH, Assign(None), Label("urgent")])
@pytest.mark.parametrize(
    "role", [Role.VIEWER, Role.ADMIN, Role.ACCOUNT_TEAM, Role.LEGAL, Role.PS_LEADERSHIP]
)
def test_who_may_not_do_it_to_one_may_not_do_it_to_many(em, deed, role):
    issues, events = strawmen(em), Event.objects.count()

    batch = run(issues, deed, make_user(role))

    assert (batch.done, len(batch.refused)) == ([], 3)
    assert Event.objects.count() == events


# Between looking and doing.


def test_what_moved_or_changed_hands_since_one_looked_stays_behind(em):
    moved, given, same = strawmen(em)
    seen = {each.pk: bulk.look(each) for each in (moved, given, same)}
    lead = make_user(Role.EM_LEAD, name="Lena Vogel")
    perform(moved.hold, by=lead, at=NOON, **HELD)
    assign(given, lead, by=lead, at=NOON)

    batch = run([moved, given, same], Label("urgent"), em, seen=seen)

    assert batch.done == [same]
    assert reasons(batch) == {
        moved.pk: "Lena Vogel moved it to On_hold meanwhile.",
        given.pk: "It went to Lena Vogel meanwhile.",
    }


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (FORTH, "Lena Vogel moved it to On_hold meanwhile."),
        (Assign(None), "Somebody changed it meanwhile. Look again."),
        (Label("urgent"), "Somebody changed it meanwhile. Look again."),
    ],
)
def test_what_changes_between_plan_and_turn_stays_behind_too(em, deed, reason):
    first, second = strawmen(em, 2)
    lead = make_user(Role.EM_LEAD, name="Lena Vogel")
    planned = plan([first, second], deed, by=em, at=NOON)
    perform(again(second).hold, by=lead, at=NOON, **HELD)
    amend(second, by=lead, at=NOON, engagement_manager=lead, free_labels=["hers"])

    batch = carry_out(planned, by=em, at=NOON)

    assert batch.done == [first]
    assert reasons(batch) == {second.pk: reason}


# Twice.


def test_a_batch_sent_twice_is_done_once(em):
    issues = strawmen(em)
    seen = {each.pk: bulk.look(each) for each in issues}

    once = run(issues, FORTH, em, seen=seen, key="k")
    twice = run(issues, FORTH, em, LATER, seen=seen, key="k")

    assert once == twice
    assert Event.objects.filter(data__batch="k").count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_batch_sent_twice_at_once_is_done_once(em):
    issues, found = strawmen(em), []
    seen = {each.pk: bulk.look(each) for each in issues}

    def send():
        found.append(run(issues, FORTH, em, seen=seen, key="k"))
        connections.close_all()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [len(batch.done) for batch in found] == [3] * 4
    assert Event.objects.filter(data__batch="k").count() == 3


def test_somebody_elses_key_is_none(em):
    lead = make_user(Role.EM_LEAD)
    issues = strawmen(em)
    run(issues, FORTH, em, key="k")

    batch = run(issues, FORTH, lead, key="k")

    assert batch.done == []
