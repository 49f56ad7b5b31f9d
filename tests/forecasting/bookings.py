"""Deals that were booked, with the costs frozen with them; past the door, as figures read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from emdesk.people.models import User
from scoping.models import EstimateVersion, ScopingIssue
from sow.models import BookingDeed, Done, StatementOfWork, Version
from tests.factories import NOON, make_account, make_issue
from tests.forecasting.rows import past_the_door


def make_booking(
    em: User, on: date, net: str, cogs: str | None, currency: str = "USD", **fields: Any
) -> ScopingIssue:
    """Booked as its first version; a second, dearer one was written since."""
    key = fields.pop("key", Done.BOOKED)
    until = fields.pop("until", None)
    issue = make_issue(engagement_manager=em, account=make_account(), **fields)
    with past_the_door():
        statement = StatementOfWork.objects.create(
            issue=issue, latest=2, drafted_by=em, drafted_at=NOON
        )
        for number, cost in ((1, cogs), (2, "1.00")):
            frozen = _frozen(issue, em, number, net, cost, currency)
            Version.objects.create(
                statement=statement,
                number=number,
                content={},
                digest="0" * 64,
                estimate_version=frozen,
                estimate_digest="0" * 64,
                saved_by=em,
                saved_at=NOON,
            )
        BookingDeed.objects.create(
            statement=statement, key=key, version=1, on=on, by=em, at=NOON, until=until
        )
    return issue


def _frozen(
    issue: ScopingIssue, em: User, number: int, net: str, cogs: str | None, currency: str
) -> EstimateVersion:
    return EstimateVersion.objects.create(
        issue=issue,
        estimate_id=issue.pk + 10_000_000,  # no figure asks for it
        number=number,
        content={"totals": {"net": net}},
        costs={"total": {"cogs": cogs}},
        digest="0" * 64,
        currency=currency,
        list_total=net,
        final_total=net,
        sent_to="account_team",
        sent_by=em,
        sent_at=NOON,
    )
