"""What is set for all estimates; the shipped values are those of domain.md §5.3, §6.2 and Q-11."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms

from emdesk.configuration.definitions import Definition, register
from emdesk.configuration.values import values_on

REVIEW_ABOVE = "estimate_review_above"
UPLIFT = "marketplace_uplift"
FLOOR, USUAL_MARGIN, LOWEST_MARGIN = "margin_floor", "margin_usual", "margin_lowest"
LINK_DAYS = "estimate_link_days"
STICKY = "estimate_review_sticky"


@dataclass(frozen=True)
class Limits:
    """List total above which an architect reviews, the marketplace's uplift in percent, days a
    customer's link is good for; margins in percent: the floor, and below which one is noted, or
    is approved at the top."""

    review_above: Decimal
    uplift: Decimal
    floor: Decimal
    link_days: int
    usual_margin: Decimal
    lowest_margin: Decimal


def limits_on(day: date) -> Limits:
    """In one query."""
    found = values_on(day)
    margins = found[USUAL_MARGIN], found[LOWEST_MARGIN]
    return Limits(found[REVIEW_ABOVE], found[UPLIFT], found[FLOOR], found[LINK_DAYS], *margins)


def _number(key: str, name: str, help_: str, default: str, most: int) -> Definition:
    return Definition(
        key=key,
        name=name,
        help=help_,
        default=Decimal(default),
        field=lambda: forms.DecimalField(min_value=0, max_value=most, decimal_places=2),
        read=lambda stored: Decimal(str(stored)),
    )


register(
    _number(
        REVIEW_ABOVE,
        "Estimate review above",
        "A technical architect reviews estimates whose list total is over this amount: services "
        "and education, before discount, without travel, in the estimate's currency.",
        "50000",
        1_000_000_000,
    )
)
register(
    _number(
        STICKY,
        "Estimate review holds until it rises by",
        "Percent of the list total that was approved. A later version above that is reviewed anew.",
        "10",
        1_000,
    )
)
register(_number(UPLIFT, "Marketplace uplift", "Percent added to the net total there.", "2.5", 100))
register(
    _number(FLOOR, "Margin floor", "Estimates below this margin, in percent, say so.", "40", 99)
)
register(
    _number(
        USUAL_MARGIN,
        "Usual margin",
        "Estimates below this margin, in percent, are noted. Our default, not a public rule.",
        "55",
        99,
    )
)
register(
    _number(
        LOWEST_MARGIN,
        "Lowest margin",
        "Below this margin, in percent, the VP of PS approves. Our default, not a public rule.",
        "30",
        99,
    )
)
register(
    Definition(
        key=LINK_DAYS,
        name="Days of a customer's link",
        help="For this long the link to an estimate opens it.",
        default=30,
        field=lambda: forms.IntegerField(min_value=1, max_value=365),
    )
)
