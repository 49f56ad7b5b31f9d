"""The terms of a whole estimate: how it is priced, its percentages, its currency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.people.models import User
from emdesk.workflow import Refused
from scoping.estimating.beginning import pin_rates
from scoping.estimating.sheets import in_hand, keep
from scoping.facts import revise
from scoping.models import Estimate, EstimateStep


def amend_terms(
    estimate: Estimate, *, by: User, at: datetime, seen: Mapping[str, Any], **said: Any
) -> EstimateStep | None:
    """Set these terms; :class:`Overtaken` when somebody else changed one of them meanwhile.

    Another currency takes that currency's rates. Once a version was sent it stands.
    """
    with atomic():
        sheet = in_hand(estimate.issue, estimate.position)
        changed = revise(sheet.estimate, seen, said)
        if "currency" in changed:
            if estimate.issue.estimate_versions.exists():
                raise Refused("The currency stands: a version was sent in it. Begin a new issue.")
            pin_rates(sheet.estimate, estimate.issue, localdate(at))
        return keep(sheet, by=by, at=at)
