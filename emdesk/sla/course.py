"""From a subject's events to the times its promises ran: pure, the same in any batches.

Events are read in the order the ledger has them; the moments they tell of may lie earlier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emdesk.ledger.models import Origin
from emdesk.sla.signs import ANNOUNCEMENTS, OWN, Chain, Kind, Sign, Told, Watch
from emdesk.sla.states import BREACH

QUIET = frozenset({Origin.IMPORT.value, Origin.DEMO.value})
Spell = tuple[datetime, datetime | None]
Halt = tuple[datetime, datetime | None, str]


@dataclass(slots=True)
class Cycle:
    """One time a promise was made.

    ``end_implied`` says that a dated deed may still say the end better; ``broken`` that the breach
    was announced before the end was recorded, and nobody dated it earlier; ``known_at`` is when
    something from elsewhere came in: what passed before is announced to nobody. ``halts`` are the
    pauses somebody asked for by hand, of this cycle alone.
    """

    key: str
    number: int
    start: datetime
    implied: bool
    quiet: bool = False
    known_at: datetime | None = None
    end: datetime | None = None
    kept: bool = False
    end_implied: bool = False
    broken: datetime | None = None
    legs: dict[str, datetime] = field(default_factory=dict)
    halts: list[Halt] = field(default_factory=list)
    announced: list[int] = field(default_factory=list)
    breached_at: datetime | None = None
    migrated_to: int | None = None
    lost: dict[str, Any] | None = None

    @property
    def live(self) -> bool:
        return self.end is None

    @property
    def halted(self) -> bool:
        return bool(self.halts) and self.halts[-1][1] is None


@dataclass(slots=True)
class Course:
    """What the events of one subject come to."""

    cycles: list[Cycle] = field(default_factory=list)
    last: dict[str, Cycle] = field(default_factory=dict)
    paused: dict[str, list[Spell]] = field(default_factory=dict)
    turns: list[tuple[datetime, str]] = field(default_factory=list)
    announced_at: datetime | None = None

    def turn_at(self, moment: datetime) -> str:
        return next((who for at, who in reversed(self.turns) if at <= moment), "")


def course_of(chain: Chain, watch: Watch) -> Course:
    course = Course()
    voided = watch.voided(chain)
    for told in chain:
        if told.verb in OWN:
            _own(course, told)
        elif told.number not in voided:
            for sign in watch.read(told):
                HEAR[sign.kind](course, sign, told)
    return course


def _start(course: Course, sign: Sign, told: Told) -> None:
    last = course.last.get(sign.about)
    if last is None or not (sign.implied or last.live):
        _begin(course, sign, told)
    elif last.live and last.implied and not sign.implied:
        last.start, last.implied = sign.at, False


def _begin(course: Course, sign: Sign, told: Told) -> Cycle:
    quiet = told.origin in QUIET
    known = told.recorded_at if quiet else None
    cycle = Cycle(sign.about, told.number, sign.at, sign.implied, quiet, known)
    course.cycles.append(cycle)
    course.last[sign.about] = cycle
    return cycle


def _stop(course: Course, sign: Sign, told: Told) -> None:
    last = course.last.get(sign.about)
    if last is None:
        return
    better = last.end_implied and not sign.implied and last.end and sign.at <= last.end
    if last.live or better:
        last.end, last.kept, last.end_implied = max(sign.at, last.start), True, sign.implied
        last.broken = None if sign.dated else last.breached_at


def _cancel(course: Course, sign: Sign, told: Told) -> None:
    for cycle in course.last.values():
        if cycle.live:
            cycle.end, cycle.end_implied = max(sign.at, cycle.start), True


def _restart(course: Course, sign: Sign, told: Told) -> None:
    for key, cycle in list(course.last.items()):
        if not (cycle.live or cycle.kept):
            _begin(course, Sign(Kind.START, key, sign.at, implied=True), told)


def _since(course: Course, sign: Sign, told: Told) -> None:
    last = course.last.get(sign.about)
    if last and last.live:
        last.start = min(last.start, sign.at)


def _carry(course: Course, sign: Sign, told: Told) -> None:
    last = course.last.get(sign.about)
    if last and last.live:
        last.start = min(last.start, sign.at)
    else:
        _begin(course, sign, told)


def _leg(course: Course, sign: Sign, told: Told) -> None:
    last = course.last.get(sign.about)
    if last and last.live:
        last.legs.setdefault(sign.leg, sign.at)


def _pause(course: Course, sign: Sign, told: Told) -> None:
    spells = course.paused.setdefault(sign.about, [])
    if not (spells and spells[-1][1] is None):
        spells.append((max(sign.at, course.announced_at or sign.at), None))


def _resume(course: Course, sign: Sign, told: Told) -> None:
    spells = course.paused.get(sign.about)
    if spells and spells[-1][1] is None:
        begin = spells[-1][0]
        spells[-1] = (begin, max(begin, sign.at))


def _halt(course: Course, sign: Sign, told: Told) -> None:
    last = course.last.get(sign.about)
    if last and last.live and not last.halted:
        begin = max(sign.at, last.start, course.announced_at or sign.at)
        last.halts.append((begin, None, sign.why))


def _go_on(course: Course, sign: Sign, told: Told) -> None:
    last = course.last.get(sign.about)
    if last and last.live and last.halted:
        begin, _, why = last.halts[-1]
        last.halts[-1] = (begin, max(begin, sign.at), why)


def _turn(course: Course, sign: Sign, told: Told) -> None:
    course.turns.append((sign.at, sign.about))


HEAR: dict[Kind, Callable[[Course, Sign, Told], None]] = {
    Kind.START: _start,
    Kind.STOP: _stop,
    Kind.CANCEL: _cancel,
    Kind.RESTART: _restart,
    Kind.SINCE: _since,
    Kind.CARRY: _carry,
    Kind.LEG: _leg,
    Kind.PAUSE: _pause,
    Kind.RESUME: _resume,
    Kind.TURN: _turn,
    Kind.HALT: _halt,
    Kind.GO_ON: _go_on,
}


def _own(course: Course, told: Told) -> None:
    if told.verb in ANNOUNCEMENTS:
        _announced(course, told)
    elif cycle := _cycle(course, told):
        cycle.migrated_to = told.data["to"]


def _announced(course: Course, told: Told) -> None:
    """Keep what was said about a clock, also when its start was taken back since."""
    cycle = _cycle(course, told) or _lost(course, told)
    if told.data["mark"] not in cycle.announced:
        cycle.announced.append(told.data["mark"])
    course.announced_at = told.at
    if told.data["mark"] >= BREACH and cycle.breached_at is None:
        cycle.breached_at = told.at


def _cycle(course: Course, told: Told) -> Cycle | None:
    """The cycle an event names by its start, else the one that runs in its place."""
    key, number = told.data["policy"], told.data["clock"]
    own = [cycle for cycle in course.cycles if cycle.key == key]
    named = next((cycle for cycle in own if cycle.number == number), None)
    return named or next((cycle for cycle in own if _ran(cycle, told.at)), None)


def _ran(cycle: Cycle, at: datetime) -> bool:
    return cycle.lost is None and cycle.start <= at and (cycle.end is None or at <= cycle.end)


def _lost(course: Course, told: Told) -> Cycle:
    """A clock whose start was taken back after something was announced about it."""
    data = told.data
    start = datetime.fromisoformat(data["started"])
    cycle = Cycle(data["policy"], data["clock"], start, implied=False, lost=data)
    cycle.end = max(told.at, start)
    course.cycles.append(cycle)
    return cycle


def pauses_of(course: Course, cycle: Cycle, reasons: Iterable[str]) -> Any:
    """The pauses of a clock: ``[from, to or None, reasons]`` in order, never overlapping."""
    halts = list(cycle.halts)
    for reason in reasons:
        halts += [(begin, until, reason) for begin, until in course.paused.get(reason, ())]
    cut = []
    for begin, until, reason in halts:
        begins, ends = max(begin, cycle.start), _earlier(until, cycle.end)
        if ends is None or begins < ends:
            cut.append((begins, ends, reason))
    return _joined(sorted(cut, key=lambda each: each[0])) if cut else []


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    both = [each for each in (one, other) if each]
    return min(both) if both else None


def _joined(cut: list[tuple[datetime, datetime | None, str]]) -> list[list[Any]]:
    joined: list[list[Any]] = []
    for begin, end, reason in cut:
        last = joined[-1] if joined else None
        if last and (last[1] is None or begin <= last[1]):
            last[1] = None if last[1] is None or end is None else max(last[1], end)
            last[2] = sorted({*last[2], reason})
        else:
            joined.append([begin, end, [reason]])
    return joined
