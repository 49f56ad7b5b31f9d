"""Bringing an old board over: how fast, whether it slows down, and what it holds meanwhile."""

from __future__ import annotations

from typing import Any

from bench.desks import EmptyDesk, empty_desk
from bench.figures import Figure
from bench.tracker import export

FEW, MANY = 2_000, 10_000
BATCHES = MANY // 1_000


def importing() -> list[Figure]:
    with empty_desk("import") as desk:
        few, many = (_taken_in(desk, issues) for issues in (FEW, MANY))
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


def _taken_in(desk: EmptyDesk, issues: int) -> dict[str, Any]:
    """One export taken into a desk that was empty before."""
    file = export(desk.servers.var / f"{issues}.csv", issues)
    found: dict[str, Any] = desk.told_by("bench.taking_in", str(file))
    assert found["issues"] == issues  # noqa: S101
    return found
