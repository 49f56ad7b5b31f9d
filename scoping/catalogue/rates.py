"""What an hour of a role is sold for, and what it costs, on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from scoping.models import CostSheet, RateCard, ResourceRole


def bill_rate(role: ResourceRole, region: str, currency: str, on: date) -> Decimal | None:
    """By the region's card in this currency, else by the one for everywhere else; else None."""
    card = RateCard.current(region, currency, on)
    return card.rate_of(role) if card else None


def cost_rate(role: ResourceRole, currency: str, on: date) -> Decimal | None:
    """Only for those who see cost (``scoping.rules.sees_cost_of``)."""
    sheet = CostSheet.current(currency, on)
    return sheet.rate_of(role) if sheet else None
