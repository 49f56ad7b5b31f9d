"""Which approvals an edit takes away, written down from domain.md §5.2 row by row.

``edited`` is what was edited: a kind of section, or a written field. ``no`` is a blank line, another
order, a name that decides nothing.
"""

from __future__ import annotations

from fractions import Fraction

FREE = {"free_services", "free_sales"}  # what has a price, and what is done
PAYMENT = {"payment_terms"}
SCOPE = {"architect", "delivery", "leadership"} | FREE
PRICE = {"revenue", "leadership", "discount_lead", "discount_finance"} | FREE
DATES = {"delivery", "revenue", "leadership"}
ACCEPTANCE = {"leadership", "acceptance"}
ALL = SCOPE | PRICE | DATES | PAYMENT | ACCEPTANCE
LEGAL: set[str] = set()  # the legal stamp alone, which is of one version anyway

BY_KIND = {
    "header": LEGAL,
    "background": SCOPE,
    "scope": SCOPE,
    "education": SCOPE,
    "exclusions": SCOPE,
    "assumptions": SCOPE,
    "responsibilities": SCOPE,
    "effort": SCOPE,
    "schedule": DATES,
    "acceptance": ACCEPTANCE,
    "fees": PRICE,
    "billing": PRICE | PAYMENT,
    "travel": PRICE,
    "change": LEGAL,
    "risks": LEGAL,
    "liability": LEGAL,
    "signatures": LEGAL,
    "other": ALL,
}
BY_FIELD = {
    "legal_name": LEGAL,
    "agreement": LEGAL,
    "our_signatory": LEGAL,
    "customer_signatory": LEGAL,
    "start_date": DATES,
    "end_date": DATES,
    "expiry_date": DATES,
    "weekly_hours": SCOPE,
    "billing": PRICE | PAYMENT,
}


def architect_again(old_cents: int, new_cents: int, *, above: int, percent: int) -> bool:
    """Crossing the threshold asks anew, and over it a rise of more than so many percent."""
    if new_cents <= above:
        return False
    if old_cents <= above:
        return True
    return Fraction(new_cents - old_cents, old_cents) * 100 > percent


def discount_asks(percent: Fraction, *, lead: int = 10, finance: int = 30) -> set[str]:
    """Who is asked about a discount beside PS leadership (domain.md §5.3)."""
    if not percent:
        return set()
    if percent == 100:
        return FREE
    if percent <= lead:
        return {"discount_lead"}
    return {"discount_finance"} if percent > finance else set()
