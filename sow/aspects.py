"""What an edit of a statement of work is about, and which approvals outlive it (domain.md §5.2).

Everything a customer reads belongs to price, payment, scope, dates, acceptance or the other terms;
where it stands and how its lines break belongs to none. A section of somebody's own may say
anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sow.content import Content
from sow.kinds import Kind

PRICE, SCOPE, DATES = "price", "scope", "dates"
PAYMENT, ACCEPTANCE, TERMS = "payment", "acceptance", "terms"
ASPECTS = (PRICE, PAYMENT, SCOPE, DATES, ACCEPTANCE, TERMS)
KINDS: dict[str, tuple[str, ...]] = {
    Kind.FEES: (PRICE,),
    Kind.BILLING: (PRICE, PAYMENT),
    Kind.TRAVEL: (PRICE,),
    Kind.BACKGROUND: (SCOPE,),
    Kind.SCOPE: (SCOPE,),
    Kind.EDUCATION: (SCOPE,),
    Kind.EXCLUSIONS: (SCOPE,),
    Kind.ASSUMPTIONS: (SCOPE,),
    Kind.RESPONSIBILITIES: (SCOPE,),
    Kind.EFFORT: (SCOPE,),
    Kind.SCHEDULE: (DATES,),
    Kind.ACCEPTANCE: (ACCEPTANCE,),
    Kind.HEADER: (TERMS,),
    Kind.CHANGE: (TERMS,),
    Kind.RISKS: (TERMS,),
    Kind.LIABILITY: (TERMS,),
    Kind.SIGNATURES: (TERMS,),
    Kind.OTHER: ASPECTS,
}
FIELDS_OF: dict[str, tuple[str, ...]] = {
    PRICE: (
        *("fee_type", "currency", "services_total", "education_total", "list_total"),
        *("discount_percent", "discount", "grand_total", "travel_budget", "billing"),
    ),
    PAYMENT: ("billing",),
    SCOPE: ("hours_total", "weekly_hours"),
    DATES: ("start_date", "end_date", "expiry_date"),
    ACCEPTANCE: ("acceptance_days",),
    TERMS: (
        "legal_name",
        "customer",
        "agreement",
        "our_side",
        "our_signatory",
        "customer_signatory",
    ),
}
RESETS: dict[str, tuple[str, ...]] = {
    "architect": (SCOPE,),
    "delivery": (SCOPE, DATES),
    "discount_lead": (PRICE,),
    "revenue": (PRICE, DATES),
    "leadership": (PRICE, SCOPE, DATES, ACCEPTANCE),
    "discount_finance": (PRICE,),
    "payment_terms": (PAYMENT,),
    "acceptance": (ACCEPTANCE,),
    "free_services": (PRICE, SCOPE),
    "free_sales": (PRICE, SCOPE),
}
Facts = Mapping[str, Any]


def aspects_of(content: Content) -> dict[str, str]:
    """A digest for each aspect: equal when nothing of it changed."""
    return {aspect: _digest(content, aspect) for aspect in ASPECTS}


def _digest(content: Content, aspect: str) -> str:
    fields = {name: content.fields.get(name, "") for name in FIELDS_OF[aspect]}
    said = [fields, sorted(_sections(content, aspect))]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _sections(content: Content, aspect: str) -> Iterator[tuple[str, str]]:
    for each in content.sections:
        if aspect in KINDS[each.kind]:
            yield " ".join(each.title.split()), " ".join(each.text.split())


def changed(old: Facts, new: Facts) -> list[str]:
    """The aspects in which two versions differ; none for a cosmetic edit.

    What was pinned before an aspect was told apart differs in it.
    """
    return [aspect for aspect in ASPECTS if old.get(aspect) != new.get(aspect)]


def outlives(gate: str, old: Facts, new: Facts) -> bool:
    """Whether what a gate approved covers a later version, as far as its text tells."""
    return not set(RESETS[gate]) & set(changed(old, new))


def within_review(old: Decimal, new: Decimal, above: Decimal, percent: Decimal) -> bool:
    """Whether an architect's word covers a list total: under the threshold it does; over it while
    it was looked at over it as well and rose by no more than so many percent."""
    if new <= above:
        return True
    return old > above and new <= old * (100 + percent) / 100
