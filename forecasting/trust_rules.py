"""Who sees how good the colours have been. Plain predicates.

Source: peers.md §4.2; promises.md §5, “forecast, win rate”: an engagement manager's own is theirs
alone, those who lead see many together and never one.
"""

from __future__ import annotations

from emdesk.people.models import Role, User


def reads_own_trust(user: User) -> bool:
    """Nobody but the engagement manager themselves: no page and no address names another."""
    return user.has(Role.EM)


def reads_team_trust(user: User) -> bool:
    return user.leads or user.has(Role.PS_LEADERSHIP)


def reads_trust(user: User) -> bool:
    return reads_own_trust(user) or reads_team_trust(user)
