"""Rows as they are, past the machine and the ledger: figures are the same however they came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.transaction import atomic


@contextmanager
def past_the_door() -> Iterator[None]:
    """Within it no trigger asks how a row came to be what it is."""
    with atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
