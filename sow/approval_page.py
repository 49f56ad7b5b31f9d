"""What the SOW's page shows of its approval: who agreed, who decides, and what one may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from emdesk.approvals.standings import requests_about
from emdesk.people.models import User
from sow import rules
from sow.approving import CHAIN
from sow.asking import STATES, UNASKED
from sow.forms.approving import AgreedForm
from sow.greenlights import Agreed, Party, agreed
from sow.models import StatementOfWork, Version


@dataclass(frozen=True)
class Word:
    """A party whose word is needed, what they said last, and the form to note it."""

    label: str
    said: Agreed | None
    form: AgreedForm | None


def approval(statement: StatementOfWork, head: Version, user: User, at: datetime) -> dict[str, Any]:
    """For the rail: the last request with its steps, and whether it is about the newest version."""
    issue = statement.issue
    found = next(iter(requests_about(issue, CHAIN)), None)
    current = found is not None and found.document_id == head.pk
    settled = current and found is not None and found.standing not in UNASKED
    words = agreed(statement, head.said)
    notes = issue.live and rules.notes_agreement(issue, user)
    asks = issue.state in STATES and rules.asks_approval(issue, user)
    return {
        "found": found,
        "current": current,
        "steps": sorted(found.steps.all(), key=lambda step: (step.place, step.pk)) if found else [],
        "words": [_word(party, words.get(party), head, at, notes=notes) for party in Party],
        "asks": asks and not settled,
        "at": at,
    }


def _word(party: Party, said: Agreed | None, head: Version, at: datetime, *, notes: bool) -> Word:
    first = {"party": party, "seen": head.number, "on": localdate(at)}
    missing = notes and (said is None or said.stale)
    form = AgreedForm(initial=first, auto_id=f"{party}-%s") if missing else None
    return Word(party.label, said, form)
