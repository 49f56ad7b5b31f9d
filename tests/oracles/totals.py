"""Which issues a list shows and what they sum to, once more: one issue at a time, plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

Filter = dict[str, Any]


def fits(issue: Any, asked: Filter) -> bool:
    """Whether an issue is one of those asked for. Keys as in the address of the list."""
    created = issue.created_at.date()
    territory = issue.account.sales_territory
    tests = {
        "em": lambda wanted: issue.engagement_manager_id == wanted,
        "segment": lambda wanted: issue.segment_id == wanted,
        "state": lambda wanted: issue.state in wanted,
        "outcome": lambda wanted: (issue.outcome or _none(issue)) == wanted,
        "quarter": lambda wanted: issue.close_quarter == wanted,
        "territory": lambda wanted: territory is not None and territory.pk == wanted,
        "status": lambda wanted: issue.em_status == wanted,
        "quiet": lambda wanted: issue.state != "closed" and not issue.next_step,
        "calculator": lambda wanted: issue.services_calculator,
        "public_sector": lambda wanted: issue.public_sector,
        "created": lambda wanted: wanted[0] <= created <= wanted[1],
        "q": lambda wanted: wanted.lower() in f"{issue.title}\n{issue.account.name}".lower(),
    }
    return all(tests[name](wanted) for name, wanted in asked.items())


def _none(issue: Any) -> str:
    return "none" if issue.state == "closed" else ""


def sums(issues: Iterable[Any]) -> dict[str, Fraction]:
    """Value by currency; nothing is ever added across currencies."""
    found: dict[str, Fraction] = {}
    for issue in issues:
        if issue.expected_value:
            so_far = found.get(issue.currency, Fraction(0))
            found[issue.currency] = so_far + Fraction(issue.expected_value)
    return found


def days(first: date, last: date) -> str:
    return f"{first}..{last}"
