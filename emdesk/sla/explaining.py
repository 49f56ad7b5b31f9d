"""Why a clock says what it says: where its time went, in parts that add up to the second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from emdesk.calendars.hours import Hours, worked
from emdesk.ledger.models import Event
from emdesk.sla.chips import exactly
from emdesk.sla.models import Clock
from emdesk.sla.reckoning import Terms
from emdesk.sla.signs import Told, reason_name, watched

NOTHING = timedelta()
Entered = tuple[datetime, str]


@dataclass(frozen=True)
class Piece:
    """A stretch of one clock in one state. ``why`` says why it does not count, if it does not."""

    state: str
    name: str
    begin: datetime
    end: datetime
    why: str = ""

    @property
    def length(self) -> timedelta:
        return self.end - self.begin

    @property
    def counts(self) -> bool:
        return not self.why


@dataclass(frozen=True)
class Mark:
    share: int
    at: datetime
    told: bool


@dataclass(frozen=True)
class Explanation:
    """``until`` is the end of the clock, or now. All moments are whole seconds."""

    clock: Clock
    until: datetime
    pieces: list[Piece]
    marks: list[Mark]

    @property
    def counted(self) -> timedelta:
        return sum((piece.length for piece in self.pieces if piece.counts), NOTHING)

    @property
    def not_counted(self) -> timedelta:
        return sum((piece.length for piece in self.pieces if not piece.counts), NOTHING)

    @property
    def parts(self) -> dict[str, timedelta]:
        """What counted, by state."""
        return _added(piece for piece in self.pieces if piece.counts)

    @property
    def left_out(self) -> dict[str, timedelta]:
        """What did not count, by reason."""
        found: dict[str, timedelta] = {}
        for piece in self.pieces:
            if piece.why:
                found[piece.why] = found.get(piece.why, NOTHING) + piece.length
        return found

    @property
    def sentence(self) -> str:
        budget = exactly(self.clock.policy.budget)
        said = f"{exactly(self.counted)} of {budget} counted"
        if self.parts:
            said += " = " + " + ".join(f"{exactly(each)} {name}" for name, each in _in(self.parts))
        if self.left_out:
            why = ", ".join(f"{name} {exactly(each)}" for name, each in _in(self.left_out))
            said += f"; {exactly(self.not_counted)} not counted ({why})"
        return f"{said}."


def explain(clock: Clock, entered: Sequence[Entered], at: datetime) -> Explanation:
    """``entered`` is when the subject came to which state, in order, as :func:`course` has it."""
    start, until = _second(clock.started_at), _second(clock.stopped_at or at)
    watch = watched(clock.subject_type)
    names = watch.names if watch else {}
    stretches = list(_stretches(clock, start, max(start, until)))
    pieces = [
        Piece(state, str(names.get(state, state)), begin, end, why)
        for begin, end, why in stretches
        for begin, end, state in _by_state(entered, begin, end)
    ]
    return Explanation(clock, until, pieces, _marks(clock))


def course(subject_type: str, history: Iterable[Event]) -> list[Entered]:
    """When a subject came to which state, without what was taken back."""
    watch, chain = watched(subject_type), [Told.of(event, event.number) for event in history]
    gone = watch.voided(chain) if watch else set()
    moved = (told for told in chain if told.moved and told.number not in gone)
    return [(_second(told.at), told.after) for told in moved]


def _stretches(
    clock: Clock, start: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime, str]]:
    """From start to end without gaps: what counts, pauses and hours off, each with why not."""
    begun = start
    for begin, end, reasons in clock.reasoned:
        begin, end = max(_second(begin), begun), min(_second(end) if end else until, until)
        if begin >= end:
            continue
        yield from _worked(clock, begun, begin)
        yield begin, end, ", ".join(reason_name(each) for each in reasons)
        begun = end
    yield from _worked(clock, begun, until)


def _worked(
    clock: Clock, begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, str]]:
    timetable = clock.counts_in
    if begin >= end:
        return
    if timetable is None or not clock.policy.counts_in_calendar:
        yield begin, end, ""
        return
    begun = begin
    for opened, closed in worked(begin, end, Hours(clock.policy.hours), timetable):
        if begun < opened:
            yield begun, opened, "outside working time"
        yield opened, closed, ""
        begun = closed
    if begun < end:
        yield begun, end, "outside working time"


def _by_state(
    entered: Sequence[Entered], begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, str]]:
    """Cut a stretch where the state changes; before the first one is known it is that."""
    state = entered[0][1] if entered else ""
    for at, name in sorted(entered, key=lambda each: each[0]):
        if at <= begin:
            state = name
        elif at < end:
            yield begin, at, state
            begin, state = at, name
    if begin < end:
        yield begin, end, state


def _marks(clock: Clock) -> list[Mark]:
    terms = Terms.of(clock)
    reached = ((share, terms.mark_at(share)) for share in clock.policy.marks)
    highest = max(clock.noted, default=0)
    return [Mark(share, _second(at), share <= highest) for share, at in reached if at]


def _added(pieces: Iterable[Piece]) -> dict[str, timedelta]:
    found: dict[str, timedelta] = {}
    for piece in pieces:
        found[piece.name] = found.get(piece.name, NOTHING) + piece.length
    return found


def _in(parts: dict[str, timedelta]) -> list[tuple[str, timedelta]]:
    """Without what is too short to say."""
    return [(name, length) for name, length in parts.items() if length]


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
