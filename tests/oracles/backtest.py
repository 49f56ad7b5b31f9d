"""Error and bias of forecasts, once more, one snapshot and one deal at a time (peers.md §2.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

RANKS = ("closed", "commit", "best_case", "pipeline")
Span = tuple[date, date]


def missed(
    snapshots: Sequence[Mapping[str, Any]],
    won: Iterable[Mapping[str, Any]],
    quarters: Mapping[str, Span],
    measure: str,
    em: int | None = None,
) -> dict[int, tuple[int, Fraction, Fraction]]:
    """By week before the end: over how many quarters, mean error and mean bias, of the result.

    A snapshot is on, em, category, closes, worth; a deal won is closed, em, worth. The snapshot
    of week n is the last that is more than n - 1 weeks before the last day, and n at most.
    """
    parts: dict[int, list[Fraction]] = {}
    deals = list(won)
    days = {each["on"] for each in snapshots}
    for first, last in quarters.values():
        result = sum(
            (
                Fraction(d["worth"] or 0)
                for d in deals
                if first <= d["closed"] <= last and em in (None, d["em"])
            ),
            Fraction(0),
        )
        if not result:
            continue
        for week in range(1, 13):
            those = [day for day in days if 7 * (week - 1) < (last - day).days <= 7 * week]
            if not those:
                continue
            forecast = sum(
                (
                    Fraction(each["worth"] or 0)
                    for each in snapshots
                    if each["on"] == max(those)
                    and each["closes"] is not None
                    and first <= each["closes"] <= last
                    and each["category"] in RANKS[: RANKS.index(measure) + 1]
                    and em in (None, each["em"])
                ),
                Fraction(0),
            )
            parts.setdefault(week, []).append((forecast - result) / result)
    return {
        week: (
            len(each),
            sum(map(abs, each), Fraction(0)) / len(each),
            sum(each, Fraction(0)) / len(each),
        )
        for week, each in parts.items()
    }
