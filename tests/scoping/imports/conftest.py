"""The shared files with their right answers, where they are to be had."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("EMDESK_SHARED", ROOT.parent / "shared"))
Asked = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="session")
def data() -> Path:
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("The shared files are not here; EMDESK_SHARED names their folder.")
    return folder


@pytest.fixture
def reference(data: Path) -> Callable[[str], Any]:
    return lambda name: json.loads((data / "reference" / f"{name}.json").read_text())


@pytest.fixture
def asked() -> Asked:
    """What a command answers in JSON, and its exit status."""
    return ask


def ask(command: str, *arguments: Any) -> tuple[int, dict[str, Any]]:
    out, status = StringIO(), 0
    try:
        call_command(command, *map(str, arguments), "--json", stdout=out)
    except SystemExit as left:
        status = int(left.code or 0)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return status, answer


def maven_arguments(data: Path) -> list[Any]:
    """What lies beside a Maven pipeline."""
    folder = data / "crm_maven"
    return [
        *("--source", "maven", "--accounts", folder / "accounts.csv"),
        *("--products", folder / "products.csv", "--teams", folder / "sales_teams.csv"),
    ]


def expected(data: Path, file: str) -> dict[int, str]:
    """The verdict on each record of a file with quirks."""
    with (data / "quirks" / "EXPECT.csv").open(newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["file"] == file]
    return {int(row["record"]): row["expect"] for row in rows}


def verdicts(report: dict[str, Any], records: int) -> dict[int, str]:
    """The verdict a report gives on each record; what it does not name, it accepted."""
    rank = ["accept", "warn", "reject", "refuse"]
    found = dict.fromkeys(range(1, records + 1), "accept")
    for problem in report["problems"]:
        before = found.get(problem["record"], "accept")
        found[problem["record"]] = max(before, problem["verdict"], key=rank.index)
    return found


def adds_up(report: dict[str, Any]) -> bool:
    parts = ("created", "updated", "unchanged", "rejected", "blank")
    return bool(report["read"] == sum(report[part] for part in parts))
