"""When a clock is due, when its marks fall, and where it stands: pure arithmetic.

A pause takes out what would have counted while it lasted: what is left at its beginning is left
at its end. Without a calendar that is the same as pushing the due time by the pause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from emdesk.calendars.hours import Hours, Timetable, due, spent
from emdesk.calendars.models import CalendarVersion
from emdesk.copying import maker
from emdesk.sla.course import Course, Cycle, Spell, pauses_of
from emdesk.sla.models.clock import Clock, timetable_of
from emdesk.sla.models.policy import Policy
from emdesk.sla.states import BREACH, State

NOTHING = timedelta()
Place = tuple[str, int]
make_clock = maker(Clock)


def due_at(
    start: datetime,
    budget: timedelta,
    pauses: Sequence[Spell],
    hours: str,
    timetable: Timetable | None,
) -> datetime | None:
    """When the budget is spent; None while a pause that goes on keeps it from being so."""
    if not pauses and hours == Hours.ELAPSED:
        return start + budget
    left, begun, kind = budget, start, Hours(hours)
    for begin, end in pauses:
        used = spent(begun, begin, kind, timetable)
        if used >= left:
            break
        if end is None:
            return None
        left, begun = left - used, end
    return due(begun, left, kind, timetable)


def counted(
    start: datetime,
    end: datetime,
    pauses: Sequence[Spell],
    hours: str,
    timetable: Timetable | None,
) -> timedelta:
    """What counted between two moments, pauses apart."""
    total, begun, kind = NOTHING, start, Hours(hours)
    for begin, until in pauses:
        if begin >= end:
            break
        total += spent(begun, begin, kind, timetable)
        begun = end if until is None else min(until, end)
    return total + spent(begun, end, kind, timetable)


def time_counted(clock: Clock, at: datetime) -> timedelta:
    """What counted of a clock until its end or, while it runs, until ``at``."""
    end = clock.stopped_at or at
    return counted(clock.started_at, end, clock.spells, clock.policy.hours, clock.counts_in)


@dataclass(slots=True)
class Terms:
    """What a clock is reckoned by."""

    start: datetime
    policy: Policy
    pauses: Sequence[Spell]
    timetable: Timetable | None

    @classmethod
    def of(cls, clock: Clock) -> Self:
        return cls(clock.started_at, clock.policy, clock.spells, clock.counts_in)

    def mark_at(self, mark: int) -> datetime | None:
        """When this share of the budget was or will be spent."""
        policy = self.policy
        share = policy.budget * mark / BREACH
        return due_at(self.start, share, self.pauses, policy.hours, self.timetable)

    def passed(self, noted: Sequence[int], at: datetime) -> list[tuple[int, datetime]]:
        """The marks that were reached by a moment and are not noted, lowest first."""
        found = []
        for mark in self.ahead(noted):
            moment = self.mark_at(mark)
            if moment is None or moment > at:
                break
            found.append((mark, moment))
        return found

    def next_mark(self, noted: Sequence[int]) -> datetime | None:
        """When somebody has to be told next."""
        ahead = self.ahead(noted)
        return self.mark_at(ahead[0]) if ahead else None

    def ahead(self, noted: Sequence[int]) -> list[int]:
        highest = max(noted, default=0)
        return [mark for mark in self.policy.marks if mark > highest]


def clock_of(
    place: Place,
    cycle: Cycle,
    course: Course,
    policy: Policy,
    calendar: CalendarVersion | None = None,
    legs: Sequence[str] = (),
) -> Clock:
    """The row of one cycle. ``place`` is the subject, ``legs`` those of the policy in order."""
    pauses = pauses_of(course, cycle, policy.pauses)
    spells = [(begin, end) for begin, end, _ in pauses]
    terms = Terms(cycle.start, policy, spells, timetable_of(calendar) if calendar else None)
    due = terms.mark_at(BREACH)
    noted = cycle.announced
    if cycle.known_at:
        noted = sorted({*noted, *_passed_before_it_was_known(terms, cycle, cycle.known_at)})
    broken = max(noted, default=0) >= BREACH
    stands_still = cycle.end is None and spells and spells[-1][1] is None
    return make_clock(
        subject_type=place[0],
        subject_id=place[1],
        key=cycle.key,
        number=cycle.number,
        policy_id=policy.pk,
        calendar_id=calendar.pk if calendar else None,
        state=_state(cycle, due, broken=broken).value,
        started_at=cycle.start,
        due_at=due,
        paused_at=spells[-1][0] if stands_still else None,
        stopped_at=cycle.end,
        breached_at=cycle.breached_at or (due if broken else None),
        pauses=[_spelled(*pause) for pause in pauses],
        legs=[[leg, _utc(done)] for leg, done in cycle.legs.items()],
        turn=_turn(due, cycle, course, legs),
        noted=noted,
        next_at=terms.next_mark(noted) if cycle.end is None else None,
    )


def _passed_before_it_was_known(terms: Terms, cycle: Cycle, known_at: datetime) -> list[int]:
    """Nobody is told of these: the clock came from elsewhere with them behind it."""
    until = known_at if cycle.end is None else min(known_at, cycle.end)
    return [mark for mark, _ in terms.passed([], until)]


def _state(cycle: Cycle, due: datetime | None, *, broken: bool) -> State:
    if cycle.end is None:
        if due is None:
            return State.PAUSED
        return State.BREACHED if broken else State.RUNNING
    if not cycle.kept:
        return State.CANCELLED
    in_time = due is None or cycle.end <= due
    return State.MET if in_time and cycle.broken is None else State.LATE


def _turn(due: datetime | None, cycle: Cycle, course: Course, legs: Sequence[str]) -> str:
    """Whose turn it was when time was up, or the clock ended, or as far as is known."""
    if not (legs or course.turns):
        return ""
    moment = min((each for each in (due, cycle.end) if each), default=None)
    if legs:
        done = {leg for leg, at in cycle.legs.items() if moment is None or at <= moment}
        return next((leg for leg in legs if leg not in done), legs[-1])
    return course.turns[-1][1] if moment is None else course.turn_at(moment)


def _spelled(begin: datetime, end: datetime | None, reasons: list[str]) -> list[object]:
    return [_utc(begin), _utc(end) if end else None, reasons]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
