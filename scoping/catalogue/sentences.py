"""What events of the catalogue say, after the name of who did it. No standard cost is told."""

from __future__ import annotations

from datetime import date

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event
from scoping.catalogue import drafting, needs, proposing, publishing, rating


@sentence(drafting.BEGUN)
def begun(event: Event) -> str:
    based = event.data["based_on"]
    return f"began version {event.data['number']}" + (f" from version {based}" if based else "")


@sentence(drafting.EDITED)
def edited(event: Event) -> str:
    data = event.data
    changed = data.get("changed", {})
    fields = ", ".join(name.removesuffix("_id").replace("_", " ") for name in changed)
    return f"{data['how']} “{data['title']}”" + (f": {fields}" if fields else "")


@sentence(drafting.DISCARDED)
def discarded(event: Event) -> str:
    return f"discarded the draft of version {event.data['number']}"


@sentence(publishing.PUBLISHED)
def published(event: Event) -> str:
    data = event.data
    counts = ", ".join(
        f"{data[how]} {how}" for how in ("changed", "added", "withdrawn") if data[how]
    )
    return (
        f"published version {data['number']} from {_day(data['effective_from'])}"
        f" ({counts}): “{data['reason']}”"
    )


@sentence(proposing.MADE)
def proposed(event: Event) -> str:
    item = event.data["item"]
    return f"proposed a change of “{item}”" if item else "proposed an addition to the catalogue"


@sentence(proposing.ACCEPTED)
def accepted(event: Event) -> str:
    return f"accepted this into version {event.data['version']}: “{event.data['answer']}”"


@sentence(proposing.DECLINED)
def declined(event: Event) -> str:
    return f"declined this: “{event.data['answer']}”"


@sentence(proposing.WITHDRAWN)
def withdrawn(event: Event) -> str:
    return "took this proposal back"


@sentence(needs.NOTED)
def need_noted(event: Event) -> str:
    return f"noted a need for the catalogue: “{_short(event.data['text'])}”"


@sentence(needs.ANSWERED)
def need_answered(event: Event) -> str:
    data = event.data
    return f"said of a need noted here: {data['status']}. “{_short(data['answer'])}”"


@sentence(rating.CARD_GIVEN)
def card_given(event: Event) -> str:
    data = event.data
    return (
        f"gave this rate card from {_day(data['effective_from'])}:"
        f" {data['currency']} {data['rate']} an hour. “{data['reason']}”"
    )


@sentence(rating.SHEET_GIVEN)
def sheet_given(event: Event) -> str:
    data = event.data
    return f"gave standard cost from {_day(data['effective_from'])}: “{data['reason']}”"


def _day(told: str) -> str:
    return f"{date.fromisoformat(told):%-d %b %Y}"


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119]}…"
