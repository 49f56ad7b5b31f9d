"""Who may change a promise: the leads. Everyone signed in may read it."""

from __future__ import annotations

from emdesk.people.models import User


def changes_policies(user: User) -> bool:
    return user.leads
