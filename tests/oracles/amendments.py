"""Corrections of a frozen quarter from plain states: what each changed of the win rate.

Source: domain.md §10.6; peers.md §4.13. A quarter that is frozen keeps its figures; whatever
counts otherwise later is a correction of its own, in the order in which it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

Standing = tuple[str, str]  # outcome, quarter
Step = tuple[int, Standing]  # which issue, how it stands from then on
Correction = tuple[int, str, str, Fraction | None, Fraction | None]


def corrections(
    frozen: dict[int, Standing], steps: Iterable[Step], quarter: str
) -> Sequence[Correction]:
    """Issue, outcome before and after, win rate before and after; of all issues at each step."""
    standings, found = dict(frozen), []
    for issue, standing in steps:
        was, before = _counts(standings.get(issue, ("", "")), quarter), rate(standings, quarter)
        standings[issue] = standing
        now = _counts(standing, quarter)
        if was != now:
            found.append((issue, was, now, before, rate(standings, quarter)))
    return found


def rate(standings: dict[int, Standing], quarter: str) -> Fraction | None:
    ends = [_counts(each, quarter) for each in standings.values()]
    won, lost = ends.count("won"), ends.count("lost")
    return Fraction(won, won + lost) if won + lost else None


def _counts(standing: Standing, quarter: str) -> str:
    return standing[0] if standing[1] == quarter else ""
