"""What an hour of a role costs: (average pay + benefits) ÷ billable hours a year.

Source: domain.md §7.1. Rounded once, to the cent.
"""

from __future__ import annotations

from decimal import Decimal

from emdesk.money import cents

BILLABLE_HOURS = 1_880


def hourly(yearly: Decimal | int, billable_hours: int) -> Decimal:
    return cents(Decimal(yearly) / billable_hours)
