"""How far a rate can be trusted is what statisticians' own library says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from scoping.interval import wilson
from scoping.win_rate import Tally


@given(st.integers(1, 60_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_is_wilsons(counts: tuple[int, int]) -> None:
    some, of = counts
    ours = wilson(some, of)
    theirs = binomtest(some, of).proportion_ci(0.95, method="wilson")

    assert ours is not None
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert 0 <= ours.low <= some / of + 1e-12
    assert some / of - 1e-12 <= ours.high <= 1


def test_of_nothing_there_is_no_interval() -> None:
    assert wilson(0, 0) is None


def test_fewer_than_ten_are_few() -> None:
    counts = [(0, 0), (4, 5), (5, 5), (0, 10)]
    assert [Tally("", won, lost).few for won, lost in counts] == [True, True, False, False]
