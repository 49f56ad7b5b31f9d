"""Why something cannot be done with a request now; the text names what would make it possible."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied


class Refused(Exception):
    """It is not possible as things stand."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Overtaken(Refused):
    """Somebody else was first, or the document was replaced meanwhile. Nothing was changed."""


class NotAllowed(Refused, PermissionDenied):
    """Somebody else may do this."""
