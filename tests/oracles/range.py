"""Every way a handful of deals can turn out, each with its probability (exact enumeration)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product


def distribution(bets: Sequence[tuple[float, float]], closed: float) -> dict[float, float]:
    """Of deals as worth and chance: how likely each total is."""
    found: dict[float, float] = {}
    for ends in product((False, True), repeat=len(bets)):
        total, likely = closed, 1.0
        for (worth, chance), won in zip(bets, ends, strict=True):
            total += worth * won
            likely *= chance if won else 1 - chance
        found[total] = found.get(total, 0) + likely
    return found


def at_most(found: dict[float, float], total: float) -> float:
    return sum(likely for each, likely in found.items() if each <= total)
