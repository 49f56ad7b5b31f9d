"""Policies in plain words."""

from __future__ import annotations

from typing import Any

from emdesk.calendars.hours import Hours
from emdesk.sla.models import Policy
from emdesk.sla.signs import reason_name

NAMES = {
    "budget_minutes": "time",
    "hours": "hours",
    "pauses": "pauses",
    "warn_at": "warnings",
    "lead_at": "EM lead told at",
    "director_at": "director told at",
    "enabled": "made",
    "name": "name",
    "promise": "words",
    "position": "place",
}


def hours_in_words(policy: Policy) -> str:
    """Such as ``72 elapsed hours``, ``2 working days`` or ``5 minutes, counted in office hours``."""
    amount = policy.budget_minutes / 60
    if policy.hours == Hours.WORKING_DAYS and not amount % 24:
        days = int(amount // 24)
        return f"{days} working day" if days == 1 else f"{days} working days"
    if amount < 1:
        return f"{policy.budget_minutes} minutes, counted in {Hours(policy.hours).label}"
    return f"{round(amount, 2):g} {Hours(policy.hours).label}"


def spelled_change(name: str, pair: list[Any]) -> str:
    """One changed field of a version."""
    old, new = (_spelled(name, value) for value in pair)
    return f"{NAMES[name]}: {old} → {new}"


def _spelled(name: str, value: Any) -> str:
    if name == "budget_minutes":
        return f"{value / 60:.4g} h"
    if name == "hours":
        return str(Hours(value).label)
    if name == "pauses":
        return ", ".join(reason_name(each) for each in value) or "none"
    if name == "enabled":
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(f"{each} %" for each in value) or "none"
    return "never" if value is None else f"{value} %" if isinstance(value, int) else str(value)
