"""Who may do what with the forecast. Plain predicates.

Source: the row “forecast, win rate” of promises.md §5; domain.md §3.2: an engagement manager
submits their own, those who lead roll up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emdesk.people.models import Role, User
from scoping.rules import (
    ALL_ISSUES,
    COST_OF_ALL,
    FIGURES,
    reads_deals,
    reads_whole_win_rate,
    sees_cost,
)

if TYPE_CHECKING:
    from forecasting.models import Decision

HEARERS = tuple(role for role in FIGURES if role in ALL_ISSUES)


def reads_calls(user: User) -> bool:
    """What was called and planned is for those who read everybody's figures."""
    return reads_whole_win_rate(user)


def calls(user: User, em: User | None) -> bool:
    """An engagement manager says their own call, and nobody another's."""
    return em is not None and em == user and user.has(Role.EM)


def leads_calls(user: User) -> bool:
    """Leads say their own line beside it, and reopen what is locked."""
    return user.leads


def keeps_plans(user: User) -> bool:
    """Plans are agreed by the leads with PS leadership (domain.md §3.1, §13)."""
    return user.leads or user.has(Role.PS_LEADERSHIP)


def sees_forecast_calls(user: User) -> bool:
    """The call goes deal by deal: for those who read everybody's figures and the deals behind."""
    return reads_calls(user) and reads_deals(user)


def leads_forecast_calls(user: User) -> bool:
    """Leads begin the call, keep its decisions and end it."""
    return user.leads


def keeps_decision(decision: Decision, user: User) -> bool:
    """Whose it is says that it is done, and so may a lead."""
    return user.leads or decision.owner_id == user.pk


def freezes_quarters(user: User) -> bool:
    """PS leadership and the leads close a quarter, as they agree its plans."""
    return keeps_plans(user)


def sees_every_margin(user: User) -> bool:
    """A margin is a cost: everybody's is for those who answer for the cost of every deal."""
    return reads_calls(user) and sees_cost(user) and user.has(*COST_OF_ALL)


def sees_own_margin(user: User) -> bool:
    """An engagement manager sees the cost of their own deals, and so that margin."""
    return reads_calls(user) and sees_cost(user) and user.has(Role.EM)
