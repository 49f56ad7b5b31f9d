"""Who may do what: tests/permissions.csv, read."""

from __future__ import annotations

import csv
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "permissions.csv"
WORDS = {"yes", "no", "hidden", "login"}
ANONYMOUS = "anonymous"


def rows() -> list[dict[str, str]]:
    with FILE.open(newline="") as file:
        return list(csv.DictReader(file))


def _cells(row: dict[str, str]) -> dict[str, str]:
    return {name: word for name, word in row.items() if name not in ("act", "row of the matrix")}


MATRIX = {row["act"]: _cells(row) for row in rows()}
ROLES = list(next(iter(MATRIX.values())))
SIGNED_IN = [role for role in ROLES if role != ANONYMOUS]


def those(act: str, *words: str) -> list[str]:
    """The columns in which an act has one of these words."""
    return [role for role, word in MATRIX[act].items() if word in words]
