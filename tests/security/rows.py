"""Every stored row, to be compared: what did a request change, and what did it leave alone."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

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
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        )
        found = dict(cursor.fetchall())
    return {table: found[table] for table in tables()}


def all_rows() -> set[tuple[str, str]]:
    """Each row as text, without moments, hashes, random places and the numbers of mails."""
    found = _asked("SELECT '{0}', t::text FROM {0} t")
    return {(table, DIFFERENT_EVERY_TIME.sub("~", row)) for table, row in found}


def sequences() -> list[tuple[str, int | None]]:
    """Where each table's numbers stand; :func:`restart` makes the next rows get the same ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename),"
            " last_value FROM pg_sequences WHERE schemaname = 'public'"
        )
        return cursor.fetchall()


def restart(at: list[tuple[str, int | None]]) -> None:
    with connection.cursor() as cursor:
        for name, value in at:
            cursor.execute("SELECT setval(%s, %s, %s)", [name, value or 1, value is not None])


def _asked(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(sql.format(table) for table in tables()))
        return cursor.fetchall()
