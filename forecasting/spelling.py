"""Figures in words, the same on every page."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from emdesk.money import Money
from emdesk.sla.chips import span
from scoping.interval import Interval
from scoping.win_rate_axes import CURRENCY


def percent(share: Decimal | float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


def length(share: Decimal | float | None) -> str:
    """A share as a length of a hundred, for a drawing."""
    return f"{(share or 0) * 100:.1f}"


def spread(sure: Interval | None) -> tuple[str, str] | None:
    """Where an interval begins and how long it is, of a hundred."""
    return (length(sure.low), length(sure.high - sure.low)) if sure else None


def lasting(took: timedelta | None) -> str:
    return "—" if took is None else span(took)


def money(worth: Decimal | None, currency: str = CURRENCY) -> str:
    """Without false cents."""
    return "—" if worth is None else str(Money(worth, currency)).removesuffix(".00")


def points(change: Decimal) -> str:
    """A difference of two rates, before what it is compared with."""
    by = abs(change * 100)
    if by < Decimal("0.05"):
        return "the same as"
    return f"{by:.1f} points {'above' if change > 0 else 'below'}"
