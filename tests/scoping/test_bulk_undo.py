"""One undo for a whole batch, as far as nobody changed its issues since."""

from datetime import timedelta

import pytest

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import perform
from scoping import bulk
from scoping.bulk import Assign, Label, Move, carry_out, plan, take_back
from scoping.facts import amend, assign
from scoping.states import State
from tests.factories import NOON, again, make_ready_issue, make_user

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


@pytest.mark.parametrize("deed", [FORTH, Assign(None), Label("urgent")])
def test_one_undo_takes_the_whole_batch_back(em, deed):
    issues = strawmen(em)
    batch = run(issues, deed, em)

    back = take_back(batch.key, by=em, at=LATER)

    assert (back.done, back.refused) == (issues, [])
    for issue in map(again, issues):
        assert (issue.state, issue.engagement_manager, issue.free_labels) == (
            State.STRAWMAN_WIP,
            em,
            [],
        )
    assert Event.objects.filter(data__has_key="undoes").count() == 3
    assert take_back(batch.key, by=em, at=LATER).done == []


def test_what_changed_since_is_not_taken_back(em):
    issues = strawmen(em)
    moved, given = run(issues[:2], FORTH, em), run(issues[2:], Assign(None), em)
    perform(again(issues[0]).start_sow, by=em, at=LATER)
    assign(again(issues[2]), make_user(), by=em, at=LATER)

    back = take_back(moved.key, by=em, at=LATER)
    rest = take_back(given.key, by=em, at=LATER)

    assert back.done == [issues[1]]
    assert reasons(back) == {issues[0].pk: "It was moved on since."}
    assert reasons(rest) == {issues[2].pk: "Somebody changed it since."}
    assert again(issues[0]).state == State.SOW_WIP


def test_taking_a_label_back_leaves_those_put_on_since(em):
    [issue] = strawmen(em, 1)
    amend(issue, by=em, at=NOON, free_labels=["before"])
    batch = run([issue], Label("urgent"), em)
    amend(issue, by=em, at=NOON, free_labels=["before", "urgent", "after"])

    take_back(batch.key, by=em, at=LATER)

    assert again(issue).free_labels == ["before", "after"]


def test_only_who_did_it_takes_it_back_and_only_for_a_while(em):
    issues = strawmen(em)
    batch = run(issues, FORTH, em)

    assert take_back(batch.key, by=make_user(Role.EM_LEAD), at=LATER).done == []
    assert take_back(batch.key, by=em, at=NOON + timedelta(minutes=11)).done == []
    assert {again(each).state for each in issues} == {State.ESTIMATE_FEEDBACK}
    assert take_back(batch.key, by=em, at=NOON + timedelta(minutes=9)).done == issues


def test_an_undone_batch_sent_again_is_not_called_done(em):
    issues = strawmen(em)
    seen = {each.pk: bulk.look(each) for each in issues}
    run(issues, FORTH, em, seen=seen, key="k")
    take_back("k", by=em, at=LATER)

    assert run(issues, FORTH, em, LATER, seen=seen, key="k").done == []
