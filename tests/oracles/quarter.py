"""A quarter's dashboard once more: one record at a time, from domain.md §10 and plain dictionaries.

An issue has created, quarter, outcome, reason, state, ended, stays [(state, entered, left)] and
clocks [(key, started, state, due)]; a deal has stage, day, category, colour and value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from numpy import percentile

ORDER = [
    "awaiting_discovery",
    "strawman_wip",
    "estimate_feedback",
    "sow_wip",
    "ready_for_approval",
    "approved",
]
Issue = dict[str, Any]
Inside = Callable[[datetime], bool]


def usual(lengths: Iterable[timedelta], share: float) -> float | None:
    """In seconds; NumPy's own default way of reckoning a percentile."""
    seconds = [each.total_seconds() for each in lengths]
    return float(percentile(seconds, share, method="linear")) if seconds else None


def funnel(issues: Iterable[Issue], inside: Inside) -> dict[str, tuple[int, float | None]]:
    """How many of those that came in got to each step, and the median time it took, in seconds."""
    cohort = [issue for issue in issues if inside(issue["created"])]
    found: dict[str, tuple[int, float | None]] = {"": (len(cohort), None)}
    for number, state in enumerate(ORDER):
        count, took = 0, []
        for issue in cohort:
            entries = [entered for at, entered, _ in issue["stays"] if at in ORDER[number:]]
            if entries:
                took.append(min(entries) - issue["created"])
            count += bool(entries) or issue["outcome"] == "won"
        found[state] = count, usual(took, 50)
    won = [issue for issue in cohort if issue["outcome"] == "won"]
    found["won"] = len(won), usual((issue["ended"] - issue["created"] for issue in won), 50)
    return found


def stays(issues: Iterable[Issue], inside: Inside) -> dict[str, list[timedelta]]:
    """The lengths of those that ended inside, by column."""
    found: dict[str, list[timedelta]] = {}
    for issue in issues:
        for state, entered, left in issue["stays"]:
            if state != "closed" and left is not None and inside(left):
                found.setdefault(state, []).append(left - entered)
    return found


def standing(issues: Iterable[Issue], at: datetime) -> dict[str, list[timedelta]]:
    """How long what stood in each column at a moment had stood there."""
    found: dict[str, list[timedelta]] = {}
    for issue in issues:
        for state, entered, left in issue["stays"]:
            if state != "closed" and entered <= at and (left is None or left > at):
                found.setdefault(state, []).append(at - entered)
    return found


def too_long(
    now: dict[str, list[timedelta]], then: dict[str, list[timedelta]]
) -> dict[str, list[float]]:
    """By how many seconds each that stands goes beyond what 85 % of those before stayed."""
    found: dict[str, list[float]] = {}
    for state, lengths in now.items():
        if len(then.get(state, [])) >= 5:
            limit = usual(then[state], 85) or 0.0
            beyond = [length.total_seconds() - limit for length in lengths]
            found[state] = [each for each in beyond if each > 0]
    return found


def kept(issues: Iterable[Issue], inside: Inside, at: datetime) -> dict[str, dict[str, int]]:
    """How the clocks went that started inside, by promise."""
    found: dict[str, dict[str, int]] = {}
    for issue in issues:
        for key, started, state, due in issue["clocks"]:
            if inside(started):
                went = state
                if state in ("running", "paused", "breached"):
                    went = "overdue" if due is not None and due <= at else "running"
                row = found.setdefault(key, {})
                row[went] = row.get(went, 0) + 1
    return found


def deals(told: Iterable[dict[str, Any]], days: Callable[[date], bool]) -> dict[Any, list[Any]]:
    """Deals that close on these days: by won and lost, or by category and colour when open."""
    found: dict[Any, list[Any]] = {}
    for deal in told:
        if deal["stage"] in ("9", "10") or deal["deleted"] or not days(deal["day"]):
            continue
        key: Any = deal["stage"]
        if key not in ("won", "lost"):
            key = (deal["category"], deal["colour"])
        found.setdefault(key, []).append(deal["value"])
    return found
