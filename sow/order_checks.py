"""What must be right in a change order beside what is in every SOW (domain.md §11.4)."""

from __future__ import annotations

from collections.abc import Iterator

from scoping.models import EstimateVersion
from sow.amending import AFTER, BEFORE, CHANGE, delta_of
from sow.building import money
from sow.checks import Check, Draft, amount_in, rows_in
from sow.deltas import Delta
from sow.joining import ORDER
from sow.kinds import Kind
from sow.models import ChangeOrder
from sow.ordering import outdated


def checks_of(order: ChangeOrder, estimate: EstimateVersion) -> tuple[tuple[str, str, Check], ...]:
    found = delta_of(order, estimate)
    return (
        ("The change is the estimates'", Kind.OTHER, lambda draft: change_ties(draft, found)),
        ("What is booked does not fall", Kind.FEES, lambda draft: value_does_not_fall(found)),
        ("It builds on what is signed", "", lambda draft: builds_on_the_signed(order)),
    )


def change_ties(draft: Draft, found: Delta) -> Iterator[str]:
    """Its own section says before, change and total to the cent."""
    own = draft.content.section(ORDER)
    rows = dict(rows_in([draft.content.text_of(own)] if own else []))
    amounts = (found.price.before, found.price.by, found.price.after)
    for label, amount in zip((BEFORE, CHANGE, AFTER), amounts, strict=True):
        said = f"{found.currency} {money(str(amount))}"
        if label not in rows:
            yield f"The change order does not say: {label} {said}."
        elif amount_in(rows[label]) != amount_in(said):
            yield f"{label} says {rows[label]}; by the estimates it is {said}."


def value_does_not_fall(found: Delta) -> Iterator[str]:
    if found.price.by < 0:
        yield (
            f"The total falls by {found.currency} {money(str(-found.price.by))}. What is booked "
            "may not go down: that is a refund and a new booking, which the deal desk does."
        )


def builds_on_the_signed(order: ChangeOrder) -> Iterator[str]:
    if newer := outdated(order):
        yield f"{newer} was signed since this one began. Go on from it under “Change orders”."
