"""Several people at one card at once: one moves it, the others are told."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import (
    Conflict,
    perform,
)
from scoping.facts import amend
from scoping.states import State
from tests.factories import (
    NOON,
    again,
    make_ready_issue,
    make_user,
)
from tests.together import together

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def em(db):
    return make_user(name="Amara Osei")


@pytest.fixture
def lead(db):
    return make_user(Role.EM_LEAD, name="Lena Lead")


def test_who_looked_too_long_ago_is_told_who_moved_it_where_and_when(em, lead):
    issue = make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)
    perform(issue.start_sow, by=lead, at=LATER, seen=issue.moves)

    with pytest.raises(Conflict) as conflict:
        perform(issue.rework_estimate, by=em, at=LATER, seen=issue.moves)

    told = conflict.value.event
    assert (told.actor, told.after, told.at) == (lead, "sow_wip", LATER)


def test_a_card_that_went_away_and_came_back_is_a_conflict_too(em, lead):
    issue = make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)
    perform(issue.start_sow, by=lead, at=LATER)
    perform(issue.revise_scope, by=lead, at=LATER)

    with pytest.raises(Conflict):
        perform(issue.start_sow, by=em, at=LATER, seen=issue.moves)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_move_one_card_at_once_one_moves_and_seven_are_told(request):
    rounds = 150 if request.config.getoption("--full") else 12
    people = [make_user(Role.EM_LEAD) for _ in range(8)]
    for turn in range(rounds):
        issue = make_ready_issue(State.ESTIMATE_FEEDBACK)
        moves = [issue.start_sow, issue.rework_estimate]
        events = Event.objects.about(issue).count()

        came_to = together(
            [
                lambda by=by, move=moves[(place + turn) % 2], seen=issue.moves: perform(
                    move, by=by, at=LATER, seen=seen
                )
                for place, by in enumerate(people)
            ]
        )

        (moved,) = [each for each in came_to if isinstance(each, Event)]
        told = [each.event for each in came_to if isinstance(each, Conflict)]
        assert told == [moved] * 7
        assert {each.actor for each in told} == {moved.actor}
        assert moved.actor == people[came_to.index(moved)]
        assert Event.objects.about(issue).count() == events + 1
        assert (again(issue).state, again(issue).moves) == (moved.after, issue.moves + 1)


@pytest.mark.django_db(transaction=True)
def test_a_move_and_an_edit_at_once_lose_nothing():
    em = make_user()
    for turn in range(10):
        issue = make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)

        came_to = together(
            [
                partial(perform, issue.start_sow, by=em, at=LATER),
                partial(amend, issue, by=em, at=LATER, next_step=f"Step {turn}"),
                partial(amend, issue, by=em, at=LATER, expected_value=Decimal(500)),
            ]
        )

        assert all(isinstance(each, Event) for each in came_to), came_to
        found = again(issue)
        assert (found.state, found.next_step) == (State.SOW_WIP, f"Step {turn}")
        assert found.expected_value == Decimal(500)
