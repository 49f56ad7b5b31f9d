"""Win rates of closed deals once more: one deal at a time, in fractions, from plain tuples."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from tests.oracles.quarters import label_at

Deal = tuple[str, str, Fraction | None]


def rates(deals: Iterable[Deal]) -> dict[str, dict[str, Any]]:
    """For each key: won, lost, the rate to six places, and what was won. A deal is (key, how, value)."""
    found: dict[str, dict[str, Any]] = {}
    for key, how, value in deals:
        if how not in ("won", "lost"):
            continue
        row = found.setdefault(key, {"won": 0, "lost": 0, "value": Fraction(0)})
        row[how] += 1
        if how == "won" and value is not None:
            row["value"] += value
    for row in found.values():
        row["win_rate"] = round(float(Fraction(row["won"], row["won"] + row["lost"])), 6)
    return found


def rows_behind(deals: Iterable[tuple[str, str, bool]], key: str, how: str) -> int:
    """How many rows one number has. A deal is (key, how, deleted)."""
    return sum(1 for deal in deals if deal == (key, how, False))


SIZES = {
    "Small, under 5k": range(5_000),
    "Medium, 5k to 25k": range(5_000, 25_000),
    "Big, 25k to 100k": range(25_000, 100_000),
}
WORDS = {"timed_out": "No activity for two months", "partner": "Moved to a partner"}


def deeper(issues: Iterable[dict[str, Any]], by: str) -> dict[str | None, dict[str, Any]]:
    """For each key along an axis, and for None the whole: counts, values and both other rates."""
    found: dict[str | None, list[dict[str, Any]]] = {None: []}
    for issue in issues:
        if issue["outcome"]:
            for key in {None, *_keys(issue, by)}:
                found.setdefault(key, []).append(issue)
    return {key: _told(those) for key, those in found.items()}


def _keys(issue: dict[str, Any], by: str) -> set[str]:
    if by == "source":
        return {"Services Calculator" if issue["calculator"] else "Raised by hand"}
    if by == "service":
        return {each.capitalize() for each in issue["services"]} or {""}
    if by == "opened":
        return {label_at(issue["created"], "America/Los_Angeles")}
    if by == "reason":
        lost = WORDS.get(issue["reason"], issue["reason"].capitalize())
        return {lost if issue["outcome"] == "lost" else "SOW signed and booked"}
    if issue["currency"] != "USD" or issue["value"] is None:
        return {""}
    for name, values in SIZES.items():
        if int(issue["value"]) in values:
            return {name}
    return {"Jumbo, 100k and more"}


def _told(issues: list[dict[str, Any]]) -> dict[str, Any]:
    won = [each for each in issues if each["outcome"] == "won"]
    lost = [each for each in issues if each["outcome"] == "lost"]
    decided = [each for each in lost if each["reason"] not in ("timed_out", "partner")]
    gained, missed = _worth(won), _worth(lost)
    return {
        "won": len(won),
        "lost": len(lost),
        "timed_out": sum(each["reason"] == "timed_out" for each in lost),
        "priced": sum(each["value"] is not None and each["currency"] == "USD" for each in issues),
        "won_value": gained,
        "lost_value": missed,
        "adjusted": _rate(len(won), len(won) + len(decided)),
        "by_value": _rate(gained, gained + missed),
    }


def _worth(issues: list[dict[str, Any]]) -> Fraction:
    priced = [each for each in issues if each["value"] is not None and each["currency"] == "USD"]
    return sum((Fraction(each["value"]) for each in priced), Fraction(0))


def _rate(some: Fraction | int, of: Fraction | int) -> float | None:
    return round(float(Fraction(some, of)), 6) if of else None
