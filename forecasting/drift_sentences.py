"""The events of drift as sentences."""

from __future__ import annotations

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event
from forecasting.drift import BEGAN, ENDED


@sentence(BEGAN)
def began(event: Event) -> str:
    return f"noticed that desk and CRM disagree: {event.data['rule']}"


@sentence(ENDED)
def ended(event: Event) -> str:
    if not event.data["mended"]:
        return f"looks no more for this: {event.data['rule']}"
    return f"noticed that desk and CRM agree again: {event.data['rule']}"
