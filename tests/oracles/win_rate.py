"""Win rates of closed deals once more: one deal at a time, in fractions, from plain tuples."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

Deal = tuple[str, str, Fraction | None]


def rates(deals: Iterable[Deal]) -> dict[str, dict[str, Any]]:
    """For each key: won, lost, the rate to six places, and what was won. A deal is (key, how, value)."""
    found: dict[str, dict[str, Any]] = {}
    for key, how, value in deals:
        if how not in ("won", "lost"):
            continue
        row = found.setdefault(key, {"won": 0, "lost": 0, "value": Fraction(0)})
        row[how] += 1
        if how == "won" and value is not None:
            row["value"] += value
    for row in found.values():
        row["win_rate"] = round(float(Fraction(row["won"], row["won"] + row["lost"])), 6)
    return found


def rows_behind(deals: Iterable[tuple[str, str, bool]], key: str, how: str) -> int:
    """How many rows one number has. A deal is (key, how, deleted)."""
    return sum(1 for deal in deals if deal == (key, how, False))
