"""A lead's reason for an estimate below the floor of the margin (domain.md §5.3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.transaction import atomic

from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused
from scoping import rules
from scoping.estimating.bands import Band, band_of
from scoping.estimating.limits import Limits
from scoping.models import Estimate, MarginReason

EXCUSED = "scoping.estimate_excused"


def standing_reason(estimate: Estimate, margin: Decimal | None) -> MarginReason | None:
    """The newest reason, unless the margin has fallen further since."""
    found = estimate.margin_reasons.select_related("by").first()
    return found if found and margin is not None and margin >= found.margin else None


def excuse(
    estimate: Estimate,
    reason: str,
    *,
    margin: Decimal | None,
    limits: Limits,
    by: User,
    at: datetime,
) -> MarginReason:
    """The ledger hears that a lead agreed, and neither the reason nor the figure."""
    band: Band | None = band_of(margin, limits)
    if not rules.excuses_margin(estimate.issue, by):
        raise NotAllowed("A lead gives the reason for a margin below the floor.")
    if band is None or margin is None or not band.broken:
        raise Refused("The margin is not below the floor; no reason is needed.")
    with atomic():
        found = MarginReason.objects.create(
            estimate=estimate, margin=margin, reason=reason, by=by, at=at
        )
        said = {"estimate": estimate.position, "name": estimate.name}
        record(estimate.issue, EXCUSED, by=by, at=at, **said)
    return found
