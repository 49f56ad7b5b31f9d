"""A clock in three words and a sign: the same on card, list, issue and report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from emdesk.sla.models import Clock
from emdesk.sla.reckoning import time_counted
from emdesk.sla.states import BREACH, State

DAY = timedelta(days=1)
SOON = 80  # percent of the budget
UNITS = (("d", 86_400), ("h", 3_600), ("m", 60))


@dataclass(frozen=True, slots=True)
class Chip:
    """``sign`` names glyph and colour: on, soon, over, pause, met, late or off."""

    sign: str
    words: str


def chip(state: str, started: datetime, due: datetime | None, noted: int, at: datetime) -> Chip:
    """How a live clock looks at a moment; ``noted`` is the highest mark that was reached."""
    if state == State.PAUSED or due is None:
        return Chip("pause", "Paused")
    if due <= at:
        behind = span(at - due)
        return Chip("over", f"{behind.split()[0] if at - due >= DAY else behind} overdue")
    used = noted >= SOON and noted < BREACH
    return Chip("soon" if used or _nearly(started, due, at) else "on", f"{span(due - at)} left")


def _nearly(started: datetime, due: datetime, at: datetime) -> bool:
    """Between two sweeps what is left may already be little; pauses apart."""
    return (due - at) * BREACH <= (due - started) * (BREACH - SOON)


def chip_in_brief(brief: dict[str, Any] | None, at: datetime) -> Chip | None:
    """The chip of a clock as a query told of it in JSON, if there was one."""
    if brief is None:
        return None
    due = datetime.fromisoformat(brief["due"]) if brief["due"] else None
    start = datetime.fromisoformat(brief["start"])
    return chip(brief["state"], start, due, max(brief["noted"], default=0), at)


def chip_of(clock: Clock, at: datetime) -> Chip:
    if clock.live:
        noted = max(clock.noted, default=0)
        return chip(clock.state, clock.started_at, clock.due_at, noted, at)
    took = span(time_counted(clock, at))
    if clock.state == State.MET:
        return Chip("met", f"Met, {took}")
    if clock.state == State.LATE:
        return Chip("late", f"Late, {took}")
    return Chip("off", "Cancelled")


def span(length: timedelta) -> str:
    """A length in at most two units: ``2d 3h``, ``3h 20m``, ``5m``."""
    seconds = max(int(length.total_seconds()), 0)
    for place, (unit, size) in enumerate(UNITS):
        whole, rest = divmod(seconds, size)
        if whole:
            smaller = UNITS[place + 1] if place + 1 < len(UNITS) else None
            part = rest // smaller[1] if smaller else 0
            return f"{whole}{unit} {part}{smaller[0]}" if smaller and part else f"{whole}{unit}"
    return "under 1m"


def exactly(length: timedelta) -> str:
    """A length to the second, such as ``31 h 10 m``: what has to add up."""
    hours, rest = divmod(int(length.total_seconds()), 3_600)
    minutes, seconds = divmod(rest, 60)
    parts = [(hours, "h"), (minutes, "m"), (seconds, "s")]
    return " ".join(f"{number:,} {unit}" for number, unit in parts if number) or "0 s"
