"""The one door: a move happens wholly, in one transaction, with one event, or not at all."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from emdesk.ledger.models import Event, Origin
from emdesk.people.models import Role
from emdesk.workflow import (
    Conflict,
    Guard,
    NotAllowed,
    Refused,
    perform,
    transition,
)
from scoping.facts import amend
from scoping.models import ScopingIssue, Stay
from scoping.states import State
from tests.factories import (
    HELD,
    NOON,
    again,
    make_issue,
    make_ready_issue,
    make_segment,
    make_user,
)

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


def rows():
    """Everything a move may write."""
    return [
        list(model.objects.order_by("pk").values_list()) for model in (ScopingIssue, Event, Stay)
    ]


@pytest.fixture
def em(db):
    return make_user(name="Amara Osei")


@pytest.fixture
def lead(db):
    return make_user(Role.EM_LEAD, name="Lena Lead")


@pytest.fixture
def guard(monkeypatch):
    """Guards for one test, beside the real ones: guard("name", "move", "reason")."""
    monkeypatch.setattr(ScopingIssue, "guards", [*ScopingIssue.guards])

    def stand(name, move, reason, **more):
        ScopingIssue.guards.append(
            Guard(name, lambda asked: asked == move, lambda issue, by, at: reason, **more)
        )

    return stand


# A move.


def test_a_move_writes_one_event_that_says_what_changed(em):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)

    event = perform(issue.send_estimate, by=em, at=LATER)

    assert Event.objects.about(issue).last() == event
    assert (event.verb, event.actor, event.at) == ("scoping.send_estimate", em, LATER)
    assert (event.before, event.after) == ("strawman_wip", "estimate_feedback")
    assert event.origin == Origin.PERSON
    assert event.data == {"changed": {"entered_state_at": [NOON.isoformat(), LATER.isoformat()]}}


def test_a_move_counts_and_begins_a_new_age(em):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)

    perform(issue.send_estimate, by=em, at=LATER)

    moved = again(issue)
    assert (moved.state, moved.moves) == (State.ESTIMATE_FEEDBACK, issue.moves + 1)
    assert moved.entered_state_at == LATER


def test_a_move_is_made_on_the_row_as_it_is_not_on_the_copy_somebody_holds(em):
    stale = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
    amend(stale, by=em, at=NOON, next_step="Call the customer")
    stale.title = "Written over"

    perform(stale.send_estimate, by=em, at=LATER)

    assert again(stale).next_step == "Call the customer"
    assert again(stale).title != "Written over"


def test_what_a_move_is_told_is_kept_on_its_event(em):
    issue = make_ready_issue(State.SOW_WIP, engagement_manager=em)

    event = perform(issue.hold, by=em, at=LATER, **HELD)

    stored = Event.objects.get(pk=event.pk)
    assert stored.data["reason"] == HELD["reason"]
    assert stored.data["review_date"] == HELD["review_date"].isoformat()
    assert stored.data["changed"]["held_from"] == ["", "sow_wip"]


def test_fields_set_along_with_a_move_are_saved_with_it(em):
    issue = make_issue()
    fill = {"segment": make_segment(), "engagement_manager": em}

    event = perform(issue.ask_account_team, by=em, at=LATER, fill=fill)

    moved = again(issue)
    assert (moved.segment, moved.engagement_manager) == (fill["segment"], em)
    assert event.data["changed"]["segment_id"] == [None, fill["segment"].pk]


def test_emdesk_may_move_by_itself_and_says_so(em):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)

    event = perform(issue.send_estimate, by=None, at=LATER)

    assert (event.actor, event.origin) == (None, Origin.SYSTEM)


def test_a_state_is_not_assigned(em):
    issue = make_issue()

    with pytest.raises(AttributeError):
        issue.state = State.APPROVED


def test_a_transition_without_a_rule_of_who_may_does_not_exist():
    with pytest.raises(TypeError, match="allowed"):
        transition("open", "closed")


# A move that is refused.


def impossible(issue, people):
    perform(issue.approve, by=people["lead"], at=LATER)


def not_allowed(issue, people):
    perform(issue.ask_account_team, by=people["stranger"], at=LATER)


def unguarded(issue, people):
    perform(issue.ask_account_team, by=people["em"], at=LATER)


def overridden_without_a_reason(issue, people):
    perform(issue.ask_account_team, by=people["em"], at=LATER, override="")


def overridden_by_nobody(issue, people):
    perform(issue.ask_account_team, by=None, at=LATER, override="The queue says so")


def never_to_be_overridden(issue, people):
    perform(issue.win, by=people["em"], at=LATER, override="Trust me", quarter="Q127")


def looked_too_long_ago(issue, people):
    perform(issue.ask_account_team, by=people["em"], at=LATER, seen=issue.moves + 1)


def filled_with_nothing(issue, people):
    perform(issue.ask_account_team, by=people["em"], at=LATER, fill={"segment": None})


def without_what_it_asks(issue, people):
    perform(issue.lose, by=people["em"], at=LATER, override="Gone", quarter="", reason="other")


def with_a_word_it_does_not_know(issue, people):
    perform(issue.ask_account_team, by=people["em"], at=LATER, override="Go", colour="red")


@pytest.mark.parametrize(
    ("attempt", "wrong"),
    [
        (impossible, Refused),
        (not_allowed, NotAllowed),
        (unguarded, Refused),
        (overridden_without_a_reason, Refused),
        (overridden_by_nobody, Refused),
        (never_to_be_overridden, Refused),
        (looked_too_long_ago, Conflict),
        (filled_with_nothing, Refused),
        (without_what_it_asks, DatabaseError),
        (with_a_word_it_does_not_know, TypeError),
    ],
)
def test_a_refused_move_changes_nothing_and_leaves_no_event(attempt, wrong, em, lead):
    issue = make_issue(engagement_manager=em)
    people = {"em": em, "lead": lead, "stranger": make_user()}
    before = rows()

    with pytest.raises(wrong) as refusal, transaction.atomic():
        attempt(issue, people)

    assert type(refusal.value) is wrong or issubclass(wrong, DatabaseError)
    assert rows() == before


def test_who_may_not_move_is_denied_as_django_knows_it():
    assert issubclass(NotAllowed, PermissionDenied)
    assert not issubclass(Refused, PermissionDenied)


# Guards.


def test_a_refusal_names_every_unmet_guard_and_its_reason(em):
    issue = make_issue()

    with pytest.raises(Refused) as refusal:
        perform(issue.ask_account_team, by=em, at=LATER)

    assert [each.guard.name for each in refusal.value.unmet] == ["segment", "engagement manager"]
    assert refusal.value.reason == (
        "Choose a segment before it leaves Open."
        " Assign an engagement manager before it leaves Open."
    )


def test_a_guard_speaks_of_the_moves_it_applies_to_alone(em, guard):
    issue = make_ready_issue(State.SOW_WIP, engagement_manager=em)
    guard("cost", "request_approval", "Add the cost estimate.")

    assert [each.guard.name for each in issue.unmet("request_approval", None, NOON)] == ["cost"]
    assert issue.unmet("revise_scope", None, NOON) == ()
    perform(issue.revise_scope, by=em, at=LATER)


def test_a_guard_sees_what_is_filled_in_with_the_move(em):
    issue = make_issue()
    fill = {"segment": make_segment(), "engagement_manager": em}

    perform(issue.ask_account_team, by=em, at=LATER, fill=fill)

    assert again(issue).state == State.AWAITING_DISCOVERY


@pytest.mark.parametrize("who", ["em", "lead"])
def test_the_em_and_a_lead_may_go_on_without_and_the_ledger_says_why(who, em, lead):
    issue = make_issue(engagement_manager=em)
    by = {"em": em, "lead": lead}[who]

    event = perform(issue.ask_account_team, by=by, at=LATER, override="The segment is new")

    assert again(issue).state == State.AWAITING_DISCOVERY
    assert event.data["override"] == "The segment is new"
    assert event.data["unmet"] == ["segment"]


def test_nobody_else_goes_on_without(guard):
    issue = make_ready_issue(State.READY_FOR_APPROVAL)
    guard("cost", "approve", "Add the cost estimate.")

    with pytest.raises(Refused, match="Add the cost estimate"):
        perform(issue.approve, by=make_user(Role.PS_LEADERSHIP), at=LATER, override="I may")


def test_one_guard_that_cannot_be_passed_holds_the_others_too(em, guard):
    issue = make_issue(engagement_manager=em)
    guard("stamp", "ask_account_team", "Legal has to stamp it.", overridable=False)

    with pytest.raises(Refused, match="Legal"):
        perform(issue.ask_account_team, by=em, at=LATER, override="Both, please")


def test_a_reason_nobody_asked_for_is_not_kept_as_an_override(em):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)

    event = perform(issue.send_estimate, by=em, at=LATER, override="Just in case")

    assert "override" not in event.data
