"""How a ticket came to stand where it stands: its label and state events, told as moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from scoping.imports.standing import Labels
from scoping.states import State

Kept = list[Any]  # [number, time, what, label], as Imported.history holds it
ADD, REMOVE, CLOSED, REOPENED = "add", "remove", "closed", "reopened"


@dataclass(frozen=True)
class Move:
    at: datetime
    state: State


def merged(known: Iterable[Kept], new: Iterable[Kept]) -> list[Kept]:
    """Both, each event once, oldest first; swaps have one time stamp and go by number."""
    events = {event[0]: event for event in [*known, *new]}
    return sorted(events.values(), key=lambda event: (event[1], event[0]))


def moves_of(events: Sequence[Kept], labels: Labels, begins: datetime) -> list[Move]:
    """The columns an issue went through, beginning in Open."""
    present: dict[str, State] = {}
    closed = False
    moves: list[Move] = []
    state, last = State.OPEN, begins
    for time, together in groupby(events, key=lambda event: event[1]):
        for _, _, what, label in together:
            closed = _hear(present, closed, what, label, labels)
        column = State.CLOSED if closed else _column(present)
        if column != state:
            last = max(datetime.fromisoformat(time), last)
            moves.append(Move(last, column))
            state = column
    return moves


def brought_to(moves: Sequence[Move], state: State, at: datetime) -> list[Move]:
    """These moves, and one more where they do not end in the column the ticket stands in."""
    ends = moves[-1].state if moves else State.OPEN
    if ends == state:
        return [*moves]
    return [*moves, Move(max([at, *(move.at for move in moves[-1:])]), state)]


def _hear(present: dict[str, State], closed: bool, what: str, label: str, labels: Labels) -> bool:  # noqa: FBT001
    """Keep up with one event; whether the ticket is closed after it."""
    if what in (CLOSED, REOPENED):
        return what == CLOSED
    column = labels.said(label).column
    present.pop(label, None)
    if what == ADD and column:
        present[label] = column
    return closed


def _column(present: dict[str, State]) -> State:
    """The column of the label added last."""
    return next(reversed(present.values()), State.OPEN)
