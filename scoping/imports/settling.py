"""Leading rows to the column their history ends in, by steps the database admits.

It admits a lawful move, or one that an ``adopted`` event of the same transaction tells of.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from emdesk.ledger.models import Event, EventQuerySet, Origin
from emdesk.ledger.recording import event_of
from emdesk.workflow import ADOPTED, MOVED_BACK
from scoping.imports.course import Course
from scoping.imports.history import Move
from scoping.models import Imported, ScopingIssue
from scoping.states import State

VERB, TAKEN_BACK = f"scoping.{ADOPTED}", f"scoping.{MOVED_BACK}"
ENDING = ("outcome", "close_reason", "close_quarter")
ASIDE = {State.ON_HOLD, State.CLOSED}
Step = tuple[str, str]


def opening(issue: ScopingIssue, way: Course) -> list[Event]:
    """How a new issue was raised and came to stand where it stands."""
    raised = event_of(
        issue,
        "scoping.opened",
        by=issue.requester,
        at=way.begins,
        origin=Origin.IMPORT,
        after=State.OPEN,
    )
    return [raised, *_adoptions(issue, State.OPEN, way.moves)]


def going_on(issue: ScopingIssue, way: Course, told: Sequence[Move]) -> list[Event]:
    """What the ledger does not know yet. A history that contradicts it is told anew from Open."""
    if way.moves[: len(told)] == [*told]:
        return _adoptions(issue, issue.state, way.moves[len(told) :])
    return anew(issue, way.moves, way.begins)


def anew(issue: ScopingIssue, moves: Iterable[Move], begins: datetime) -> list[Event]:
    """This history from the start; what was told before counts no more."""
    states = {"before": issue.state, "after": State.OPEN}
    first = event_of(issue, VERB, by=None, at=begins, origin=Origin.IMPORT, anew=True, **states)
    begun = [first] if issue.state != State.OPEN else []
    return [*begun, *_adoptions(issue, State.OPEN, moves)]


def told_of(imported: Iterable[Imported]) -> dict[int, list[Move]]:
    """The moves the ledger has of these issues, since they were last told anew."""
    kind = ScopingIssue._meta.label_lower
    return _told(Event.objects.filter(subject_type=kind, subject_id__in=[i.pk for i in imported]))


def told_before(issue: ScopingIssue, number: int) -> list[Move]:
    """The moves the ledger had of an issue before its event of this number."""
    return _told(Event.objects.about(issue).filter(number__lt=number))[issue.pk]


def _told(events: EventQuerySet) -> dict[int, list[Move]]:
    told: dict[int, list[Move]] = defaultdict(list)
    for event in events.moves().order_by("subject_id", "number"):
        if not event.before or event.data.get("anew"):
            told[event.subject_id].clear()
        else:
            told[event.subject_id].append(Move(event.at, State(event.after)))
    return told


def move(
    issue: ScopingIssue, state: State, events: Iterable[Event], fields: dict[str, Any]
) -> None:
    """Take a row that is here to another column, and set what goes with it."""
    row = ScopingIssue.objects.filter(pk=issue.pk)
    path = _path(State(issue.state), state, frozenset(_steps(events)[issue.pk]))
    for each in path[:-1]:
        row.update(state=each, **dict.fromkeys((*ENDING, "em_status"), ""))
    row.update(state=path[-1], **fields)


def _adoptions(issue: ScopingIssue, before: str, moves: Iterable[Move]) -> list[Event]:
    events = []
    for each in moves:
        if each.state != before:
            events.append(
                event_of(
                    issue,
                    VERB,
                    by=None,
                    at=each.at,
                    origin=Origin.IMPORT,
                    before=before,
                    after=each.state,
                )
            )
        before = each.state
    return events


def _steps(events: Iterable[Event]) -> dict[int, set[Step]]:
    """The changes of column that events speak for, by issue."""
    found: dict[int, set[Step]] = defaultdict(set)
    for event in events:
        if event.verb in (VERB, TAKEN_BACK):
            found[event.subject_id].add((event.before, event.after))
    return found


@cache
def _path(start: State, end: State, own: frozenset[Step]) -> list[State]:
    """The shortest way from one column to another that the database admits."""
    ways: deque[list[State]] = deque([[start]])
    reached = {start}
    while ways:
        way = ways.popleft()
        if way[-1] == end:
            return way[1:]
        for state in State:
            admitted = (way[-1], state) in LAWFUL or (str(way[-1]), str(state)) in own
            if admitted and state not in reached and (state == end or state not in ASIDE):
                reached.add(state)
                ways.append([*way, state])
    raise ValueError(f"Nothing leads from {start} to {end}.")


def _lawful() -> set[Step]:
    field: Any = ScopingIssue._meta.get_field("state")
    moves = field.get_all_transitions(ScopingIssue)
    return {(move.source, move.target) for move in moves if isinstance(move.target, str)}


LAWFUL = _lawful()
