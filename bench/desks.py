"""The desks that are measured: the demo with so many live issues, each on servers of its own.

They stay under ``var/bench`` for the next run. Each is brought up to date, nothing else is.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg2

from emdesk import embedded

PROJECT = Path(__file__).resolve().parent.parent
WHO = "EM lead"


@dataclass(frozen=True)
class Desk:
    """The demo with ``issues`` live issues."""

    issues: int
    servers: embedded.Servers

    @property
    def local(self) -> dict[str, str]:
        """The environment of a desk on one machine."""
        return {"PATH": os.environ["PATH"], "EMDESK_VAR": str(self.servers.var)}

    @property
    def production(self) -> dict[str, str]:
        """The environment of a production, on the same database."""
        return self.local | {
            "DATABASE_URL": self.servers.database_url,
            "REDIS_URL": self.servers.redis_url,
            "SECRET_KEY": "a key for measuring on loopback, where it guards nothing",
            "ALLOWED_HOSTS": "127.0.0.1",
        }

    def prepare(self) -> None:
        self._manage("migrate", "--verbosity=0")
        self._manage("demo", f"--issues={self.issues}")
        self._tidy()
        run("manage.py", "collectstatic", "--no-input", "--verbosity=0", **self.production)

    def _tidy(self) -> None:
        """What autovacuum does within a minute, on a server that was up for less."""
        line = psycopg2.connect(self.servers.database_url)
        line.autocommit = True
        line.cursor().execute("VACUUM (ANALYZE)")
        line.close()

    @cached_property
    def login(self) -> tuple[str, str]:
        """E-mail and password of a lead, whose board shows the team's issues."""
        found = re.search(rf"^{WHO}\s.*?(\S+@\S+)\s+(\S+)$", self._manage("demo", "--logins"), re.M)
        if not found:
            sys.exit(f"bench: no {WHO} can sign in to the demo.")
        return found[1], found[2]

    def _manage(self, *words: str) -> str:
        return run("manage.py", *words, **self.local)


def run(*words: str, **environment: str) -> str:
    """A Python program of this project, run to its end."""
    ended = subprocess.run(
        [sys.executable, *words], cwd=PROJECT, env=environment, text=True, capture_output=True
    )
    if ended.returncode:
        sys.exit(f"bench: {' '.join(words)} failed.\n{ended.stdout}{ended.stderr}")
    return ended.stdout


@contextmanager
def desk_of(issues: int) -> Iterator[Desk]:
    """A desk with so many live issues, its servers running."""
    servers = embedded.Servers(embedded.var_folder() / "bench" / str(issues))
    servers.join()
    try:
        desk = Desk(issues, servers)
        desk.prepare()
        yield desk
    finally:
        servers.leave()


@dataclass(frozen=True)
class EmptyDesk:
    """A desk without a row of its own, for what fills it itself."""

    servers: embedded.Servers

    @property
    def environment(self) -> dict[str, str]:
        return {"EMDESK_VAR": str(self.servers.var), "DJANGO_SETTINGS_MODULE": "emdesk.settings"}

    def begin_anew(self) -> None:
        line = psycopg2.connect(self.servers.database_url.replace("/emdesk?", "/postgres?"))
        line.autocommit = True
        line.cursor().execute("DROP DATABASE IF EXISTS emdesk")
        line.cursor().execute("CREATE DATABASE emdesk")
        line.close()
        run("manage.py", "migrate", "--verbosity=0", **self.environment)

    def told_by(self, *words: str) -> Any:
        """What a program prints as JSON that works on a desk begun anew."""
        self.begin_anew()
        return json.loads(run("-m", *words, **self.environment))


@contextmanager
def empty_desk(name: str) -> Iterator[EmptyDesk]:
    servers = embedded.Servers(embedded.var_folder() / "bench" / name)
    servers.join()
    try:
        yield EmptyDesk(servers)
    finally:
        servers.leave()
