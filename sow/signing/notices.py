"""Who hears of signatures, and why. Our signatories hear as of every decision asked of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emdesk.ledger.models import Event
from emdesk.notifications.audiences import Heard, headlines, hears
from emdesk.people.models import Role
from scoping.notices import ASKED, DECIDED, MOVED, READY, account_team, manager
from scoping.rules import SPEAK_THEMSELVES
from sow.signing import holding


@hears(holding.SENT)
def sent(event: Event, issue: Any) -> Iterator[Heard]:
    """Who speaks with the customer names those of the customer who sign."""
    speaks = ASKED if issue.communication_owner in SPEAK_THEMSELVES else MOVED
    yield from account_team(issue, speaks)
    yield manager(issue, MOVED)


@hears(holding.ROUTED, holding.ASKED, holding.REPLACED, holding.RECALLED)
def under_way(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, MOVED)
    yield from account_team(issue, MOVED)


@hears(holding.SIGNED)
def signed(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, DECIDED)
    yield from account_team(issue, MOVED)


@hears(holding.DECLINED, holding.VOIDED, holding.EXPIRED, holding.EXPIRING)
def in_trouble(event: Event, issue: Any) -> Iterator[Heard]:
    """Everybody who has to do something about it."""
    yield manager(issue, DECIDED)
    yield from account_team(issue, DECIDED)


@hears(holding.ALL_SIGNED, holding.EXECUTED, holding.ELSEWHERE)
def complete(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, READY)
    yield from account_team(issue, READY)
    if event.verb == holding.EXECUTED:
        yield Heard("you book signed deals", READY, roles=[Role.DEAL_DESK])
        yield Heard("you deliver it", READY, [issue.project_manager_id])


def _named(event: Event) -> str:
    return str(event.data["sow"])


headlines(
    {
        holding.SENT: lambda event: f"{_named(event)} is out for signature",
        holding.ROUTED: lambda event: f"{_named(event)} goes to the customer",
        holding.ASKED: lambda event: f"{event.data['name']} is asked to sign {_named(event)}",
        holding.REPLACED: lambda event: f"somebody else signs {_named(event)}",
        holding.RECALLED: lambda event: f"{_named(event)} is recalled from signature",
        holding.SIGNED: lambda event: f"{event.data['name']} signed {_named(event)}",
        holding.DECLINED: lambda event: f"{_named(event)} is declined",
        holding.VOIDED: lambda event: f"{_named(event)} is out of signature: a new version",
        holding.EXPIRED: lambda event: f"{_named(event)} was not signed in time",
        holding.EXPIRING: lambda event: f"{_named(event)} is to be signed soon",
        holding.ALL_SIGNED: lambda event: f"everybody has signed {_named(event)}",
        holding.EXECUTED: lambda event: f"{_named(event)} is executed",
        holding.ELSEWHERE: lambda event: f"{_named(event)} is signed elsewhere",
    }
)
