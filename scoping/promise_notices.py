"""Who hears of a promise that runs out or is broken: each step of its ladder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emdesk.ledger.models import Event
from emdesk.notifications.audiences import Heard, hears
from emdesk.people.models import Role
from scoping.notices import BREACHED, WARNED, manager

LADDER = {"lead": Role.EM_LEAD, "director": Role.DIRECTOR}


@hears("sla.warned", "sla.breached", "sla.escalated")
def promise(event: Event, issue: Any) -> Iterator[Heard]:
    """Each step of the ladder that this mark reaches; leads while nobody has the issue."""
    kind = WARNED if event.verb == "sla.warned" else BREACHED
    yield manager(issue, kind)
    told = set(event.data.get("tells", ()))
    if issue.engagement_manager_id is None:
        told.add("lead")
    for step, role in LADDER.items():
        if step in told:
            yield _step(issue, role, kind)


def _step(issue: Any, role: Role, kind: str) -> Heard:
    """The EM's own lead or director; while nobody is named above the EM, all of them."""
    own = issue.engagement_manager and issue.engagement_manager.superior(role)
    if own:
        return Heard("a promise of somebody who reports to you reached your step", kind, [own.pk])
    return Heard(f"a promise reached your step, as {Role(role).label}", kind, roles=[role])
