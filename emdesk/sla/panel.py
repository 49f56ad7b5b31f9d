"""What a subject's page shows of its clocks: chip, strip and sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import models

from emdesk.ledger.models import Event
from emdesk.sla.chips import Chip, chip_of, span
from emdesk.sla.explaining import Explanation, Piece, course, explain
from emdesk.sla.models import Clock, State
from emdesk.sla.reckoning import time_counted
from emdesk.sla.signs import reason_name, watched
from emdesk.sla.states import BREACH

WIDTH = 1_000
MOST_PIECES = 400


@dataclass(frozen=True)
class Bar:
    """A piece of the strip in its place, in thousandths of its width."""

    piece: Piece
    x: str
    width: str

    @property
    def title(self) -> str:
        why = f", not counted: {self.piece.why}" if self.piece.why else ""
        return f"{self.piece.name}, {span(self.piece.length)}{why}"


@dataclass(frozen=True)
class Tick:
    share: int
    x: str
    told: bool


@dataclass(frozen=True)
class Leg:
    name: str
    done_at: datetime | None
    current: bool


@dataclass(frozen=True)
class Shown:
    """One clock as a page shows it; ``acts`` has the template of what one may do about it."""

    clock: Clock
    chip: Chip
    explanation: Explanation
    acts: Any = None

    @property
    def left(self) -> str:
        """What is left of the budget, by what counts."""
        used = time_counted(self.clock, self.explanation.until)
        return span(max(self.clock.policy.budget - used, timedelta()))

    @property
    def still_because(self) -> str:
        """Why it stands still now, in words."""
        spells = self.clock.reasoned
        if not (self.clock.live and spells and spells[-1][1] is None):
            return ""
        return ", ".join(reason_name(each) for each in spells[-1][2])

    @property
    def announced_early(self) -> bool:
        """A breach was announced, and then the promise turned out to be kept in time."""
        return self.clock.state == State.MET and max(self.clock.noted, default=0) >= BREACH

    @property
    def legs(self) -> list[Leg]:
        watch = watched(self.clock.subject_type)
        if watch is None:
            return []
        done = {leg: datetime.fromisoformat(at) for leg, at in self.clock.legs}
        order = watch.legs.get(self.clock.key, ())
        turn = next((leg for leg in order if leg not in done), "")
        live = self.clock.live
        return [
            Leg(watch.names.get(leg, leg), done.get(leg), live and leg == turn) for leg in order
        ]

    @cached_property
    def last(self) -> datetime:
        """Where the strip ends: with the clock, or where it will be due."""
        marks = [mark.at for mark in self.explanation.marks if mark.share <= BREACH]
        ends = [self.explanation.until, *(marks if self.clock.live else [])]
        return max(ends)

    @property
    def bars(self) -> Iterator[Bar]:
        for piece in self.explanation.pieces[-MOST_PIECES:]:
            x = self._x(piece.begin)
            yield Bar(piece, f"{x:.1f}", f"{max(self._x(piece.end) - x, 1):.1f}")

    @property
    def ticks(self) -> list[Tick]:
        marks = [mark for mark in self.explanation.marks if mark.at <= self.last]
        return [Tick(mark.share, f"{self._x(mark.at):.1f}", mark.told) for mark in marks]

    @property
    def picture(self) -> str:
        """The strip in words."""
        return f"{self.clock.policy.name}: {self.explanation.sentence}"

    def _x(self, moment: datetime) -> float:
        whole = (self.last - self.clock.started_at).total_seconds() or 1
        share = (moment - self.clock.started_at).total_seconds() / whole
        return min(max(share, 0), 1) * WIDTH


def no_acts(clock: Clock) -> None:
    return None


def clocks_shown(
    subject: models.Model,
    history: Iterable[Event],
    at: datetime,
    acts: Callable[[Clock], Any] = no_acts,
) -> dict[str, list[Shown]]:
    """A subject's clocks for its page: live ones first due first, then those that ended.

    ``history`` is the subject's events in order.
    """
    label = subject._meta.label_lower
    found = Clock.objects.filter(subject_type=label, subject_id=subject.pk)
    clocks = list(found.select_related("policy", "calendar").order_by("started_at", "pk"))
    entered = course(label, history) if clocks else []
    shown = [
        Shown(clock, chip_of(clock, at), explain(clock, entered, at), acts(clock))
        for clock in clocks
    ]
    live = [each for each in shown if each.clock.live]
    return {
        "running": sorted(live, key=lambda each: each.clock.due_at or each.last),
        "ended": [each for each in shown if not each.clock.live],
    }
