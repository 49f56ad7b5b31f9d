"""A week of the forecast in which everything happens once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from emdesk.configuration.values import set_value
from emdesk.people.models import User
from scoping.deals import amend_deal
from scoping.models import Opportunity, Stage
from tests.factories import NOON, make_opportunity, make_user

WEEK = timedelta(days=7)


def a_week(by: User | None = None) -> dict[str, Opportunity]:
    """A deal for each thing that happens in the week after NOON; changed by the EM ``by``."""
    by = by or make_user()
    day, later = date(2026, 3, 20), date(2026, 5, 2)
    told: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "won": ({}, {"stage": Stage.WON}),
        "lost": ({}, {"stage": Stage.LOST}),
        "pushed": ({}, {"close_date": later}),
        "pulled_in": ({"close_date": later}, {"close_date": day}),
        "up": ({}, {"services_value": Decimal(150)}),
        "down": ({}, {"services_value": Decimal(60)}),
        "currency": ({"currency": "EUR"}, {}),
        "removed": ({}, {"stage": Stage.UNQUALIFIED}),
        "same": ({}, {"confidence": "green"}),
        "passed": ({"stage": Stage.PENDING}, {"stage": Stage.WON}),
    }
    found = {}
    for name, (begun, _) in told.items():
        fields = {
            "stage": Stage.PROPOSAL,
            "close_date": day,
            "services_value": Decimal(100),
            "engagement_manager": by,
        }
        found[name] = make_opportunity(**(fields | begun), name=f"The {name} deal")
    rates = {"rates": {"EUR": "1.1"}, "later": {"EUR": "1.2"}}
    for offset, sheet in ((-30, rates["rates"]), (4, rates["later"])):
        at = NOON + timedelta(days=offset)
        rate: dict[str, Any] = {"effective_from": at.date(), "reason": "Month", "by": by}
        set_value("exchange_rates", {"USD": "1", **sheet}, at=at, **rate)
    for name, (_, changed) in told.items():
        if changed:
            amend_deal(found[name], by=by, at=NOON + timedelta(days=3), **changed)
    return found
