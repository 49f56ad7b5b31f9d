"""Risks of a deal, and the call for help when it is blocked. All of it is the deal's history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.transaction import atomic

from emdesk.ledger.models import Event
from emdesk.ledger.recording import append, event_of, lock
from emdesk.people.models import User
from emdesk.workflow import changes, values
from scoping.facts import revise
from scoping.models import Opportunity, Risk

NOTED, CHANGED = "scoping.risk_noted", "scoping.risk_changed"
HELP_ASKED, HELP_OVER = "scoping.help_asked", "scoping.help_over"


def note_risk(deal: Opportunity, *, by: User, at: datetime, **said: Any) -> Risk:
    with atomic():
        lock(deal)
        risk = Risk.objects.create(opportunity=deal, **said)
        append([event_of(deal, NOTED, by=by, at=at, risk=risk.pk, text=risk.text)])
    return risk


def change_risk(risk: Risk, *, by: User, at: datetime, **said: Any) -> Event | None:
    """None when nothing changed."""
    with atomic():
        lock(risk.opportunity)
        risk = Risk.objects.select_related("opportunity").get(pk=risk.pk)
        was = values(risk)  # type: ignore[arg-type]
        for name, value in said.items():
            setattr(risk, name, value)
        changed = changes(was, risk)  # type: ignore[arg-type]
        if not changed:
            return None
        told: dict[str, Any] = {"risk": risk.pk, "text": risk.text, "changed_risk": changed}
        event = event_of(risk.opportunity, CHANGED, by=by, at=at, **told)
        append([event])
        risk.save(update_fields=[*changed])
        return event


def ask_for_help(deal: Opportunity, text: str, *, by: User, at: datetime) -> Event | None:
    """Say what blocks the deal, or with no text that nothing does any more."""
    with atomic():
        lock(deal)
        deal = Opportunity.objects.get(pk=deal.pk)
        changed = revise(deal, None, {"help_needed": text})
        if not changed:
            return None
        event = event_of(deal, HELP_ASKED if text else HELP_OVER, by=by, at=at, changed=changed)
        append([event])
        deal.save(update_fields=[*changed])
        return event
