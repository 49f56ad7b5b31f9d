"""Giving rates: a new card or sheet from a day on. What was given before stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db.transaction import atomic

from emdesk.ledger.recording import record
from emdesk.people.models import User
from scoping.catalogue.standard_cost import hourly
from scoping.models import BillRate, CostRate, CostSheet, RateCard, ResourceRole

CARD_GIVEN, SHEET_GIVEN = "scoping.rate_card_given", "scoping.cost_sheet_given"


def give_card(
    *,
    region: str,
    currency: str,
    rate: Decimal,
    own_rates: Mapping[ResourceRole, Decimal],
    effective_from: date,
    reason: str,
    by: User,
    at: datetime,
) -> RateCard:
    """``rate`` is every role's that has none in ``own_rates``."""
    with atomic():
        card = RateCard.objects.create(
            region=region,
            currency=currency,
            rate=rate,
            effective_from=effective_from,
            set_by=by,
            set_at=at,
            reason=reason,
        )
        BillRate.objects.bulk_create(
            BillRate(card=card, role=role, rate=own) for role, own in own_rates.items()
        )
        own = {role.key: f"{own:.2f}" for role, own in own_rates.items()}
        told = {"region": region, "currency": currency, "rate": f"{rate:.2f}", "own_rates": own}
        day = effective_from.isoformat()
        record(card, CARD_GIVEN, by=by, at=at, effective_from=day, reason=reason, **told)
    return card


def give_sheet(
    *,
    currency: str,
    yearly: Mapping[ResourceRole, Decimal],
    billable_hours: int,
    effective_from: date,
    reason: str,
    by: User,
    at: datetime,
) -> CostSheet:
    """From each role's average pay and benefits a year. The ledger is told of no figure."""
    with atomic():
        sheet = CostSheet.objects.create(
            currency=currency,
            billable_hours=billable_hours,
            effective_from=effective_from,
            set_by=by,
            set_at=at,
            reason=reason,
        )
        CostRate.objects.bulk_create(
            CostRate(sheet=sheet, role=role, yearly=each, rate=hourly(each, billable_hours))
            for role, each in yearly.items()
        )
        told = {"currency": currency, "roles": sorted(role.key for role in yearly)}
        day = effective_from.isoformat()
        record(sheet, SHEET_GIVEN, by=by, at=at, effective_from=day, reason=reason, **told)
    return sheet
