"""Which version of a policy a clock runs under: the one in force when it started."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from emdesk.sla.models.policy import Policy


class Versions:
    """Every version of every policy, read once for a batch."""

    def __init__(self) -> None:
        self._of: dict[str, list[Policy]] = defaultdict(list)
        self._numbered: dict[tuple[str, int], Policy] = {}
        for policy in Policy.objects.order_by("-effective_from", "-version"):
            self._of[policy.key].append(policy)
            self._numbered[policy.key, policy.version] = policy

    def at(self, key: str, moment: datetime) -> Policy | None:
        """The version in force at a moment, switched on or not."""
        for policy in self._of[key]:
            if policy.effective_from <= moment:
                return policy
        return None

    def numbered(self, key: str, version: int) -> Policy | None:
        return self._numbered.get((key, version))
