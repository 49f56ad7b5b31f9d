"""Which card or sheet holds on a day, once more: from domain.md §6.2, Q-27 and Q-28, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import NamedTuple


class Card(NamedTuple):
    """``number`` counts cards in the order they were given; ``own`` are rates by role."""

    number: int
    region: str
    currency: str
    begins: date
    rate: str
    own: dict[str, str]


def bill_rate(cards: Iterable[Card], role: str, region: str, currency: str, on: date) -> str | None:
    """Of the region's own cards that have begun the one begun last, of two for a day the newer.

    Where the region has none, of those for everywhere else.
    """
    cards = list(cards)
    for place in (region, ""):
        own = [card for card in cards if (card.region, card.currency) == (place, currency)]
        begun = [card for card in own if card.begins <= on]
        if begun:
            card = max(begun, key=lambda each: (each.begins, each.number))
            return card.own.get(role, card.rate)
    return None


def hourly_cost(yearly: str, billable_hours: int) -> str:
    """Average pay and benefits over billable hours, half a cent up."""
    cents = int(Fraction(yearly) * 100 / billable_hours + Fraction(1, 2))
    return f"{cents // 100}.{cents % 100:02}"


def catalogue_version(published: Iterable[tuple[int, date]], on: date) -> int | None:
    """The number of the version in force: numbers with the days they take effect."""
    begun = [(begins, number) for number, begins in published if begins <= on]
    return max(begun)[1] if begun else None
