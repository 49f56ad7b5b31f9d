"""Delivery hours once more, one day at a time: from domain.md §6.2, §10.2 and §11.1 alone.

An issue is told as a mapping: ``pk``; ``lines`` of ``role``, ``by``, ``hours``, ``risk`` (percent),
``rate`` and ``optional``; ``pm`` (percent); ``start``, ``end``, ``weekly`` of its SOW; ``closes``,
``stage`` and ``colour`` of its deal, or None for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

WEIGHTS = {"green": "0.95", "amber": "0.90", "red": "0.30", "grey": "0.10"}
NOTHING_YET = ("0", "lost", "9", "10")
DAY = timedelta(days=1)


def table(
    issues: Iterable[Mapping[str, Any]], today: date, lead: int = 4, weekly: str = "23"
) -> dict[tuple[str, str, str, str], tuple[Fraction, Fraction]]:
    """Hours and weighted hours by who delivers, role, month and colour."""
    shown = [each.strftime("%Y-%m") for each in _months(today)]
    found: dict[Any, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for issue in issues:
        colour = issue["colour"] or "grey"
        weight = Fraction(WEIGHTS[colour])
        if issue["stage"] == "won":
            weight = Fraction(1)
        elif issue["stage"] in NOTHING_YET:
            weight = Fraction(0)
        hours, delivery = who(issue)
        days = worked_days(issue, delivery, today, lead, weekly)
        for (by, role), spent in hours.items():
            for month, part in _by_month(spent, days, shown).items():
                cell = found[by, role, month, colour]
                cell[0] += part
                cell[1] += part * weight
    return {key: (cell[0], cell[1]) for key, cell in found.items() if cell[0]}


def who(issue: Mapping[str, Any]) -> tuple[dict[tuple[str, str], Fraction], Fraction]:
    """Hours by who delivers and role, and the delivery hours among them."""
    hours: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    risky: dict[Any, Fraction] = defaultdict(Fraction)
    delivery, managed = Fraction(0), False
    for line in issue["lines"]:
        if line["optional"]:
            continue
        spent = _up(Fraction(line["hours"]))
        hours[line["by"], line["role"]] += spent
        if line["role"] == "Project manager":
            managed = True
            continue
        delivery += spent
        risky[line["rate"]] += spent * Fraction(line["risk"]) / 100
    if not managed:
        hours["own", "Project manager"] += _up(delivery * Fraction(issue["pm"]) / 100)
    for spent in risky.values():
        hours["Contingency", "Contingency"] += _up(spent)
    return {key: spent for key, spent in hours.items() if spent}, delivery


def worked_days(
    issue: Mapping[str, Any], delivery: Fraction, today: date, lead: int, weekly: str
) -> list[date] | None:
    """Every Monday to Friday it lasts, or None while no month is known."""
    day = issue["start"]
    if day is None and issue["closes"]:
        day = issue["closes"] + timedelta(weeks=lead)
    if day is None:
        return None
    day = max(day, today)
    if issue["end"] and issue["end"] >= day:
        every = [day + n * DAY for n in range((issue["end"] - day).days + 1)]
        worked = [each for each in every if each.weekday() < 5]
        return worked or [day]
    needed = max(ceil(delivery / Fraction(issue["weekly"] or weekly) * 5), 1)
    found: list[date] = []
    while len(found) < needed:
        if day.weekday() < 5:
            found.append(day)
        day += DAY
    return found


def _by_month(hours: Fraction, days: list[date] | None, shown: list[str]) -> dict[str, Fraction]:
    if days is None:
        return {"undated": hours}
    found, given = {}, Fraction(0)
    for month in shown:
        done = sum(day.strftime("%Y-%m") <= month for day in days)
        by_then = Fraction(floor(hours * done / len(days) * 4 + Fraction(1, 2)), 4)
        found[month] = by_then - given
        given = by_then
    return found | {"later": hours - given}


def _months(today: date) -> list[date]:
    found = [today.replace(day=1)]
    while len(found) < 6:
        found.append((found[-1] + timedelta(days=40)).replace(day=1))
    return found


def _up(hours: Fraction) -> Fraction:
    return Fraction(ceil(hours * 4), 4)
