"""What must be true before an issue moves, in the words a person reads."""

from datetime import timedelta

import pytest

from emdesk.people.models import Role
from emdesk.workflow import Refused, perform
from scoping.forms.moving import MoveForm
from scoping.models import ScopingIssue, Stage
from scoping.states import LIVE, State
from tests.factories import (
    HELD,
    NOON,
    QUARTER,
    again,
    make_account,
    make_issue,
    make_opportunity,
    make_ready_issue,
    make_segment,
    make_user,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
DETAILS = {
    "hold": HELD,
    "lose": {"quarter": QUARTER, "reason": "price"},
    "ask_account_team": {},
    "start_strawman": {},
}
SEGMENT = "Choose a segment before it leaves Open."
MANAGER = "Assign an engagement manager before it leaves Open."


@pytest.fixture
def lead():
    return make_user(Role.EM_LEAD)


def refusal(issue, name, by, **details):
    with pytest.raises(Refused) as refused:
        perform(getattr(issue, name), by=by, at=LATER, **details)
    return refused.value.reason


@pytest.mark.parametrize("name", DETAILS)
@pytest.mark.parametrize(
    ("segment", "manager", "reason"),
    [
        (False, True, SEGMENT),
        (True, False, MANAGER),
        (False, False, f"{SEGMENT} {MANAGER}"),
    ],
)
def test_nothing_leaves_open_without_a_segment_and_an_em(name, segment, manager, reason, lead):
    issue = make_issue(
        segment=make_segment() if segment else None,
        engagement_manager=make_user() if manager else None,
    )

    assert refusal(issue, name, lead, **DETAILS[name]) == reason


@pytest.mark.parametrize("name", DETAILS)
def test_with_both_it_leaves_open(name, lead):
    issue = make_ready_issue()

    perform(getattr(issue, name), by=lead, at=LATER, **DETAILS[name])

    assert again(issue).state != State.OPEN


def test_what_never_was_a_deal_is_dismissed_without_either():
    issue = make_issue()

    perform(issue.dismiss, by=make_user(), at=LATER, reason="declined")

    assert again(issue).state == State.CLOSED


@pytest.mark.parametrize("state", [state for state in LIVE if state != State.OPEN])
def test_beyond_open_nobody_asks_again(state, lead):
    issue = make_issue(state)

    assert [each.guard.name for each in issue.unmet("lose", None, NOON)] == []


@pytest.mark.parametrize("state", LIVE)
def test_without_a_won_opportunity_an_issue_is_won_from_approved_alone(state, lead):
    issue = make_ready_issue(state)

    if state == State.APPROVED:
        perform(issue.win, by=lead, at=LATER, quarter=QUARTER)
        assert again(issue).outcome == "won"
    else:
        reason = refusal(issue, "win", lead, quarter=QUARTER, override="The customer said so")
        assert reason == "Won needs an approved SOW, or an opportunity that is Closed Won."


@pytest.mark.parametrize("state", LIVE)
def test_when_the_opportunity_is_won_an_issue_is_won_from_every_live_state(state, lead):
    account = make_account()
    won = make_opportunity(account=account, stage=Stage.WON)
    issue = make_ready_issue(state, account=account, opportunity=won)

    perform(issue.win, by=lead, at=LATER, quarter=QUARTER)

    found = again(issue)
    assert (found.state, found.outcome, found.close_reason) == ("closed", "won", "signed")


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.WON])
def test_no_other_stage_of_the_opportunity_makes_an_issue_won(stage, lead):
    account = make_account()
    opportunity = make_opportunity(account=account, stage=stage)
    issue = make_ready_issue(State.SOW_WIP, account=account, opportunity=opportunity)

    assert refusal(issue, "win", lead, quarter=QUARTER).startswith("Won needs")


# FY27-Q1 ends on 30 April at midnight in California: 1 May, 07:00 UTC.
END = NOON.replace(month=5, day=1, hour=7)


@pytest.mark.parametrize("outcome", ["won", "lost", ""])
def test_within_its_quarter_a_closed_issue_is_reopened(outcome, lead):
    issue = make_issue(State.CLOSED, outcome=outcome)

    perform(issue.reopen, by=lead, at=END - timedelta(seconds=1))

    found = again(issue)
    kept = (found.outcome, found.close_reason, found.close_quarter, found.closed_from)
    assert (found.live, kept) == (True, ("", "", "", ""))


@pytest.mark.parametrize("outcome", ["won", "lost", ""])
def test_after_its_quarter_nobody_reopens_it(outcome, lead):
    issue = make_issue(State.CLOSED, outcome=outcome)

    with pytest.raises(Refused) as refused:
        perform(issue.reopen, by=lead, at=END, override="It is the same deal")

    assert refused.value.reason == (
        "It counts in FY27-Q1, which is over. Raise a new issue linked to this one."
    )


def test_the_quarter_it_counts_in_decides_not_the_day_it_was_closed(lead):
    issue = make_issue(State.CLOSED, close_quarter="Q227")

    assert "FY27-Q2" in refusal(issue, "reopen", lead)
    perform(issue.reopen, by=lead, at=END)


def test_a_merged_issue_goes_on_where_it_was_merged(lead):
    into = make_issue()
    issue = make_issue(State.CLOSED, outcome="", close_reason="merged")
    ScopingIssue.objects.filter(pk=issue.pk).update(merged_into=into)

    assert refusal(issue, "reopen", lead) == f"It was merged into PS-{into.pk}; go on there."


def test_each_guard_has_a_name_of_its_own():
    names = [guard.name for guard in ScopingIssue.guards]

    assert sorted(names) == [
        *("SOW approved", "SOW put to approval"),
        *("approver", "architect's review", "booking package", "engagement manager", "quarter"),
        *("segment", "won"),
    ]


def test_what_a_guard_asks_for_the_sheet_can_ask(lead):
    issue = make_issue()
    unmet = issue.unmet("ask_account_team", None, NOON)

    form = MoveForm(issue, unmet, {}, user=lead, at=NOON)

    asked = {name for guard in ScopingIssue.guards for name in guard.asks}
    assert asked == {"segment", "engagement_manager"}
    assert asked <= set(form.fields)


def test_whoever_asked_for_an_approval_last_leaves_it_to_somebody_else():
    first, second = (make_user(Role.PS_LEADERSHIP, Role.EM_LEAD) for _ in range(2))
    issue = make_ready_issue(State.SOW_WIP)
    perform(issue.request_approval, by=first, at=LATER)
    perform(issue.return_sow, by=first, at=LATER)
    perform(issue.request_approval, by=second, at=LATER)

    with pytest.raises(Refused, match="You asked for this approval"):
        perform(issue.approve, by=second, at=LATER, override="I know it well")

    assert perform(issue.approve, by=first, at=LATER).after == State.APPROVED
