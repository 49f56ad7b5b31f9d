"""Named fields of statements of work: ``{{ start_date }}`` in a text stands for its value.

Fixed ones come from estimate and deal and tie the text to them; the others people write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

NAMED = re.compile(r"\{\{\s*([a-z][a-z0-9_.]{0,59})\s*\}\}")
DATE, NUMBER, TEXT = "date", "number", "text"


@dataclass(frozen=True)
class Field:
    """``known_from`` says where a value can come from, so that a missing one can be found."""

    name: str
    label: str
    known_from: str
    kind: str = TEXT
    fixed: bool = False


def _fixed(name: str, label: str, known_from: str = "the estimate") -> Field:
    return Field(name, label, known_from, fixed=True)


WRITTEN = (
    Field("legal_name", "Customer's legal name", "the customer's registration or their order form"),
    Field("agreement", "Governing agreement", "the terms noted on the issue"),
    Field("start_date", "Estimated start", "the scheduling intake, or the answer to A12", DATE),
    Field("end_date", "Estimated end", "the scheduling intake", DATE),
    Field("expiry_date", "Services expire on", "agreed with the customer, after the end", DATE),
    Field(
        "weekly_hours",
        "Minimum hours a week",
        "the scheduling intake, or the answer to I1",
        NUMBER,
    ),
    Field("billing", "Billing", "the scheduling intake"),
    Field("our_signatory", "Who signs for us", "the signatories of the desk"),
    Field("customer_signatory", "Who signs for the customer", "the customer"),
)
FIXED = (
    _fixed("number", "Number of the SOW", "emdesk"),
    _fixed("reference", "Issue", "the issue"),
    _fixed("customer", "Customer", "the account"),
    _fixed("title", "Title", "the issue"),
    _fixed("opportunity", "Opportunity", "the deal"),
    _fixed("our_side", "Our side", "the settings"),
    _fixed("acceptance_days", "Business days until acceptance", "the settings"),
    _fixed("estimate", "Estimate version"),
    _fixed("fee_type", "Type of fee"),
    _fixed("currency", "Currency"),
    _fixed("services_total", "Services total"),
    _fixed("education_total", "Education total"),
    _fixed("list_total", "List total"),
    _fixed("discount_percent", "Discount, %"),
    _fixed("discount", "Discount"),
    _fixed("grand_total", "Grand total"),
    _fixed("travel_budget", "Travel budget"),
    _fixed("hours_total", "Hours"),
)
FIELDS: dict[str, Field] = {each.name: each for each in (*WRITTEN, *FIXED)}
ESCAPED = re.compile(r"([\\`*_\[\]<>|~#{}])")


def escaped(value: str) -> str:
    """A value as text that Markdown takes for nothing else, on one line."""
    return ESCAPED.sub(r"\\\1", " ".join(value.split()))


def shown(name: str, value: str) -> str:
    """A value as people read it."""
    known = FIELDS.get(name)
    if known and known.kind == DATE and (day := day_of(value)):
        return f"{day:%-d %B %Y}"
    return value


def day_of(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def named_in(text: str) -> Iterator[str]:
    """The fields a text names, in order, each as often as it is named."""
    return (match[1] for match in NAMED.finditer(text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """With every field that has a value; the others stay named."""
    return _replaced(text, lambda name: escaped(shown(name, values.get(name, ""))))


def expanded(text: str, blocks: Mapping[str, str]) -> str:
    """With whole blocks of Markdown put where they are named."""
    return _replaced(text, lambda name: blocks.get(name, ""))


def _replaced(text: str, value: Callable[[str], str]) -> str:
    return NAMED.sub(lambda match: value(match[1]) or match[0], text)
