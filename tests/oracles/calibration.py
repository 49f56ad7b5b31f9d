"""How good the colours have been, once more: day by day, one deal at a time (peers.md §4.2).

A deal is a list of (day, colour, close date) as it said from each day on, the day it closed, on
which date, and whether it was won.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.oracles.fiscal import label_of

ONE = timedelta(days=1)


def said_on(deal: dict[str, Any], day: date) -> tuple[str, date | None] | None:
    """Its colour and close date at the end of a day; nothing before it was known."""
    found = None
    for since, colour, closes in deal["said"]:
        if since <= day:
            found = colour, closes
    return found


def foretold(deal: dict[str, Any]) -> dict[int, tuple[str, bool, bool]]:
    """By weeks before the close date of then: colour, won in time, won at all."""
    found: dict[int, tuple[str, bool, bool]] = {}
    day = deal["said"][0][0]
    while day < deal["ended"]:
        colour, closes = said_on(deal, day) or ("", None)
        if closes is not None and closes > day:
            weeks = ((closes - day).days + 6) // 7
            if weeks <= 12 and weeks not in found:
                found[weeks] = colour, _in_time(deal, closes), deal["won"]
        day += ONE
    return found


def _in_time(deal: dict[str, Any], closes: date) -> bool:
    """Won by the end of the quarter that date lay in; fiscal years begin in February."""
    if not deal["won"]:
        return False
    return deal["closed_on"] <= closes or label_of(deal["closed_on"], 2) == label_of(closes, 2)
