"""Who may do what with a scoping issue. Plain predicates: (issue, user) -> bool.

Source: the matrix of promises.md §5, kept for the tests in tests/permissions.csv.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from emdesk.people.models import Role, User

if TYPE_CHECKING:
    from scoping.models import Opportunity, SavedView, ScopingIssue

SPEAK_THEMSELVES = ("account_team", "shared")
READERS = (Role.EM, Role.EM_LEAD, Role.DIRECTOR, Role.PS_LEADERSHIP, Role.REVENUE, Role.LEGAL)
ALL_ISSUES = (*READERS, Role.DEAL_DESK, Role.PRACTICE_MANAGER, Role.VIEWER)
FIGURES = (
    *(Role.EM, Role.EM_LEAD, Role.DIRECTOR, Role.PS_LEADERSHIP, Role.REVENUE, Role.SIGNATORY),
    *(Role.DEAL_DESK, Role.VIEWER),
)
CATALOGUE_READERS = (
    *(Role.EM, Role.EM_LEAD, Role.DIRECTOR, Role.TECHNICAL_ARCHITECT, Role.DELIVERY_MANAGER),
    *(Role.PS_LEADERSHIP, Role.REVENUE, Role.PRACTICE_MANAGER, Role.VIEWER),
)
COST_OF_ALL = (Role.EM_LEAD, Role.DIRECTOR, Role.PS_LEADERSHIP, Role.REVENUE, Role.SIGNATORY)
COST_OF_OWN = (Role.EM, Role.TECHNICAL_ARCHITECT, Role.DELIVERY_MANAGER)
APPROVERS = (Role.TECHNICAL_ARCHITECT, Role.DELIVERY_MANAGER, Role.PS_LEADERSHIP, Role.REVENUE)
EXPORTERS = (
    *(Role.EM, Role.ACCOUNT_TEAM, Role.PS_LEADERSHIP, Role.REVENUE, Role.SIGNATORY),
    *(Role.DEAL_DESK, Role.PROJECT_MANAGER),
)


def sees_every_issue(user: User) -> bool:
    return user.has(*ALL_ISSUES)


def exports(user: User) -> bool:
    """Whoever may take the rows they see away in a file."""
    return user.leads or user.has(*EXPORTERS)


def acts_in_bulk(user: User) -> bool:
    """Whoever may move, assign or label anything; each issue is judged by itself."""
    return user.leads or user.has(Role.EM, Role.PS_LEADERSHIP)


def triages(issue: ScopingIssue, user: User) -> bool:
    """Any engagement manager may triage, label and assign."""
    return user.leads or user.has(Role.EM)


def sees_triage(user: User) -> bool:
    """The queue of new issues is for those who give verdicts on them."""
    return user.leads or user.has(Role.EM)


def works_issue(issue: ScopingIssue, user: User) -> bool:
    """The issue's own EM, a lead, and any EM while nobody has it."""
    if user.leads:
        return True
    return user.has(Role.EM) and issue.engagement_manager_id in {None, user.pk}


def delivers(issue: ScopingIssue, user: User) -> bool:
    """Who brings estimate and draft to the customer: the EM, or who speaks with them as agreed."""
    if works_issue(issue, user):
        return True
    return issue.communication_owner in SPEAK_THEMSELVES and on_account_team(issue, user)


def routes_signature(issue: ScopingIssue, user: User) -> bool:
    """The EM or the account's own team routes the stamped SOW to the customer."""
    return works_issue(issue, user) or on_account_team(issue, user)


def pauses_clocks(issue: ScopingIssue, user: User) -> bool:
    """Its own EM, who says why, and the leads."""
    return closes(issue, user)


def finishes_leg(*roles: Role) -> Callable[[ScopingIssue, User], bool]:
    """Who holds a step of the stamped SOW notes that it is done, or the EM for them."""
    return lambda issue, user: user.has(*roles) or works_issue(issue, user)


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
    """The architect, delivery manager or project manager named on the issue, or who asked."""
    named = {issue.technical_architect_id, issue.delivery_manager_id, issue.project_manager_id}
    return user.pk in named or (
        user.has(Role.TECHNICAL_ARCHITECT) and issue.requester_id == user.pk
    )


def answers(issue: ScopingIssue, user: User) -> bool:
    """Customer information comes from whoever may comment."""
    return comments(issue, user)


def comments(issue: ScopingIssue, user: User) -> bool:
    if triages(issue, user) or on_account_team(issue, user) or assists(issue, user):
        return True
    return user.has(Role.PS_LEADERSHIP, Role.REVENUE, Role.LEGAL, Role.DEAL_DESK)


def shares_views(user: User) -> bool:
    """Engagement managers and their leads name views for the whole team."""
    return user.leads or user.has(Role.EM)


def changes_view(view: SavedView, user: User) -> bool:
    """Its owner and, once the team has it, the leads."""
    return view.owner_id == user.pk or (view.team and user.leads)


def sees_quiet(user: User) -> bool:
    """What the two-months rule would do: engagement managers with their own, leads with all."""
    return user.leads or user.has(Role.EM)


def sees_load(user: User) -> bool:
    """How much everybody has on their desk is for those who distribute it."""
    return user.leads


def requests_services(user: User) -> bool:
    """The account team and architects ask for themselves, the desk for somebody else."""
    return raises_issues(user) or user.has(Role.ACCOUNT_TEAM, Role.TECHNICAL_ARCHITECT)


def asks_for_oneself(user: User) -> bool:
    return requests_services(user) and not raises_issues(user)


def raises_issues(user: User) -> bool:
    return user.leads or user.has(Role.EM)


def creates_deal(issue: ScopingIssue, user: User) -> bool:
    return triages(issue, user) or user.has(Role.DEAL_DESK) or on_account_team(issue, user)


def may_create_deal(user: User, *, answers: bool) -> bool:
    """The same as far as roles tell, for somebody of whom it is known whether they may answer."""
    return raises_issues(user) or (answers and user.has(Role.DEAL_DESK, Role.ACCOUNT_TEAM))


def advances_deal(deal: Opportunity, user: User) -> bool:
    """Stage, close date and amount: the account's own team until it is handed in, deal desk."""
    if user.has(Role.DEAL_DESK):
        return True
    return deal.under_way and any(on_account_team(issue, user) for issue in deal.issues.all())


def judges_deal(deal: Opportunity, user: User) -> bool:
    """Confidence and what backs it: the deal's own EM, and leads with a reason."""
    return user.leads or own_deal(deal, user)


def own_deal(deal: Opportunity, user: User) -> bool:
    if not user.has(Role.EM):
        return False
    own = {deal.engagement_manager_id, *(each.engagement_manager_id for each in deal.issues.all())}
    return user.pk in own


def books_deals(user: User) -> bool:
    """Closed won is the deal desk's word alone."""
    return user.has(Role.DEAL_DESK)


def previews_imports(user: User) -> bool:
    """Engagement managers may upload, map and check; nothing is changed by that."""
    return applies_imports(user) or user.has(Role.EM)


def applies_imports(user: User) -> bool:
    return user.leads or user.has(Role.DEAL_DESK, Role.ADMIN)


def reads_whole_win_rate(user: User) -> bool:
    return user.has(*FIGURES)


def reads_deals(user: User) -> bool:
    """The forecast's readers who see deals: the account team its own, the others every one."""
    return reads_win_rate(user) and (sees_every_issue(user) or user.has(Role.ACCOUNT_TEAM))


def reads_win_rate(user: User) -> bool:
    """Those who answer for the figures; the account team, over its own deals."""
    return reads_whole_win_rate(user) or user.has(Role.ACCOUNT_TEAM)


def reads_catalogue(user: User) -> bool:
    """Services, prices and bill rates, for those who estimate and those who judge estimates."""
    return user.has(*CATALOGUE_READERS)


def keeps_catalogue(user: User) -> bool:
    """Practice owns what is on offer: it alone edits the draft, publishes and decides proposals."""
    return user.has(Role.PRACTICE_MANAGER)


def sets_bill_rates(user: User) -> bool:
    """Practice prices; the leads agree rates for their regions."""
    return keeps_catalogue(user) or user.leads


def takes_rates_away(user: User) -> bool:
    """As files: who exports what they see, and who sets them, to bring them back."""
    return reads_catalogue(user) and (exports(user) or sets_bill_rates(user))


def proposes_to_catalogue(user: User) -> bool:
    return user.leads or user.has(Role.EM)


def reads_needs(user: User) -> bool:
    """What customers asked for: those who write it down, and Practice."""
    return keeps_catalogue(user) or proposes_to_catalogue(user)


def notes_need(issue: ScopingIssue, user: User) -> bool:
    """Whoever may comment as an engagement manager heard it."""
    return triages(issue, user)


def sees_cost(user: User) -> bool:
    """Cost and margin are one right. Whoever lacks it sees neither, of any deal."""
    return user.has(*COST_OF_ALL, *COST_OF_OWN)


def sees_cost_of(issue: ScopingIssue, user: User) -> bool:
    """Of one deal: who answers for all of them, its own EM, and the reviewers named on it."""
    if user.has(*COST_OF_ALL):
        return True
    return sees_cost(user) and (works_issue(issue, user) or assists(issue, user))


def reads_cost_rates(user: User) -> bool:
    """Standard cost is of no one deal: not for those who only review the deals they are on."""
    return user.has(*COST_OF_ALL, Role.EM)


def sets_cost_rates(user: User) -> bool:
    return user.leads


def meets_approvals(user: User) -> bool:
    """Who asks for decisions, and who is asked for them."""
    return user.leads or user.has(Role.EM, *APPROVERS, Role.SIGNATORY, Role.DEAL_DESK)


def takes_costs_away(user: User) -> bool:
    """As files: who exports what they see."""
    return reads_cost_rates(user) and exports(user)


def edits_estimate(issue: ScopingIssue, user: User) -> bool:
    """Hours and price are the issue's own EM's, and the leads'."""
    return works_issue(issue, user)


def tells_actual_hours(issue: ScopingIssue, user: User) -> bool:
    """The project manager who closes it out; its own EM and the leads, who estimate by it."""
    own = user.has(Role.PROJECT_MANAGER) and issue.project_manager_id == user.pk
    return own or closes(issue, user)


def excuses_margin(issue: ScopingIssue, user: User) -> bool:
    """A margin below the floor stands on a lead's word."""
    return user.leads


def sends_link(issue: ScopingIssue, user: User) -> bool:
    """The deal's communication owner, EM or account team, brings an estimate to the customer."""
    return delivers(issue, user)
