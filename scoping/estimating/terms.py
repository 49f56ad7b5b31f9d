"""The terms of a whole estimate: how it is priced, its percentages, its currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.people.models import User
from emdesk.workflow import Refused
from scoping.estimating.beginning import pin_rates
from scoping.estimating.sheets import in_hand, keep
from scoping.facts import revise
from scoping.models import Estimate, EstimateLine, EstimateStep


def amend_terms(
    estimate: Estimate, *, by: User, at: datetime, seen: Mapping[str, Any], **said: Any
) -> EstimateStep | None:
    """Set these terms; :class:`Overtaken` when somebody else changed one of them meanwhile.

    Another currency takes that currency's rates. Once a version was sent it stands, and before
    that as long as lines hold amounts of their own: those never change their currency.
    """
    with atomic():
        sheet = in_hand(estimate.issue, estimate.position)
        changed = revise(sheet.estimate, seen, said)
        if "currency" in changed:
            if estimate.issue.estimate_versions.exists():
                raise Refused("The currency stands: a version was sent in it. Begin a new issue.")
            _insist_on_no_amounts(sheet.lines)
            pin_rates(sheet.estimate, estimate.issue, localdate(at))
        return keep(sheet, by=by, at=at)


def _insist_on_no_amounts(lines: Iterable[EstimateLine]) -> None:
    amounts = ((line.rate, line.unit_price, line.cost) for line in lines)
    held = sum(any(each is not None for each in own) for own in amounts)
    if held:
        raise Refused(
            f"{held} line{' holds' if held == 1 else 's hold'} an amount of its own (rate, "
            "unit price or cost) in the old currency. Empty those cells first, then change the currency."
        )
