"""The way an issue took, and the fields that go with where it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from scoping.imports.history import Move
from scoping.imports.standing import Standing
from scoping.imports.values import Notes
from scoping.quarters import FiscalCalendar
from scoping.states import WORKED, CloseReason, Outcome, State

REASONS = {Outcome.WON: CloseReason.SIGNED, Outcome.LOST: CloseReason.OTHER}
LOOK_AGAIN = timedelta(days=30)
NOT_CLOSED = {"outcome": "", "close_reason": "", "close_quarter": "", "closed_from": ""}
NOT_HELD = {"held_from": "", "hold_reason": "", "review_date": None}


@dataclass
class Course:
    """Moves from Open on, and what stands on the issue at their end."""

    begins: datetime
    moves: list[Move]
    fields: dict[str, Any]

    @property
    def state(self) -> State:
        return self.moves[-1].state if self.moves else State.OPEN

    @property
    def entered_at(self) -> datetime:
        return self.moves[-1].at if self.moves else self.begins


def course(
    begins: datetime,
    moves: Sequence[Move],
    standing: Standing,
    quarter: str,
    due: date | None = None,
) -> Course:
    found = Course(begins, [*moves], NOT_CLOSED | NOT_HELD | _status(standing, begins))
    before = [State.OPEN, *(move.state for move in moves[:-1])]
    if found.state == State.CLOSED:
        found.fields |= _ending(standing, quarter) | {"closed_from": _last(before)}
        found.fields |= {"em_status": "", "em_status_at": None}
    elif found.state == State.ON_HOLD:
        found.fields |= {
            "held_from": _last(before, held=False),
            "hold_reason": "On hold on the board it came from.",
            "review_date": due or (found.entered_at + LOOK_AGAIN).date(),
        }
    return found


def quarter_of(
    standing: Standing, closed_at: datetime, calendar: FiscalCalendar, notes: Notes
) -> str:
    """The label's quarter; without one that of the closing time. Where they differ, that is said."""
    by_clock = calendar.quarter_of(closed_at.date())
    if not standing.quarter:
        if standing.outcome:
            notes.say("the quarter is that of the closing time")
        return str(calendar.quarter_at(closed_at))
    if standing.quarter != str(by_clock):
        notes.say(
            f"the label says {standing.quarter}, the closing time {by_clock}; the label counts"
        )
    return standing.quarter


def _ending(standing: Standing, quarter: str) -> dict[str, str]:
    """Conflicts and tickets without an outcome are closed, and count nowhere."""
    if not standing.outcome or standing.conflict:
        return {"close_reason": CloseReason.IMPORTED}
    outcome = Outcome(standing.outcome)
    return {"outcome": outcome, "close_reason": REASONS[outcome], "close_quarter": quarter}


def _status(standing: Standing, at: datetime) -> dict[str, Any]:
    status = standing.fields.get("em_status", "")
    return {"em_status": status, "em_status_at": at if status else None}


def _last(states: Sequence[State], *, held: bool = True) -> State:
    """The last of these columns that is a live one, and not On_hold if that does not count."""
    fitting = [state for state in states if state in WORKED or (held and state == State.ON_HOLD)]
    return fitting[-1]
