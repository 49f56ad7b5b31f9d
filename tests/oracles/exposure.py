"""What is at risk and what holds of it, written down from domain.md §11.5 (exposure, cap, expiry)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal


def holds(
    entries: Iterable[Decimal], cap: Decimal | None, expires: date | None, day: date, days: int
) -> tuple[Decimal, set[str]]:
    """The sum of all that was noted, and every word that is true of it on a day."""
    total = Decimal(0)
    for each in entries:
        total += each
    if cap is None or expires is None:
        return total, {"waiting"}
    found = set()
    if total > cap:
        found.add("over")
    elif total * 100 >= cap * 80:
        found.add("near")
    left = (expires - day).days
    if left < 0:
        found.add("expired")
    elif left <= days:
        found.add("ending")
    return total, found or {"running"}
