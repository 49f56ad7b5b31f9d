"""What an issue's page says about the two-months rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from emdesk.ledger.models import Event
from scoping.models import ScopingIssue
from scoping.quiet.activity import last_activity
from scoping.quiet.days import SIX_WEEKS, Keep
from scoping.quiet.silences import MARGIN, Calendar, silence_in


@dataclass(frozen=True)
class QuietLine:
    """When it closes; ``keep`` is the word that holds until then."""

    active_on: date
    closes_on: date
    keep: Keep | None


def quiet_line(issue: ScopingIssue, history: Sequence[Event], at: datetime) -> QuietLine | None:
    """Nothing before six weeks are over. ``history`` is the issue's events in order."""
    if not issue.live or last_activity(issue, history) > at - SIX_WEEKS + MARGIN:
        return None
    calendar = Calendar(at)
    silence = silence_in(history, issue, calendar)
    if not (silence.kept or silence.asks(calendar.today)):
        return None
    keep = silence.keep if silence.kept else None
    return QuietLine(silence.active_on, silence.closes_on(calendar.today), keep)
