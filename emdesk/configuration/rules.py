"""Who may change what is set. Everyone signed in may read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

CHANGERS = frozenset({"em_lead", "director", "admin"})


class HasRoles(Protocol):
    """What this package knows of a user, who belongs to a package above."""

    @property
    def roles(self) -> Iterable[str]: ...


def may_change(user: HasRoles) -> bool:
    return not CHANGERS.isdisjoint(user.roles)
