"""Bringing an old board over: how fast, whether it slows down, and what it holds meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2

from bench.desks import run
from bench.figures import Figure
from bench.tracker import export
from emdesk import embedded

FEW, MANY = 2_000, 10_000
BATCHES = MANY // 1_000


def importing() -> list[Figure]:
    with _servers() as servers:
        few, many = (_taken_in(servers, issues) for issues in (FEW, MANY))
    pace = [
        later - sooner for sooner, later in zip(many["written"], many["written"][1:], strict=False)
    ]
    return [
        Figure(
            f"import of {MANY:,} issues with ledger",
            MANY / many["took"],
            2_000,
            "issues/s",
            at_least=True,
        ),
        Figure(
            "its rate at the end : at the start",
            sum(pace[:3]) / sum(pace[-4:-1]),
            0.8,
            at_least=True,
        ),
        Figure(f"memory, {MANY:,} issues : {FEW:,}", many["held"] / few["held"], 1.3),
        Figure("memory at its most", many["held"], 300, "MiB"),
    ]


@contextmanager
def _servers() -> Iterator[embedded.Servers]:
    servers = embedded.Servers(embedded.var_folder() / "bench" / "import")
    servers.join()
    try:
        yield servers
    finally:
        servers.leave()


def _taken_in(servers: embedded.Servers, issues: int) -> dict[str, Any]:
    """One export taken into a desk that was empty before."""
    _begin_anew(servers)
    environment = {
        "EMDESK_VAR": str(servers.var),
        "DJANGO_SETTINGS_MODULE": "emdesk.settings",
    }
    run("manage.py", "migrate", "--verbosity=0", **environment)
    file = export(servers.var / f"{issues}.csv", issues)
    found: dict[str, Any] = json.loads(run("-m", "bench.taking_in", str(file), **environment))
    assert found["issues"] == issues  # noqa: S101
    return found


def _begin_anew(servers: embedded.Servers) -> None:
    line = psycopg2.connect(servers.database_url.replace("/emdesk?", "/postgres?"))
    line.autocommit = True
    line.cursor().execute("DROP DATABASE IF EXISTS emdesk")
    line.cursor().execute("CREATE DATABASE emdesk")
    line.close()
