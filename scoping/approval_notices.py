"""Who hears of approvals about scoping issues, whatever document they are about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emdesk.approvals import holding
from emdesk.ledger.models import Event
from emdesk.notifications.audiences import Heard, headlines, hears
from scoping.notices import ASKED, DECIDED, READY, manager

REQUESTER = "you asked for the decision"
OVERDUE = 100


def requester(event: Event, kind: str) -> Heard:
    return Heard(REQUESTER, kind, [event.data["requester"]])


@hears(holding.ASKED)
def asked(event: Event, issue: Any) -> Iterator[Heard]:
    yield Heard("your decision is asked for", ASKED, event.data["asked"])


@hears(holding.DELEGATED, holding.REASSIGNED, holding.STOOD_IN)
def passed_on(event: Event, issue: Any) -> Iterator[Heard]:
    """Who is asked now, who was before, and who waits for it."""
    yield Heard("your decision is asked for", ASKED, event.data["asked"])
    yield Heard("you were asked to decide", DECIDED, event.data.get("was", []))
    yield requester(event, DECIDED)


@hears(holding.REMINDED)
def reminded(event: Event, issue: Any) -> Iterator[Heard]:
    yield Heard("your decision is waited for", ASKED, event.data["asked"])
    if event.data["mark"] >= OVERDUE:
        yield requester(event, DECIDED)


@hears(*holding.DECIDED.values())
def decided(event: Event, issue: Any) -> Iterator[Heard]:
    yield requester(event, DECIDED)
    yield manager(issue, DECIDED)


@hears(holding.RECALLED, holding.SUPERSEDED)
def over(event: Event, issue: Any) -> Iterator[Heard]:
    yield Heard("you were asked to decide", ASKED, event.data["asked"])


@hears(holding.INQUIRED)
def inquired(event: Event, issue: Any) -> Iterator[Heard]:
    yield requester(event, READY)
    yield manager(issue, READY)


@hears(holding.ANSWERED)
def answered(event: Event, issue: Any) -> Iterator[Heard]:
    yield Heard("you asked", ASKED, event.data["asked"])


headlines(
    {
        holding.ASKED: lambda event: f"your decision on {event.data['title']}",
        holding.DELEGATED: lambda event: f"a decision on {event.data['title']} is passed on",
        holding.REASSIGNED: lambda event: f"a decision on {event.data['title']} is passed on",
        holding.STOOD_IN: lambda event: f"a decision on {event.data['title']} is passed on",
        holding.REMINDED: lambda event: f"{event.data['title']} waits for a decision",
        holding.DECIDED["approved"]: lambda event: f"{event.data['title']} is approved",
        holding.DECIDED["sent_back"]: lambda event: f"changes to {event.data['title']} asked",
        holding.DECIDED["rejected"]: lambda event: f"{event.data['title']} is rejected",
        holding.RECALLED: lambda event: f"{event.data['title']} needs no decision any more",
        holding.SUPERSEDED: lambda event: f"{event.data['title']} needs no decision any more",
        holding.INQUIRED: lambda event: f"a question about {event.data['title']}",
        holding.ANSWERED: lambda event: f"an answer about {event.data['title']}",
    }
)
