"""How sure an estimate is: P50 and P80 of its delivery hours from three-point lines.

Method: each line with a low and a high is a beta-PERT distribution (weight 4 on the likely value),
so its mean is (low + 4 likely + high) / 6 and its variance (mean - low)(high - mean) / 7. The lines
are taken as independent, their sum as normal: P50 is the sum of the means, P80 lies 0.8416 standard
deviations above it. A line without a range is exactly its hours. No chance is drawn, so the same
lines always give the same figures. Project management, contingency and optional lines stay out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

EIGHTY = Decimal("0.8416212336")  # the normal distribution's quantile of 80 %
TENTH, ZERO = Decimal("0.1"), Decimal(0)
METHOD = (
    "Each line's low, likely and high hours as a beta-PERT distribution, lines independent, "
    "their sum as normal. Without project management, contingency and optional lines."
)


@dataclass(frozen=True)
class Guess:
    """Three-point hours, low ≤ likely ≤ high."""

    low: Decimal
    likely: Decimal
    high: Decimal

    @property
    def moments(self) -> tuple[Decimal, Decimal]:
        """Mean and variance."""
        mean = (self.low + 4 * self.likely + self.high) / 6
        return mean, (mean - self.low) * (self.high - mean) / 7


@dataclass(frozen=True)
class Range:
    """Hours that half, and that four of five such engagements stay within."""

    p50: Decimal
    p80: Decimal


def range_of(guesses: Iterable[Guess], certain: Decimal = ZERO) -> Range:
    """``certain`` is the sum of the hours that have no range."""
    mean, variance = certain, ZERO
    for guess in guesses:
        likely, spread = guess.moments
        mean += likely
        variance += spread
    return Range(_tenths(mean), _tenths(mean + EIGHTY * variance.sqrt()))


def _tenths(hours: Decimal) -> Decimal:
    return hours.quantize(TENTH, ROUND_HALF_UP)
