"""Where an issue can go from here, and why not elsewhere: what is offered is what happens."""

import re
from datetime import timedelta

import pytest

from emdesk.people.models import Role
from emdesk.workflow import Refused, perform
from scoping.destinations import destination, destinations
from scoping.models import ScopingIssue, Stage
from scoping.states import State
from scoping.stepper import next_step, steps
from tests.factories import (
    HELD,
    NOON,
    QUARTER,
    make_account,
    make_issue,
    make_opportunity,
    make_ready_issue,
    make_segment,
    make_user,
)
from tests.oracles import states as oracle

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
DETAILS = {
    "hold": HELD,
    "win": {"quarter": QUARTER},
    "lose": {"quarter": QUARTER, "reason": "price"},
    "dismiss": {"reason": "duplicate"},
}
CAST = {
    "em": (Role.EM,),
    "lead": (Role.EM_LEAD,),
    "leadership": (Role.PS_LEADERSHIP,),
    "viewer": (Role.VIEWER,),
    "account team": (Role.ACCOUNT_TEAM,),
}


@pytest.fixture
def lead():
    return make_user(Role.EM_LEAD)


def open_to(issue, user):
    return {each.state.value for each in destinations(issue, user, LATER) if each.open}


@pytest.mark.parametrize("source", State.values)
def test_a_lead_may_go_everywhere_the_machine_leads_but_approve(source, lead):
    issue = make_ready_issue(source)
    back = {"on_hold": {"strawman_wip"}, "closed": {"strawman_wip"}}.get(source, set())
    expected = {to for here, to in oracle.pairs() if here == source} | back

    assert open_to(issue, lead) == expected - {"approved"}


@pytest.mark.parametrize("source", State.values)
@pytest.mark.parametrize("who", CAST)
def test_what_is_open_can_be_done_and_what_is_not_open_cannot(source, who):
    user = make_user(*CAST[who])
    for state in State:
        issue = make_ready_issue(source, engagement_manager=user if who == "em" else make_user())
        offered = destination(issue, state, user, LATER)
        if offered.here:
            assert state == source
        elif offered.open:
            move = "lose" if state == State.CLOSED else offered.move
            perform(getattr(issue, move), by=user, at=LATER, **DETAILS.get(move, {}))
        else:
            assert offered.reason
            assert state.value not in open_to(issue, user)
            for name, target in issue.moves_open_to(user).items():
                assert target != state or issue.unmet(name, LATER)


@pytest.mark.parametrize("source", State.values)
def test_why_not_names_where_it_can_go_instead(source, lead):
    issue = make_ready_issue(source)
    reasons = {each.state: each.reason for each in destinations(issue, lead, LATER)}
    legal = {State(to).label for here, to in oracle.pairs() if here == source}
    legal |= {State.STRAWMAN_WIP.label} if source in {"on_hold", "closed"} else set()

    for state, reason in reasons.items():
        if reason.startswith("From "):
            told = set(re.split(", | or ", reason.partition("it can go to ")[2].rstrip(".")))
            assert told == legal, state
            assert state.label not in legal


def test_where_it_is_it_stays():
    issue = make_ready_issue(State.SOW_WIP)

    here = destination(issue, State.SOW_WIP, issue.engagement_manager, LATER)

    assert (here.here, here.open, here.reason) == (True, False, "It is here.")


def test_who_may_not_is_told_who_may():
    em = make_user(name="Amara Osei")
    issue = make_ready_issue(State.READY_FOR_APPROVAL, engagement_manager=em)

    asked = {
        (state, who): destination(issue, state, make_user(*CAST[who]), LATER).reason
        for state, who in [("approved", "lead"), ("sow_wip", "viewer"), ("on_hold", "leadership")]
    }

    works = "Amara Osei works this issue; only they or a lead move it."
    assert asked == {
        ("approved", "lead"): "PS leadership approves, and nobody approves an issue of their own.",
        ("sow_wip", "viewer"): works,
        ("on_hold", "leadership"): works,
    }


def test_what_nobody_works_asks_for_an_em():
    reason = destination(make_issue(), "strawman_wip", make_user(Role.VIEWER), LATER).reason

    assert reason == "Engagement managers move issues. Ask one, or leave a comment."


def test_what_can_be_filled_on_the_way_does_not_close_a_column():
    issue = make_issue(engagement_manager=(em := make_user()))

    offered = destination(issue, "strawman_wip", em, LATER)

    assert (offered.open, offered.asks) == (True, True)
    assert [each.guard.name for each in offered.unmet] == ["segment"]


def test_what_nobody_can_override_closes_a_column():
    issue = make_ready_issue(State.SOW_WIP)

    offered = destination(issue, "closed", issue.engagement_manager, LATER, "win")

    assert (offered.open, offered.reason) == (
        False,
        "Won needs an approved SOW, or an opportunity that is Closed Won.",
    )
    assert destination(issue, "closed", issue.engagement_manager, LATER, "lose").open


def test_after_its_quarter_reopening_is_closed_with_the_reason(lead):
    issue = make_issue(State.CLOSED)

    later = NOON + timedelta(days=90)

    assert "which is over" in destination(issue, "strawman_wip", lead, later).reason
    assert destination(issue, "strawman_wip", lead, LATER).open


@pytest.mark.parametrize(
    ("state", "asks"), [("on_hold", True), ("closed", True), ("sow_wip", False)]
)
def test_going_aside_and_closing_ask_something(state, asks):
    issue = make_ready_issue(State.ESTIMATE_FEEDBACK)

    assert destination(issue, state, issue.engagement_manager, LATER).asks == asks


def test_a_won_opportunity_opens_won_from_anywhere():
    account = make_account()
    won = make_opportunity(account=account, stage=Stage.WON)
    issue = make_ready_issue(State.STRAWMAN_WIP, account=account, opportunity=won)

    assert destination(issue, "closed", issue.engagement_manager, LATER, "win").open


# The stepper.


def test_the_stepper_tells_what_is_behind_here_and_ahead():
    issue = make_ready_issue(State.STRAWMAN_WIP)

    kinds = {
        step.destination.state.value: step.kind
        for step in steps(issue, issue.engagement_manager, LATER)
    }

    assert kinds == {
        "open": "done",
        "awaiting_discovery": "done",
        "strawman_wip": "here",
        "estimate_feedback": "open",
        "on_hold": "open",
        "sow_wip": "shut",
        "ready_for_approval": "shut",
        "approved": "shut",
        "closed": "open",
    }


def test_on_hold_the_stepper_shows_how_far_it_had_come():
    issue = make_issue(State.ON_HOLD, engagement_manager=(em := make_user()))

    kinds = [step.kind for step in steps(issue, em, LATER)]

    assert kinds[:3] == ["done", "done", "open"]


def test_the_next_step_is_the_next_open_column_forward():
    issue = make_ready_issue(State.ESTIMATE_FEEDBACK)

    found = next_step(steps(issue, issue.engagement_manager, LATER))

    assert found.destination.state == State.SOW_WIP
    assert found.missing == []


def test_the_next_step_says_what_is_missing():
    issue = make_issue(segment=make_segment())

    found = next_step(steps(issue, make_user(), LATER))

    assert found.destination.state == State.AWAITING_DISCOVERY
    assert found.missing == ["Assign an engagement manager before it leaves Open."]


@pytest.mark.parametrize("state", ["approved", "on_hold", "closed"])
def test_at_the_end_and_aside_there_is_no_next_step(state):
    issue = make_ready_issue(state)

    assert next_step(steps(issue, issue.engagement_manager, LATER)) is None


def test_offering_changes_nothing(lead):
    issue = make_issue()
    before = ScopingIssue.objects.filter(pk=issue.pk).values().get()

    destinations(issue, lead, LATER)

    assert ScopingIssue.objects.filter(pk=issue.pk).values().get() == before
    with pytest.raises(Refused):
        perform(issue.ask_account_team, by=lead, at=LATER)
