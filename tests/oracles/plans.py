"""Targets and attainment once more: from domain.md §10.2, §13 alone, in fractions."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

FIELDS = ("bookings", "revenue", "recognised")


def target(
    plans: Iterable[Any], name: str, region: str | None = None, em: int | None = None
) -> Fraction | None:
    """Of a person, a region, or everybody; a region's own word stands above its people's sum."""
    plans = [plan for plan in plans if getattr(plan, name) is not None]
    if em is not None:
        theirs = [
            Fraction(getattr(plan, name))
            for plan in plans
            if plan.engagement_manager_id == em and (region is None or plan.region == region)
        ]
        return sum(theirs, Fraction(0)) if theirs else None
    found = None
    for place in {plan.region for plan in plans}:
        if region is not None and place != region:
            continue
        here = [plan for plan in plans if plan.region == place]
        own = [plan for plan in here if plan.engagement_manager_id is None]
        part = sum((Fraction(getattr(plan, name)) for plan in own or here), Fraction(0))
        found = part if found is None else found + part
    return found


def score(closed: Any, bookings: Any, recognised: Any, revenue: Any) -> Fraction | None:
    """75 % bookings, 25 % revenue; nothing until both are known."""
    if not bookings or not revenue or recognised is None:
        return None
    reached = Fraction(closed) / Fraction(bookings)
    earned = Fraction(recognised) / Fraction(revenue)
    return Fraction(3, 4) * reached + Fraction(1, 4) * earned
