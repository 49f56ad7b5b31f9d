"""Every stored row, to be compared: what did a request change, and what did it leave alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.db import connection
from django.db.transaction import atomic, set_rollback

Row = tuple[str, str]  # the table, and the row as text

DIFFERENT_EVERY_TIME = re.compile(
    r"\b20[2-9]\d-\d\d-\d\d[T ][\d:.+]+|\b[0-9a-f]{64}\b|\b(?:[0-9a-f]{2}/)?[0-9a-f]{32}\b"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/sign/)[\w-]{43}(?=/)"
)


@cache
def tables() -> list[str]:
    """All but the session's own."""
    found = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return sorted(found - {"django_session"})


def written_so_far() -> dict[str, int]:
    """How many rows of each table this transaction has written, changed or deleted by now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_stat_get_xact_tuples_inserted(oid)"
            " + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid)"
            " FROM pg_class WHERE oid = ANY(%s::regclass[])",
            [tables()],
        )
        return dict(cursor.fetchall())


def rows_of(names: Iterable[str]) -> set[Row]:
    """Each row as text, without moments, hashes, random places and the numbers of mails."""
    sql = " UNION ALL ".join(f"SELECT '{name}', t::text FROM {name} t" for name in names)
    if not sql:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {(table, DIFFERENT_EVERY_TIME.sub("~", row)) for table, row in cursor.fetchall()}


@contextmanager
def taken_back() -> Iterator[list[Row]]:
    """What is done inside is undone; afterwards the list names every row that made a difference.

    Only tables that were written to are read, and the next rows get the same numbers again.
    """
    found: list[Row] = []
    numbers, before = sequences(), written_so_far()
    with atomic():
        yield found
        touched = [name for name, count in written_so_far().items() if count != before[name]]
        after = rows_of(touched)
        set_rollback(True)
    restart(numbers)
    found += sorted(after ^ rows_of(touched))


def sequences() -> dict[str, int | None]:
    """Where each table's numbers stand; :func:`restart` makes the next rows get the same ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename),"
            " last_value FROM pg_sequences WHERE schemaname = 'public'"
        )
        return dict(cursor.fetchall())


def restart(at: dict[str, int | None]) -> None:
    moved = [name for name, value in sequences().items() if value != at[name]]
    with connection.cursor() as cursor:
        for name in moved:
            value = at[name]
            cursor.execute("SELECT setval(%s, %s, %s)", [name, value or 1, value is not None])
