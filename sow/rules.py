"""Who may do what with statements of work and the clause library. Plain predicates.

Source: the matrix of promises.md §5, kept for the tests in tests/permissions.csv.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emdesk.people.models import Role, User
from scoping.rules import (
    SPEAK_THEMSELVES,
    books_deals,
    delivers,
    keeps_catalogue,
    on_account_team,
    reads_catalogue,
    routes_signature,
    sees_every_issue,
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


def redlines(issue: ScopingIssue, user: User) -> bool:
    """Who edits takes a Word file back, and the account's own team, who deals with the customer."""
    return edits(issue, user) or on_account_team(issue, user)


def sends_review(issue: ScopingIssue, user: User) -> bool:
    """The deal's communication owner, EM or account team, sends it to the customer."""
    return delivers(issue, user)


def gives_pen(issue: ScopingIssue, user: User, side: str) -> bool:
    """Its EM and the leads; who sends the customer a version leaves the pen with them."""
    return works_issue(issue, user) or (side == "customer" and sends_review(issue, user))


def works_legal_case(issue: ScopingIssue, user: User) -> bool:
    """Its EM opens it and coordinates, or the account's own team; legal works in it."""
    return notes_agreement(issue, user) or user.has(Role.LEGAL)


def orders_change(issue: ScopingIssue, user: User) -> bool:
    """Its EM and the leads begin a change order; the project manager of the issue proposes one."""
    return works_issue(issue, user) or accepts_handoff(issue, user)


def works_at_risk(issue: ScopingIssue, user: User) -> bool:
    """Its EM, a lead, or the delivery or project manager named on it asks, and notes what is done
    (domain.md Q-26)."""
    if works_issue(issue, user) or accepts_handoff(issue, user):
        return True
    return user.has(Role.DELIVERY_MANAGER) and issue.delivery_manager_id == user.pk


def prepares_booking(issue: ScopingIssue, user: User) -> bool:
    """Its EM brings the package together; the deal desk adds what it is sent."""
    return works_issue(issue, user) or books_deals(user)


def notes_signature(issue: ScopingIssue, user: User) -> bool:
    """Who routes the signatures notes them, and the deal desk, which gets the executed copy."""
    return routes_signature(issue, user) or books_deals(user)


def decides_finance(issue: ScopingIssue, user: User) -> bool:
    """Revenue decides for finance; never of a deal of one's own."""
    return user.has(Role.REVENUE) and issue.engagement_manager_id != user.pk


def books(issue: ScopingIssue, user: User) -> bool:
    """Closed won is the deal desk's word alone."""
    return books_deals(user)


def writes_handoff(issue: ScopingIssue, user: User) -> bool:
    """Readiness and what goes with an engagement are its own EM's, and the leads'."""
    return works_issue(issue, user)


def accepts_handoff(issue: ScopingIssue, user: User) -> bool:
    """The project manager named on the issue takes it on."""
    return user.has(Role.PROJECT_MANAGER) and issue.project_manager_id == user.pk


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


def meets_statements(user: User) -> bool:
    """Who sees some: those who see every issue, and those who are named on one."""
    named = (
        *(Role.ACCOUNT_TEAM, Role.TECHNICAL_ARCHITECT, Role.DELIVERY_MANAGER),
        *(Role.PROJECT_MANAGER, Role.SIGNATORY),
    )
    return sees_every_issue(user) or user.has(*named)


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
