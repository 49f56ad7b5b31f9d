"""Who may do what with a scoping issue. Plain predicates: (issue, user) -> bool.

Source: the matrix of promises.md §5, kept for the tests in tests/permissions.csv.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emdesk.people.models import Role, User

if TYPE_CHECKING:
    from scoping.models import ScopingIssue

READERS = (Role.EM, Role.EM_LEAD, Role.DIRECTOR, Role.PS_LEADERSHIP, Role.REVENUE, Role.LEGAL)
ALL_ISSUES = (*READERS, Role.DEAL_DESK, Role.PRACTICE_MANAGER, Role.VIEWER)


def sees_every_issue(user: User) -> bool:
    return user.has(*ALL_ISSUES)


def triages(issue: ScopingIssue, user: User) -> bool:
    """Any engagement manager may triage, label and assign."""
    return user.leads or user.has(Role.EM)


def works_issue(issue: ScopingIssue, user: User) -> bool:
    """The issue's own EM, a lead, and any EM while nobody has it."""
    if user.leads:
        return True
    return user.has(Role.EM) and issue.engagement_manager_id in {None, user.pk}


def closes(issue: ScopingIssue, user: User) -> bool:
    return user.leads or (user.has(Role.EM) and issue.engagement_manager_id == user.pk)


def approves(issue: ScopingIssue, user: User) -> bool:
    """PS leadership approves a SOW, never one of its own."""
    return user.has(Role.PS_LEADERSHIP) and issue.engagement_manager_id != user.pk


def approves_or_works(issue: ScopingIssue, user: User) -> bool:
    return approves(issue, user) or works_issue(issue, user)


def on_account_team(issue: ScopingIssue, user: User) -> bool:
    return user.has(Role.ACCOUNT_TEAM) and (
        issue.requester_id == user.pk or issue.account_team.filter(pk=user.pk).exists()
    )


def assists(issue: ScopingIssue, user: User) -> bool:
    """The architect, delivery manager or project manager named on the issue."""
    named = {issue.technical_architect_id, issue.delivery_manager_id, issue.project_manager_id}
    return user.pk in named


def answers(issue: ScopingIssue, user: User) -> bool:
    """Customer information comes from whoever may comment."""
    return comments(issue, user)


def comments(issue: ScopingIssue, user: User) -> bool:
    if triages(issue, user) or on_account_team(issue, user) or assists(issue, user):
        return True
    return user.has(Role.PS_LEADERSHIP, Role.REVENUE, Role.LEGAL, Role.DEAL_DESK)
