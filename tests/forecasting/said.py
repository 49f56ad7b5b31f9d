"""Deals whose colours were said at known weeks, for tests of how far they can be trusted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import localdate

from scoping.deals import amend_deal
from scoping.models import Account, Opportunity
from tests.factories import make_account, make_opportunity

MIDDAY = time(20, tzinfo=UTC)  # noon where quarters are decided, so the same day


def moment(day: date) -> datetime:
    return datetime.combine(day, MIDDAY)


def make_said(
    em: Any,
    colour: str = "green",
    *,
    weeks: int = 6,
    won: bool = True,
    late: bool = False,
    account: Account | None = None,
) -> Opportunity:
    """A deal that bore this colour from so many weeks before its close date on, and closed."""
    closes = localdate() - timedelta(days=150)
    ended = closes + timedelta(days=120 if late else 0)
    deal = make_opportunity(
        engagement_manager=em, stage="4", close_date=closes, account=account or make_account()
    )
    said = {"confidence": colour, "confidence_rationale": "They told us"}
    amend_deal(deal, by=em, at=moment(closes - timedelta(days=7 * weeks)), **said)
    stage = "won" if won else "lost"
    amend_deal(deal, by=None, at=moment(ended), stage=stage, close_date=ended)
    return Opportunity.objects.get(pk=deal.pk)
