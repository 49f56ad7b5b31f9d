"""Who may do what with statements of work and the clause library. Plain predicates.

Source: the matrix of promises.md §5, kept for the tests in tests/permissions.csv.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emdesk.people.models import Role, User
from scoping.rules import (
    SPEAK_THEMSELVES,
    keeps_catalogue,
    on_account_team,
    reads_catalogue,
    works_issue,
)

if TYPE_CHECKING:
    from scoping.models import ScopingIssue


def drafts(issue: ScopingIssue, user: User) -> bool:
    """The issue's own EM and the leads make the first draft of it."""
    return works_issue(issue, user)


def edits(issue: ScopingIssue, user: User) -> bool:
    """Legal works in the same draft as the EM."""
    return works_issue(issue, user) or user.has(Role.LEGAL)


def asks_approval(issue: ScopingIssue, user: User) -> bool:
    """Its own EM and the leads put a SOW to those who approve it."""
    return works_issue(issue, user)


def notes_agreement(issue: ScopingIssue, user: User) -> bool:
    """Who agreed to a SOW is noted by its EM, a lead or the account's own team."""
    return works_issue(issue, user) or on_account_team(issue, user)


def breaks_pen(user: User) -> bool:
    """Leads and legal take the pen out of another's hand, with a reason."""
    return user.leads or user.has(Role.LEGAL)


def says_why(issue: ScopingIssue, user: User) -> bool:
    """Leads give a reason when they work in a draft that is another's."""
    return user.leads and issue.engagement_manager_id != user.pk


def stamps(user: User) -> bool:
    """Legal alone stamps what may be signed."""
    return user.has(Role.LEGAL)


def voids_stamp(issue: ScopingIssue, user: User) -> bool:
    """Legal takes its stamp back, and so do the EM and the leads, each with a reason."""
    return works_issue(issue, user) or user.has(Role.LEGAL)


def reads_library(user: User) -> bool:
    """Those who read the catalogue, and legal."""
    return reads_catalogue(user) or user.has(Role.LEGAL)


def keeps_library(user: User) -> bool:
    """Practice owns the clauses as it owns the catalogue."""
    return keeps_catalogue(user)


def routes_ours(issue: ScopingIssue, user: User) -> bool:
    """Its EM and the leads bring the stamped SOW to our signatories (domain.md Q-04)."""
    return works_issue(issue, user)


def routes_customer(issue: ScopingIssue, user: User) -> bool:
    """Who speaks with the customer as agreed for this deal brings it to them, or a lead."""
    if user.leads:
        return True
    if issue.communication_owner in SPEAK_THEMSELVES and on_account_team(issue, user):
        return True
    return issue.communication_owner != "account_team" and works_issue(issue, user)


def minds_signing(issue: ScopingIssue, user: User) -> bool:
    """Either of them notes what was signed elsewhere."""
    return routes_ours(issue, user) or routes_customer(issue, user)
