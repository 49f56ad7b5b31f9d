"""What a deal books, once more: from domain.md §10.4 alone, in fractions, one deal at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

Sheet = tuple[date, dict[str, str]]


def booked(deal: Any) -> Fraction | None:
    """The quote if there is one, else the services value, else whatever amount is known."""
    if deal.quoted_value:
        return Fraction(deal.quoted_value)
    for value in (deal.services_value, deal.amount):
        if value is not None:
            return Fraction(value)
    return None


def education(deal: Any) -> Fraction | None:
    value = deal.edu_override if deal.edu_override is not None else deal.edu_value
    return None if value is None else Fraction(value)


def in_desk_currency(deal: Any, sheets: Sequence[Sheet], on: date, currency: str) -> str | None:
    """To the cent, half away from zero; None when there is no value or no rate.

    Sheets come in the order they were written; of several for one day the last one holds.
    """
    value = booked(deal)
    if value is None:
        return None
    if deal.currency == currency:
        return _cents(value)
    ended = deal.stage in ("won", "lost") and deal.close_date <= on
    day = deal.close_date if ended else on
    begun = [(begins, number) for number, (begins, _) in enumerate(sheets) if begins <= day]
    if not begun:
        return None
    rates = sheets[max(begun)[1]][1]
    if deal.currency not in rates or currency not in rates:
        return None
    return _cents(value * Fraction(rates[deal.currency]) / Fraction(rates[currency]))


def _cents(value: Fraction) -> str:
    whole = int(abs(value) * 100 + Fraction(1, 2))
    sign = "-" if value < 0 and whole else ""
    return f"{sign}{whole // 100}.{whole % 100:02}"
