"""The board's cursor is the database server's oldest open transaction, also another test's."""

from __future__ import annotations

import time

from django.db.models import Max

from scoping import board
from scoping.models import ScopingIssue

PATIENCE = 60


def settled_cursor() -> int:
    """A cursor above everything written so far, as soon as nobody holds an older transaction."""
    written = ScopingIssue.objects.aggregate(last=Max("changed_in"))["last"] or 0
    deadline = time.monotonic() + PATIENCE
    while (cursor := board.cursor_now()) <= written:
        assert time.monotonic() < deadline, "somebody holds a transaction open"
        time.sleep(0.02)
    return cursor
