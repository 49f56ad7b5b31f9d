"""Where a ticket stands, as its labels say; where they contradict each other, that they do.

The strict reading: a conflict gives no outcome, and the issue counts in no win rate until a person
decides. Its column is that of the last label added, else the earliest one named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from emdesk.people.models import Segment
from scoping.imports.values import Notes
from scoping.labels import ARCHITECT_REVIEW, DELIVERY_REVIEW, OUTCOMES, STAGES, read_labels
from scoping.states import ArchitectHelp, EmStatus, State

LONGEST_FREE = 100
YEAR_FIRST = re.compile(r"close_?qtr::?FY(\d\d)[-_ ]?Q([1-4])", re.IGNORECASE)
FLAGS = {"services_calculator": "Services Calculator", "public_sector": "Public Sector US"}
SCOPES = {
    "outcome": ("proposal", OUTCOMES),
    "state": ("proposal", STAGES),
    "em_status": ("EM_Status", {str(status): status.label for status in EmStatus}),
    "architect_review": ("TA", ARCHITECT_REVIEW),
    "architect_help": ("Scoping", {str(help_): help_.label for help_ in ArchitectHelp}),
    "delivery_review": ("RDM", DELIVERY_REVIEW),
}
SINGLE = (
    "segment",
    "close_quarter",
    "em_status",
    "architect_review",
    "architect_help",
    "delivery_review",
)


@dataclass(frozen=True)
class Said:
    """What one label says: a field and its value, or nothing we know."""

    label: str
    field: str = ""
    value: str | bool = ""
    note: str = ""

    @cached_property
    def column(self) -> State | None:
        """The column of the board it puts an issue into."""
        if self.field == "outcome":
            return State.CLOSED
        return State(str(self.value)) if self.field == "state" else None


@dataclass
class Standing:
    state: State = State.OPEN
    outcome: str = ""
    quarter: str = ""
    segment: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    free: list[str] = field(default_factory=list)
    conflict: str = ""


class Labels:
    """Reads labels against the segments of this desk."""

    def __init__(self) -> None:
        self._segments = list(Segment.objects.values_list("name", flat=True))
        self.said = cache(self._said)

    def standing(self, labels: Sequence[str], *, closed: bool, notes: Notes) -> Standing:
        told = [self.said(label) for label in labels]
        for each in told:
            if each.note:
                notes.say(each.note)
        standing = Standing(free=[each.label for each in told if not each.field])
        self._set_column(standing, told, closed=closed, notes=notes)
        for name in SINGLE:
            self._set_single(standing, name, [each for each in told if each.field == name], notes)
        standing.segment = standing.fields.pop("segment")
        standing.quarter = standing.fields.pop("close_quarter")
        flags = {each.field for each in told} & FLAGS.keys()
        standing.fields |= {name: name in flags for name in FLAGS}
        standing.free = [label for label in standing.free if len(label) <= LONGEST_FREE]
        return standing

    def _set_column(
        self, standing: Standing, told: Iterable[Said], *, closed: bool, notes: Notes
    ) -> None:
        named = [each for each in told if each.column and each.column != State.OPEN]
        ends = [each for each in named if each.field == "outcome"]
        works = [each for each in named if each.field == "state"]
        torn = not closed and (ends or _distinct(works) > 1)
        if torn or _distinct(ends) > 1 or (ends and works):
            standing.conflict = ", ".join(each.label for each in named)[:300]
            standing.state = _earliest(each.column for each in named)
            standing.free += [each.label for each in named]
            notes.say(f"labels contradict each other: {standing.conflict}")
        elif closed:
            standing.state = State.CLOSED
            standing.outcome = str(ends[0].value) if ends else ""
            if not ends:
                notes.say("it is closed without an outcome")
        elif works:
            standing.state = State(str(works[0].value))

    def _set_single(
        self, standing: Standing, name: str, told: Sequence[Said], notes: Notes
    ) -> None:
        """Two values of a scoped label are none; both labels stay."""
        if _distinct(told) == 1:
            standing.fields[name] = told[0].value
            return
        standing.fields[name] = ""
        if told:
            standing.free += [each.label for each in told]
            notes.say(f"{' and '.join(each.label for each in told)} contradict each other")

    def _said(self, label: str) -> Said:
        reading = read_labels([_in_board_spelling(label)], self._segments)
        for name, value in reading.fields.items():
            spelled = _spelled(name, value)
            note = "" if spelled == label else f"{label} was read as {spelled}"
            return Said(label, name, value, note)
        return Said(label, note=" ".join(reading.problems))


def _in_board_spelling(label: str) -> str:
    found = YEAR_FIRST.fullmatch(label.strip())
    return f"close_qtr::Q{found[2]}{found[1]}" if found else label


def _spelled(name: str, value: object) -> str:
    """A label as the boards spell it."""
    if name in FLAGS:
        return FLAGS[name]
    if name == "segment":
        return f"Segment::{value}"
    if name == "close_quarter":
        return f"close_qtr::{value}"
    scope, words = SCOPES[name]
    return f"{scope}::{words[str(value)]}"


def _distinct(told: Iterable[Said]) -> int:
    return len({each.value for each in told})


def _earliest(columns: Iterable[State | None]) -> State:
    order = list(State)
    return min((column for column in columns if column), key=order.index)
