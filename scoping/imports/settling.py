"""Leading rows to the column their history ends in, by steps the database admits.

It admits a lawful move, or one that an ``adopted`` event of the same transaction tells of.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import event_of
from emdesk.workflow import ADOPTED
from scoping.imports.course import NOT_CLOSED, Course
from scoping.imports.history import Move
from scoping.models import Imported, ScopingIssue
from scoping.states import State

VERB = f"scoping.{ADOPTED}"
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
    anew = event_of(
        issue,
        VERB,
        by=None,
        at=way.begins,
        origin=Origin.IMPORT,
        before=issue.state,
        after=State.OPEN,
        anew=True,
    )
    begun = [anew] if issue.state != State.OPEN else []
    return [*begun, *_adoptions(issue, State.OPEN, way.moves)]


def told_of(imported: Iterable[Imported]) -> dict[int, list[Move]]:
    """The moves the ledger has of these issues, since they were last told anew."""
    pks = [each.pk for each in imported]
    kind = ScopingIssue._meta.label_lower
    events = Event.objects.filter(subject_type=kind, subject_id__in=pks).moves()
    told: dict[int, list[Move]] = defaultdict(list)
    for event in events.order_by("subject_id", "number"):
        if not event.before or event.data.get("anew"):
            told[event.subject_id].clear()
        else:
            told[event.subject_id].append(Move(event.at, State(event.after)))
    return told


def lead(issues: Sequence[ScopingIssue], ways: Sequence[Course], events: Iterable[Event]) -> None:
    """Take new rows from Open to where their way ends, many in one statement."""
    own = _steps(events)
    steps: dict[tuple[int, Any], list[int]] = defaultdict(list)
    for issue, way in zip(issues, ways, strict=True):
        path = _path(State.OPEN, way.state, frozenset(own[issue.pk]))
        for place, state in enumerate(path, 1):
            ending = (
                _ending(way) if place == len(path) else tuple(NOT_CLOSED[name] for name in ENDING)
            )
            steps[place, (state, *ending)].append(issue.pk)
    for (_, (state, *ending)), pks in sorted(steps.items(), key=lambda step: step[0][0]):
        fields = dict(zip(ENDING, ending, strict=True))
        ScopingIssue.objects.filter(pk__in=pks).update(state=state, **fields)


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


def _ending(way: Course) -> tuple[str, ...]:
    return tuple(str(way.fields[name]) for name in ENDING)


def _steps(events: Iterable[Event]) -> dict[int, set[Step]]:
    """The changes of column that events speak for, by issue."""
    found: dict[int, set[Step]] = defaultdict(set)
    for event in events:
        if event.verb == VERB:
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
