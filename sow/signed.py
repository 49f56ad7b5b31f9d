"""What both parties have signed of an engagement: its SOW and the change orders to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from scoping.models import EstimateVersion
from sow.booking import executed
from sow.models import BookingDeed, Done, StatementOfWork, Version

SIGNED = (Done.SIGNED_US, Done.SIGNED_THEM)


def signed_at(statements: Iterable[int]) -> dict[int, datetime]:
    """By SOW, when the second of both sides had signed its newest version; in one query."""
    rows = BookingDeed.objects.filter(
        statement__in=list(statements),
        key__in=SIGNED,
        until=None,
        version=F("statement__latest"),
    ).order_by("at")
    found: dict[int, dict[str, datetime]] = {}
    for statement, key, at in rows.values_list("statement", "key", "at"):
        found.setdefault(statement, {})[key] = at
    return {pk: max(each.values()) for pk, each in found.items() if len(each) == len(SIGNED)}


def signed_orders(base: StatementOfWork) -> list[StatementOfWork]:
    """The change orders to it that both have signed, in the order they were."""
    rows = {each.pk: each for each in base.amendments.all()}
    signed = signed_at(rows)
    return [rows[pk] for pk in sorted(signed, key=lambda pk: (signed[pk], pk))]


def newest_signed(base: StatementOfWork) -> StatementOfWork:
    """Each order tells the whole of what holds, so the newest does."""
    return (signed_orders(base) or [base])[-1]


def signed_version(base: StatementOfWork) -> Version:
    return newest_signed(base).head


def basis_of(base: StatementOfWork) -> EstimateVersion:
    """The estimate that both have signed last."""
    return signed_version(base).estimate_version


def is_signed(statement: StatementOfWork) -> bool:
    return executed(statement) is not None
