"""The ladder of discounts: whose word each rung needs (domain.md §5.3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from emdesk.approvals.chains import Evidence, always
from emdesk.configuration.values import values_on
from sow.settings import FINANCE_DISCOUNT, LEADERSHIP_DISCOUNT
from sow.terms import wholly_free


def _discount(evidence: Evidence) -> Decimal:
    return Decimal(evidence.facts["discount_percent"])


def lead_needed(evidence: Evidence, day: date) -> str:
    discount, most = _discount(evidence), values_on(day)[LEADERSHIP_DISCOUNT]
    return f"Its discount is {discount.normalize():f} %." if 0 < discount <= most else ""


def without_discount(evidence: Evidence, day: date) -> str:
    return "No discount asks no lead."


def leadership_needed(evidence: Evidence, day: date) -> str:
    discount, above = _discount(evidence), values_on(day)[LEADERSHIP_DISCOUNT]
    if discount > above:
        return f"Its discount of {discount.normalize():f} % is over {above.normalize():f} %."
    return always(evidence, day)


def finance_needed(evidence: Evidence, day: date) -> str:
    """What is wholly free asks two executives instead (domain.md §5.3)."""
    discount, above = _discount(evidence), values_on(day)[FINANCE_DISCOUNT]
    if discount <= above or wholly_free(evidence.facts):
        return ""
    return f"Its discount of {discount.normalize():f} % is over {above.normalize():f} %."


def without_finance(evidence: Evidence, day: date) -> str:
    above = values_on(day)[FINANCE_DISCOUNT]
    return f"A discount of up to {above.normalize():f} % asks no signatory."
