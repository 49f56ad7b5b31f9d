"""Terms somebody above the EM answers for, as a statement of work says them (domain.md §5.1, G7–G9).

Payment in the usual number of days, billed in a usual way; acceptance by silence after the usual
number of business days; and a price on every activity. What is read here is pinned with a request;
the usual numbers are dated settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from emdesk.approvals.chains import Evidence
from emdesk.configuration.values import values_on
from scoping.models import Billing
from sow.building import name_of
from sow.content import FALLBACK, Content
from sow.kinds import Kind
from sow.settings import ACCEPTANCE_DAYS, PAYMENT_DAYS

DAYS = re.compile(
    r"\b(\d{1,4})[ -](?:(?:calendar|business|working) )?days?\b|\bnet[ -]?(\d{1,4})\b",
    re.IGNORECASE,
)
BUSINESS_DAYS = re.compile(r"\b(\d{1,4})[ -](?:business|working) days?\b", re.IGNORECASE)
USUAL_BILLING = (Billing.ON_SIGNATURE, Billing.ON_ORDER, Billing.AS_WORKED)
FREE = Decimal(100)
Facts = Mapping[str, Any]


def terms_of(content: Content, sold: Mapping[str, Any]) -> dict[str, Any]:
    """What is pinned: numbers of days as they are told, the way of billing, what costs nothing.

    ``sold`` is the content of the frozen estimate.
    """
    return {
        "payment_days": _days(content, Kind.BILLING, DAYS),
        "payment_fallback": _from_fallback(content, Kind.BILLING),
        "billing": content.fields.get("billing", ""),
        "acceptance_days": _days(content, Kind.ACCEPTANCE, BUSINESS_DAYS),
        "acceptance_fallback": _from_fallback(content, Kind.ACCEPTANCE),
        "free": list(_free(sold)),
    }


def payment_needed(evidence: Evidence, day: date) -> str:
    facts, usual = evidence.facts, values_on(day)[PAYMENT_DAYS]
    if odd := [days for days in facts["payment_days"] if days != usual]:
        return f"It is paid in {_named(odd)} days, not {usual}."
    if not facts["payment_days"]:
        return "It does not say in how many days it is paid."
    if facts["payment_fallback"]:
        return "It is billed and paid by a fallback clause."
    billing = str(facts["billing"])
    usually = {way.label.lower() for way in USUAL_BILLING}
    return f"It is billed “{billing}”." if billing and billing.lower() not in usually else ""


def without_payment(evidence: Evidence, day: date) -> str:
    ways = " or ".join(f"“{way.label}”" for way in USUAL_BILLING)
    return (
        f"The standard clause, {values_on(day)[PAYMENT_DAYS]} days and billing {ways} ask nobody."
    )


def acceptance_needed(evidence: Evidence, day: date) -> str:
    facts, usual = evidence.facts, values_on(day)[ACCEPTANCE_DAYS]
    if odd := [days for days in facts["acceptance_days"] if days != usual]:
        return f"It is accepted after {_named(odd)} business days, not {usual}."
    if not facts["acceptance_days"]:
        return "It does not say after how many business days it is accepted."
    fallback = facts["acceptance_fallback"]
    return "It is accepted by a fallback clause." if fallback else ""


def without_acceptance(evidence: Evidence, day: date) -> str:
    return (
        f"Acceptance by silence after {values_on(day)[ACCEPTANCE_DAYS]} business days asks nobody."
    )


def free_needed(evidence: Evidence, day: date) -> str:
    if wholly_free(evidence.facts):
        return "All of it is free."
    names = evidence.facts["free"]
    if not names:
        return ""
    more = len(names) - 1
    if not more:
        return f"“{names[0]}” is free."
    return f"“{names[0]}” and {more} other{'' if more == 1 else 's'} are free."


def without_free(evidence: Evidence, day: date) -> str:
    if wholly_free(evidence.facts):
        return "A discount of less than 100 % asks nobody about free work."
    return "A price on every activity asks nobody about free work."


def wholly_free(facts: Facts) -> bool:
    return Decimal(facts["discount_percent"]) == FREE


def _days(content: Content, kind: str, said: re.Pattern[str]) -> list[int]:
    """Each number once, in order."""
    texts = (content.text_of(section) for section in content.of(kind))
    found = (match for text in texts for match in said.finditer(text))
    return sorted({int(next(filter(None, match.groups()))) for match in found})


def _from_fallback(content: Content, kind: str) -> bool:
    return any(section.source["from"] == FALLBACK for section in content.of(kind))


def _free(sold: Mapping[str, Any]) -> Iterator[str]:
    """What is done and has no price; an option is not done yet."""
    for line in sold["lines"]:
        done = Decimal(line["hours"] or 0) or Decimal(line["quantity"] or 0)
        if done and not line["optional"] and not Decimal(line["price"]):
            yield name_of(line)


def _named(numbers: list[int]) -> str:
    return " and ".join(str(number) for number in numbers)
