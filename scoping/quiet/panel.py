"""What an issue's page says about the two-months rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scoping.models import ScopingIssue
from scoping.quiet.days import SIX_WEEKS, Keep
from scoping.quiet.keeping import silence_of
from scoping.quiet.silences import MARGIN


@dataclass(frozen=True)
class QuietLine:
    """When it closes; ``keep`` is the word that holds until then."""

    active_on: date
    closes_on: date
    keep: Keep | None


def quiet_line(issue: ScopingIssue, at: datetime) -> QuietLine | None:
    """Nothing before six weeks are over. ``issue`` is :func:`with_activity`."""
    active_at: Any = issue.active_at  # type: ignore[attr-defined]
    if not issue.live or active_at > at - SIX_WEEKS + MARGIN:
        return None
    silence, today = silence_of(issue, at)
    if not (silence.kept or silence.asks(today)):
        return None
    keep = silence.keep if silence.kept else None
    return QuietLine(silence.active_on, silence.closes_on(today), keep)
