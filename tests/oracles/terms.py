"""Whom unusual terms ask, written down from domain.md §5.1, G7 to G9 and G11."""

from __future__ import annotations


def payment_asks(days: set[int], billing: str, *, fallback: bool = False, usual: int = 30) -> bool:
    """Not net 30, or a schedule of one's own; prepaid, with the order and as worked are usual."""
    known = {
        "when the sow is signed",
        "with the order form",
        "time and materials, monthly",
    }
    return days != {usual} or fallback or billing.lower() not in known


def acceptance_asks(days: set[int], *, usual: int = 5) -> bool:
    return days != {usual}


def may_redline(worth: float, *, own_paper: bool) -> bool:
    """Only strictly above the value of the opportunity."""
    return worth > (25_000 if own_paper else 100_000)
