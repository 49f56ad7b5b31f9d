"""Which pairs of desk and CRM disagree, once more: one issue at a time, rules as plain words.

Written from domain.md §4.3 and §10.3 and the line a rule is written in.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

COLUMNS = {
    "Open": "open",
    "Awaiting_Discovery": "awaiting_discovery",
    "Strawman_WIP": "strawman_wip",
    "Estimate_Feedback": "estimate_feedback",
    "On_hold": "on_hold",
    "SOW_WIP": "sow_wip",
    "Ready For Approval": "ready_for_approval",
    "Approved": "approved",
    "Closed": "closed",
}


def disagrees(issue: Any, line: str, day: date) -> bool:
    """Whether an issue and its deal are what the line of a rule says, all of it."""
    deal = issue.opportunity
    if deal is None or deal.deleted or deal.stage in ("9", "10"):
        return False
    if issue.state == "closed" and not issue.outcome:
        return False
    parts = line.split(": ", 1)[1].rsplit(" -> ", 1)[0].split("; ")
    return all(_so(part, issue, deal, day) for part in parts)


def _so(part: str, issue: Any, deal: Any, day: date) -> bool:
    if part == "column live":
        return issue.state != "closed"
    if part.startswith("column "):
        return issue.state in [COLUMNS[name] for name in part[7:].split("/")]
    if part.startswith("stage "):
        return any(_stage(each, deal.stage) for each in part[6:].split("/"))
    if part.startswith("confidence "):
        return deal.confidence in part[11:].lower().split("/")
    if part.startswith("close date "):
        return _closes(part[11:], deal.close_date, day)
    assert part.startswith("amount ")
    return _amount(part[7:], issue, deal)


def _stage(said: str, stage: str) -> bool:
    if said in ("won", "lost"):
        return stage == said
    first, _, last = said.partition("-")
    return stage.isdigit() and int(first) <= int(stage) <= int(last or first)


def _closes(said: str, closes: date | None, day: date) -> bool:
    if closes is None:
        return said == "missing"
    if said == "past":
        return closes < day
    if said.startswith("within "):
        return timedelta(0) <= closes - day <= timedelta(days=int(said.split()[1]))
    return False


def _amount(said: str, issue: Any, deal: Any) -> bool:
    booked = deal.quoted_value or deal.services_value
    booked = deal.amount if booked is None else booked
    if said == "missing":
        return booked is None
    if booked is None or issue.expected_value is None:
        return False
    if issue.currency != deal.currency:
        return True
    apart = abs(Fraction(booked) - Fraction(issue.expected_value))
    return apart > Fraction(issue.expected_value) * Fraction(int(said.split()[1]), 100)
