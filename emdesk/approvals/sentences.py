"""What the events of approvals say, after the name of who did it."""

from __future__ import annotations

from datetime import date
from typing import Any

from emdesk.activity.sentences import sentence
from emdesk.approvals.holding import (
    ANSWERED,
    ASKED,
    DECIDED,
    DELEGATED,
    INQUIRED,
    KEPT,
    REASSIGNED,
    RECALLED,
    REMINDED,
    REQUESTED,
    STOOD_IN,
    SUPERSEDED,
)
from emdesk.ledger.models import Event

WORDS = {
    DECIDED["approved"]: "approved",
    DECIDED["sent_back"]: "asked for changes to",
    DECIDED["rejected"]: "rejected",
}


@sentence(REQUESTED)
def requested(event: Event) -> str:
    data = event.data
    return f"asked for “{data['about']}” of {data['title']}{_quoted(data.get('note'))}"


@sentence(ASKED)
def asked(event: Event) -> str:
    data = event.data
    return f"put “{data['name']}” of {data['title']} to {_whom(data)}"


@sentence(KEPT)
def kept(event: Event) -> str:
    data = event.data
    return (
        f"kept the approval of {data['person']} (“{data['name']}”, {data['earlier']}) "
        f"for {data['title']}"
    )


@sentence(*WORDS)
def decided(event: Event) -> str:
    data = event.data
    instead = f" for {data['on_behalf_of']}" if data["on_behalf_of"] else ""
    reason = _quoted(data["reason"])
    return f"{WORDS[event.verb]} {data['title']}{instead} (“{data['name']}”){reason}"


@sentence(RECALLED)
def recalled(event: Event) -> str:
    return f"recalled the request about {event.data['title']}{_quoted(event.data['reason'])}"


@sentence(SUPERSEDED)
def superseded(event: Event) -> str:
    return f"replaced {event.data['title']}, which nobody need decide any more"


@sentence(DELEGATED)
def delegated(event: Event) -> str:
    data = event.data
    until = f"{date.fromisoformat(data['until']):%-d %b %Y}"
    return (
        f"let {data['person']} decide “{data['name']}” of {data['title']} until {until}"
        f"{_quoted(data['reason'])}"
    )


@sentence(REASSIGNED)
def reassigned(event: Event) -> str:
    data = event.data
    return f"gave “{data['name']}” of {data['title']} to {data['person']}{_quoted(data['reason'])}"


@sentence(STOOD_IN)
def stood_in(event: Event) -> str:
    data = event.data
    return f"put “{data['name']}” of {data['title']} to {_whom(data)}: {data['person']} is away"


@sentence(REMINDED)
def reminded(event: Event) -> str:
    data = event.data
    return (
        f"reminded {_whom(data)}: {data['mark']} % of the time for “{data['name']}” of "
        f"{data['title']} is used"
    )


@sentence(INQUIRED)
def inquired(event: Event) -> str:
    return f"asked about {event.data['title']}{_quoted(event.data['text'])}"


@sentence(ANSWERED)
def answered(event: Event) -> str:
    data = event.data
    return f"answered about {data['title']}{_quoted(data['text'])}"


def _whom(data: dict[str, Any]) -> str:
    people = " and ".join(data["people"])
    if not people:
        return "everybody who may decide it"
    return f"{people} for {data['stands_in_for']}" if data["stands_in_for"] else people


def _quoted(text: str | None) -> str:
    return f": “{text}”" if text else ""
