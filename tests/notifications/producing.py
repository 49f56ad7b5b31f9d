"""Somebody at work without a pause: ``python -m tests.notifications.producing``, until it is ended."""

from __future__ import annotations

import time

import django

django.setup()

from django.db import DatabaseError, InterfaceError, close_old_connections  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from emdesk.ledger.recording import record  # noqa: E402
from scoping.models import ScopingIssue  # noqa: E402


def work() -> None:
    """One answer after the other; what is refused because the database is away is not made up."""
    while True:
        try:
            issue = ScopingIssue.objects.get()
            record(issue, "scoping.answered", by=None, at=now(), question="Why?", text="So")
        except (DatabaseError, InterfaceError):
            close_old_connections()
            time.sleep(0.2)
        time.sleep(0.05)


if __name__ == "__main__":
    work()
