"""Engagement managers named by a file: found by handle or name, else remembered without access.

Whoever once worked a deal stays named on it. They come in switched off and without a password;
an administrator who gives them their address lets them in.
"""

from __future__ import annotations

import re
from datetime import datetime

from emdesk.people.models import Role, User
from scoping.imports import values

NOBODY = {"ghost"}  # what the tracker calls people who left it
ADDRESS = "{handle}@imported.invalid"


class People:
    """Everybody here, by the handle before the @ of their address and by name."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._by_handle: dict[str, User] = {}
        self._by_name: dict[str, User] = {}
        for user in User.objects.order_by("is_active", "-pk"):
            self._remember(user)

    def known(self, handle: str, name: str = "") -> User | None:
        found = self._by_handle.get(handle.strip().casefold()) if handle else None
        return found or self._by_name.get(values.key(name) or "-")

    def manager(self, handle: str, name: str) -> User | None:
        """The engagement manager of this handle or name; None when there is no such person."""
        if handle.strip().casefold() in NOBODY or not (handle.strip() or name.strip()):
            return None
        return self.known(handle, name) or self._brought_in(handle, name)

    def _brought_in(self, handle: str, name: str) -> User:
        handle = re.sub(r"[^a-z0-9]+", ".", (handle or name).casefold()).strip(".") or "unnamed"
        user = self._by_handle.get(handle) or User.objects.enrol(
            ADDRESS.format(handle=handle[:60]),
            by=None,
            at=self._at,
            name=(name or handle)[:120],
            roles=[Role.EM],
            is_active=False,
        )
        self._remember(user)
        return user

    def _remember(self, user: User) -> None:
        self._by_handle[user.email.partition("@")[0]] = user
        self._by_name[values.key(user.name)] = user
