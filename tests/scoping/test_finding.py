"""How scoping issues are found, and by whom."""

from datetime import timedelta

import pytest
from django.db.models import Count, Sum

from emdesk.people.models import Role
from scoping.models import ScopingIssue
from scoping.states import LIVE, State
from tests.factories import NOON, TODAY, make_account, make_issue, make_user

pytestmark = pytest.mark.django_db

EVERYTHING = {
    Role.EM,
    Role.EM_LEAD,
    Role.DIRECTOR,
    Role.PS_LEADERSHIP,
    Role.REVENUE,
    Role.LEGAL,
    Role.DEAL_DESK,
    Role.PRACTICE_MANAGER,
    Role.VIEWER,
}
TIES = {
    "requester": lambda issue, user: setattr(issue, "requester", user),
    "account team": lambda issue, user: issue.account_team.add(user),
    "architect": lambda issue, user: setattr(issue, "technical_architect", user),
    "architect asked": lambda issue, user: setattr(issue, "architect_help", "asked"),
    "review asked": lambda issue, user: setattr(issue, "architect_review", "needed"),
    "delivery manager": lambda issue, user: setattr(issue, "delivery_manager", user),
    "delivery review asked": lambda issue, user: setattr(issue, "delivery_review", "needed"),
    "project manager": lambda issue, user: setattr(issue, "project_manager", user),
    "next step": lambda issue, user: setattr(issue, "next_step_owner", user),
    "none": lambda issue, user: None,
}
OWN = {
    Role.ACCOUNT_TEAM: {"requester", "account team"},
    Role.TECHNICAL_ARCHITECT: {"requester", "architect", "architect asked", "review asked"},
    Role.DELIVERY_MANAGER: {"delivery manager", "delivery review asked"},
    Role.PROJECT_MANAGER: {"project manager"},
}


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_which_issues(role):
    user = make_user(role)
    seen = set()
    for name, tie in TIES.items():
        issue = make_issue()
        tie(issue, user)
        issue.save()
        if ScopingIssue.objects.visible_to(user).filter(pk=issue.pk).exists():
            seen.add(name)

    assert seen == (set(TIES) if role in EVERYTHING else OWN.get(role, set()))


@pytest.mark.parametrize(
    ("role", "tie", "taken"),
    [
        (Role.TECHNICAL_ARCHITECT, "architect asked", "technical_architect"),
        (Role.DELIVERY_MANAGER, "delivery review asked", "delivery_manager"),
    ],
)
def test_what_somebody_else_helps_with_needs_no_second_helper(role, tie, taken):
    issue = make_issue(**{taken: make_user(role)})
    TIES[tie](issue, None)
    issue.save()

    assert not ScopingIssue.objects.visible_to(make_user(role)).exists()


def test_whoever_is_tied_to_an_issue_twice_counts_it_once():
    user = make_user(Role.ACCOUNT_TEAM, Role.PROJECT_MANAGER)
    issue = make_issue(requester=user, project_manager=user, expected_value=100)
    issue.account_team.add(user, make_user(Role.ACCOUNT_TEAM), make_user(Role.ACCOUNT_TEAM))

    seen = ScopingIssue.objects.visible_to(user)

    assert seen.count() == len(seen) == 1
    assert seen.order_by().values("state").annotate(n=Count("*"), total=Sum("expected_value"))[
        0
    ] == {"state": "open", "n": 1, "total": 100}


def test_live_is_everything_but_closed():
    for state in State:
        make_issue(state)

    assert {issue.state for issue in ScopingIssue.objects.live()} == set(LIVE)


def test_whose_turn_it_is_and_what_has_no_next_step():
    todo = make_issue(em_status="todo", next_step="Call")
    waiting = make_issue(em_status="waiting")
    make_issue(State.CLOSED)

    assert list(ScopingIssue.objects.to_do()) == [todo]
    assert list(ScopingIssue.objects.without_next_step()) == [waiting]


def test_what_is_due_by_a_day():
    due = make_issue(next_step="a", next_step_date=TODAY)
    make_issue(next_step="b", next_step_date=TODAY + timedelta(days=1))
    make_issue(State.CLOSED, next_step="c", next_step_date=TODAY)

    assert list(ScopingIssue.objects.due_by(TODAY)) == [due]


def test_what_closed_in_a_quarter():
    won = make_issue(State.CLOSED, outcome="won")
    make_issue(State.CLOSED, close_quarter="Q227")
    make_issue(State.CLOSED, outcome="")

    assert list(ScopingIssue.objects.closed_in("Q127")) == [won]


def test_text_finds_title_account_and_reference():
    issue = make_issue(title="Migrate 100% of it", account=make_account(name="Åström & Söner"))
    other = make_issue(title="Train")

    def found(text):
        return list(ScopingIssue.objects.mentioning(text))

    assert found("migrate") == found("åström") == found("100%") == [issue]
    assert found(f"ps-{issue.pk}") == [issue]
    assert issue in found(str(issue.pk))
    assert found("_rain") == found("nothing") == found("PS-²") == found("9" * 30) == []
    assert found("train") == [other]


def test_an_issue_is_raised_at_its_time():
    issue = make_issue(at=NOON)

    assert (issue.created_at, issue.entered_state_at) == (NOON, NOON)
