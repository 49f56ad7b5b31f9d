from __future__ import annotations

from decimal import Decimal

import pytest

from scoping.estimating.ranges import Guess, Range, range_of
from tests.oracles.estimate import simulated

D = Decimal
GUESSES = [
    *((D(8), D(16), D(40)), (D(4), D(6), D(8)), (D(10), D(12), D(60)), (D(20), D(24), D(30))),
    *((D(2), D(8), D(9)), (D(16), D(20), D(48)), (D(5), D(5), D(5)), (D(30), D(36), D(80))),
]


def test_hours_without_a_range_are_certain() -> None:
    assert range_of([Guess(D(8), D(8), D(8)), Guess(D(4), D(4), D(4))]) == Range(D(12), D(12))


def test_nothing_takes_no_time() -> None:
    assert range_of([]) == Range(D(0), D(0))


def test_one_line_by_hand() -> None:
    """Mean (10 + 80 + 60) / 6 = 25, variance 15 × 35 / 7 = 75, P80 25 + 0.8416 × 8.660."""
    assert range_of([Guess(D(10), D(20), D(60))]) == Range(D("25.0"), D("32.3"))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_closed_form_is_near_what_drawing_finds(seed: int) -> None:
    p50, p80 = simulated(GUESSES, runs=8_000, seed=seed)
    found = range_of(Guess(*each) for each in GUESSES)
    assert float(found.p50) == pytest.approx(p50, rel=0.02)
    assert float(found.p80) == pytest.approx(p80, rel=0.02)
