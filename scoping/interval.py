"""How far a share of few can be trusted: Wilson's interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
FEW = 10  # shares of fewer than these say next to nothing


@dataclass(frozen=True)
class Interval:
    """From where to where a share lies with 95 % confidence, 0 to 1."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:.0%} to {self.high:.0%}"


def wilson(some: int, of: int) -> Interval | None:
    """Of nothing there is no share.

    Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927), the score interval without continuity
    correction.
    """
    if not of:
        return None
    share, spread = some / of, Z * Z / of
    middle = share + spread / 2
    half = Z * sqrt(share * (1 - share) / of + spread / (4 * of))
    return Interval(
        max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))
    )
