"""A cursor of one's own: the board's is the server's oldest open transaction, also another test's."""

from __future__ import annotations

from django.db import connection


def next_transaction() -> int:
    """A number above that of everything written so far, whoever else is still writing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])
