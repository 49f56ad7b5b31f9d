"""What a quarter stood at in each of its weeks, once more: one kept deal at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

SURER = {
    "closed": {"closed"},
    "commit": {"closed", "commit"},
    "best_case": {"closed", "commit", "best_case"},
    "pipeline": {"closed", "commit", "best_case", "pipeline"},
}


def weeks(kept: Iterable[Mapping[str, Any]], first: date, last: date, measure: str) -> Any:
    """Week to worth. Kept deals have ``on``, ``category``, ``closes`` and ``worth``."""
    kept = list(kept)
    latest: dict[int, date] = {}
    for day in sorted({deal["on"] for deal in kept}):
        if first - timedelta(days=7) <= day <= last:
            number = 0
            while first + timedelta(days=7 * number) <= day:
                number += 1
            latest[number] = day
    return {
        number: sum(
            (
                Fraction(deal["worth"] or 0)
                for deal in kept
                if deal["on"] == day
                and deal["closes"] is not None
                and first <= deal["closes"] <= last
                and deal["category"] in SURER[measure]
            ),
            Fraction(0),
        )
        for number, day in latest.items()
    }
