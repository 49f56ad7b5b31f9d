"""One migrated database for a whole run: workers copy it instead of migrating one each."""

from __future__ import annotations

import fcntl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection

from emdesk.embedded import PROJECT, Servers

PREFIX = "migrated_"
OURS = ("emdesk", "scoping", "sow", "forecasting")


def template() -> str:
    """Its name; made by whoever comes first, and anew when any of our code changed."""
    name = f"{PREFIX}{_code()}"
    with (settings.VAR / "migrated.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if name not in (known := _known()):
            _make(name, instead_of=known)
    return name


def copy_to(servers: Servers, name: str) -> None:
    """Fill the empty database of other servers with what the template holds."""
    here = connection.get_connection_params()
    source = f"postgresql://{here['user']}@/{name}?host={here['host']}"
    dump, load = servers.lodging.postgres("pg_dump"), servers.lodging.postgres("psql")
    told = subprocess.run([dump, source], capture_output=True, check=True).stdout
    quietly = ("--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1")
    subprocess.run([load, *quietly, servers.database_url], input=told, check=True)


def _code() -> str:
    found = sha256()
    for path in sorted(file for folder in OURS for file in (PROJECT / folder).rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def _server() -> Iterator[Any]:
    """Beside every database of tests, where databases are made and dropped."""
    line = psycopg2.connect(**connection.get_connection_params() | {"dbname": "postgres"})
    line.autocommit = True
    try:
        with line.cursor() as cursor:
            yield cursor
    finally:
        line.close()


def _known() -> list[str]:
    with _server() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        return [name for (name,) in cursor.fetchall()]


def _make(name: str, *, instead_of: list[str]) -> None:
    """Under another name until it is whole."""
    served = connection.settings_dict["NAME"]
    draft = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = served
    with _server() as cursor:
        for old in instead_of:
            cursor.execute(f"DROP DATABASE {old}")
        cursor.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
