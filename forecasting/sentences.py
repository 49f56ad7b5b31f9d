"""The forecast's events as sentences."""

from __future__ import annotations

from decimal import Decimal

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event
from emdesk.money import in_full
from forecasting.calling import LED, REOPENED, SUBMITTED


@sentence(SUBMITTED)
def call_submitted(event: Event) -> str:
    return f"called {_figures(event)}{_note(event)}"


@sentence(LED)
def call_led(event: Event) -> str:
    whose = event.data["whose"]
    where = f"beside the call of {whose}" if whose else "for the desk"
    return f"put {_figures(event)} {where}{_note(event)}"


@sentence(REOPENED)
def call_reopened(event: Event) -> str:
    return f"reopened the call of {event.data['whose']}: {event.data['reason']}"


def _figures(event: Event) -> str:
    currency = event.data["currency"]
    commit, best = (
        in_full(Decimal(event.data[name]), currency) for name in ("commit", "best_case")
    )
    return f"Commit {commit} and Best Case {best}"


def _note(event: Event) -> str:
    return f": “{event.data['note']}”" if event.data["note"] else ""
