"""What the page of change orders and the hand-off tell: every order, how it stands, what it adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from scoping.models import EstimateVersion, ScopingIssue
from scoping.states import CloseReason
from sow.deltas import Change, Delta, delta
from sow.models import BookingDeed, ChangeOrder, Done, StatementOfWork, Version
from sow.signed import signed_at


@dataclass(frozen=True)
class Row:
    """An order; ``delta`` is of its newest SOW, or of the estimate it has so far."""

    order: ChangeOrder
    issue: ScopingIssue
    stands: str
    signed: bool
    delta: Delta | None

    @property
    def open(self) -> bool:
        return self.issue.live and not self.signed


@dataclass(frozen=True)
class Whole:
    """What both have signed: of the SOW, of its orders, and together."""

    currency: str
    price: Change
    hours: Change


def rows_of(base: StatementOfWork) -> list[Row]:
    """In their order, in a fixed number of queries."""
    rows = base.orders.select_related("issue", "basis", "base", "opened_by")
    orders = {each.issue_id: each for each in rows}
    heads = _heads(base)
    signed = signed_at(each.statement_id for each in heads.values())
    booked = set(_booked(base))
    sent = _sent(orders)
    found = []
    for key, order in orders.items():
        head = heads.get(key)
        both = head is not None and head.statement_id in signed
        estimate = head.estimate_version if head else sent.get(key)
        change = delta(order.basis.content, estimate.content) if estimate else None
        stands = _stands(order.issue, both=both, booked=key in booked)
        found.append(Row(order, order.issue, stands, both, change))
    return found


def whole(base: StatementOfWork, rows: Sequence[Row]) -> Whole:
    """Base and every signed order, each counted once."""
    estimate = base.head.estimate_version
    totals = estimate.content["totals"]
    prices = [row.delta.price.by for row in rows if row.signed and row.delta]
    hours = [row.delta.hours.by for row in rows if row.signed and row.delta]
    price, time = Decimal(totals["final"]), Decimal(totals["hours"])
    return Whole(
        estimate.currency,
        Change(price, sum(prices, price)),
        Change(time, sum(hours, time)),
    )


def _heads(base: StatementOfWork) -> dict[int, Version]:
    """The newest version of each order that is drafted, by issue."""
    rows = Version.objects.filter(statement__amends=base, number=F("statement__latest"))
    found = rows.select_related("statement", "estimate_version").defer("content")
    return {each.statement.issue_id: each for each in found}


def _booked(base: StatementOfWork) -> list[int]:
    deeds = BookingDeed.objects.filter(statement__amends=base, key=Done.BOOKED, until=None)
    return list(deeds.values_list("statement__issue", flat=True))


def _sent(issues: dict[int, ChangeOrder]) -> dict[int, EstimateVersion]:
    """The newest estimate that was sent for each."""
    rows = EstimateVersion.objects.filter(issue__in=issues, estimate__primary=True)
    return {each.issue_id: each for each in rows.order_by("number").defer("costs")}


def _stands(issue: ScopingIssue, *, both: bool, booked: bool) -> str:
    if booked:
        return "Booked"
    if both:
        return "Signed by both"
    if issue.live:
        return str(issue.get_state_display())
    ended = "Withdrawn or declined" if issue.close_reason != CloseReason.AMENDED else "Closed"
    return f"{ended}: {issue.close_note}" if issue.close_note else ended
