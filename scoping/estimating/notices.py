"""Who hears that an estimate was sent, and of what was answered to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emdesk.ledger.models import Event
from emdesk.notifications.audiences import Heard, headlines, hears
from scoping.estimating.excusing import EXCUSED
from scoping.estimating.sending import ACCEPTED, REWORK, SENT
from scoping.notices import DECIDED, MOVED, READY, account_team, everybody_on, manager

headlines(
    {
        SENT: lambda event: f"v{event.data['version']} of the estimate is sent",
        ACCEPTED: lambda event: f"v{event.data['version']} of the estimate is accepted",
        REWORK: lambda event: f"v{event.data['version']} of the estimate needs rework",
        EXCUSED: "a lead agrees to the estimate",
    }
)


@hears(SENT)
def sent(event: Event, issue: Any) -> Iterator[Heard]:
    """Where sending moves the card too, the account team hears it at once from the move."""
    if not event.data.get("moves"):
        yield from account_team(issue, READY)
    yield from everybody_on(issue, MOVED)


@hears(ACCEPTED)
def accepted(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, READY)
    yield from account_team(issue, READY)
    yield from everybody_on(issue, MOVED)


@hears(REWORK)
def rework(event: Event, issue: Any) -> Iterator[Heard]:
    """The EM hears at once of the move back to the strawman; here is what was said."""
    yield from account_team(issue, READY)
    yield from everybody_on(issue, MOVED)


@hears(EXCUSED)
def excused(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, DECIDED)
