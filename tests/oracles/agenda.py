"""What a forecast call is about, told from day to day as plain rows.

Source: the seed's weekly update of the forecast, peers.md §5.10: only deals that changed since the
last call. A deal changed when anything a forecast rests on was written anew in between, even where
it was set back later; it is the quarter's while it is dated in it, or was when the last call ended
or at any time since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

TOLD = (
    "stage",
    "close_date",
    "confidence",
    "confidence_rationale",
    "forecast_category",
    "currency",
    "engagement_manager_id",
    "deleted",
    "quoted_value",
    "services_value",
    "amount",
)
State = Mapping[str, Any]


def agenda(states: Mapping[int, Sequence[State]], first: date, last: date) -> set[int]:
    """By deal all states it was in since the last call, the first the one it ended with, the last now.

    A deal that came into being since begins with an empty state.
    """
    return {
        deal
        for deal, each in states.items()
        if not each[-1]["deleted"] and _changed(each) and _dated(each, first, last)
    }


def _changed(states: Sequence[State]) -> bool:
    return any(was.get(name) != now.get(name) for was, now in pairwise(states) for name in TOLD)


def _dated(states: Iterable[State], first: date, last: date) -> bool:
    days = [each.get("close_date") for each in states]
    return any(day is not None and first <= day <= last for day in days)
