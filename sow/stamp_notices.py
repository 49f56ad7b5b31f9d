"""Who hears of the legal stamp of a statement of work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emdesk.ledger.models import Event
from emdesk.notifications.audiences import Heard, headlines, hears
from scoping.notices import DECIDED, MOVED, READY, account_team, manager
from sow.stamping import STAMPED, VOIDED

headlines({STAMPED: "legal stamped the SOW", VOIDED: "the legal stamp is void"})


@hears(STAMPED)
def stamped(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, READY)
    yield from account_team(issue, MOVED)


@hears(VOIDED)
def voided(event: Event, issue: Any) -> Iterator[Heard]:
    """Also whoever stamped it, for they stamp the next."""
    yield manager(issue, DECIDED)
    yield Heard("you stamped it", DECIDED, [event.data["stamped_by"]])
    yield from account_team(issue, READY)
