"""What the events of hand-offs say, after the name of who did it."""

from __future__ import annotations

from datetime import date

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event
from sow.handing_over import (
    ACCEPTED,
    AMENDED,
    ANSWERED,
    DATED,
    HANDED,
    MET,
    OPENED,
    RETURNED,
)
from sow.models import Meets


@sentence(OPENED)
def opened(event: Event) -> str:
    return f"opened the hand-off of {event.data['sow']}"


@sentence(AMENDED)
def amended(event: Event) -> str:
    return f"wrote in the hand-off of {event.data['sow']}: {', '.join(event.data['fields'])}"


@sentence(ANSWERED)
def answered(event: Event) -> str:
    data = event.data
    note = f". {data['note']}" if data["note"] else ""
    return f"answered for the hand-off: “{data['question']}” {data['stand'].lower()}{note}"


@sentence(DATED)
def dated(event: Event) -> str:
    due = date.fromisoformat(event.data["due"])
    return f"set the day of the hand-off's {_task(event)}: {due:%-d %b %Y}"


@sentence(MET)
def met(event: Event) -> str:
    on = date.fromisoformat(event.data["on"])
    return f"noted for the hand-off that this took place on {on:%-d %b %Y}: {_task(event)}"


@sentence(HANDED)
def handed(event: Event) -> str:
    return f"handed {event.data['sow']} over to {event.data['to']}"


@sentence(RETURNED)
def returned(event: Event) -> str:
    return f"gave the hand-off of {event.data['sow']} back: “{event.data['questions']}”"


@sentence(ACCEPTED)
def accepted(event: Event) -> str:
    return f"accepted the hand-off of {event.data['sow']}"


def _task(event: Event) -> str:
    label = Meets(event.data["kind"]).label
    return label[0].lower() + label[1:]
