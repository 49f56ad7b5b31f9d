"""Fiscal quarters of moments once more, by the clock on the wall: no month is ever divided.

The year runs from 1 February to 31 January and is named for the year it ends in.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

STARTS = {2: "Q1", 5: "Q2", 8: "Q3", 11: "Q4"}


def first_moments(zone: str, years: range) -> list[tuple[datetime, str]]:
    """Every midnight at which a quarter starts in this zone, with the quarter's label."""
    found = []
    for year in years:
        for month, number in STARTS.items():
            midnight = datetime(year, month, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
            found.append((midnight, f"{number}{year + 1 - 2000:02}"))
    return sorted(found)


def label_at(moment: datetime, zone: str) -> str:
    """The label of the quarter that had begun last when this moment came."""
    year = moment.year
    begun = [
        label for start, label in first_moments(zone, range(year - 1, year + 2)) if start <= moment
    ]
    return begun[-1]
