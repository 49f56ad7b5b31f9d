"""The events of calls and meetings as sentences."""

from __future__ import annotations

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event


@sentence("scoping.meeting_planned")
def planned(event: Event) -> str:
    kind = event.data["kind"]
    return f"planned {'an' if kind[0] in 'aeiou' else 'a'} {kind}"


@sentence("scoping.meeting_held")
def meeting_held(event: Event) -> str:
    return f"noted the {event.data['kind']} as held"


@sentence("scoping.meeting_noted")
def meeting_noted(event: Event) -> str:
    return f"wrote down what was said at the {event.data['kind']}"


@sentence("scoping.meeting_cancelled")
def meeting_cancelled(event: Event) -> str:
    return f"cancelled the {event.data['kind']}"
