"""Saving what people typed into cells, and telling who typed into the same cell meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scoping.estimating.cells import COLUMNS, Fault, Known, range_fault, shown, write
from scoping.estimating.offers import lines_for
from scoping.estimating.sheets import Sheet
from scoping.models import EstimateLine

NEW = "new"


@dataclass(frozen=True)
class Typed:
    """One cell as a person left it; ``was`` is what it showed before, None when not told."""

    line: str
    column: str
    text: str
    was: str | None = None


@dataclass(frozen=True)
class Refusal:
    """A cell that was not written: what was typed stays in view, with what would do instead."""

    line: EstimateLine
    column: str
    text: str
    message: str

    @property
    def place(self) -> tuple[str, str]:
        return str(self.line.pk or NEW), self.column


@dataclass(frozen=True)
class Clash:
    """Two people changed one cell: ``theirs`` stands there now, ``original`` did before both."""

    typed: Typed
    name: str
    label: str
    theirs: str
    original: str


@dataclass
class Outcome:
    """What became of the cells. Those that clash or are at fault were not written."""

    faults: list[Refusal] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    touched: list[EstimateLine] = field(default_factory=list)
    added: list[EstimateLine] = field(default_factory=list)


def put(sheet: Sheet, cells: Iterable[Typed], known: Known, *, seen: int, costs: bool) -> Outcome:
    """Write cells into a sheet in hand. ``seen`` is the token the person saw.

    With any clash nothing at all is written, so that the person decides about all of it together.
    ``costs``: whether this person may type costs; who may not has no such cells.
    """
    lines = {str(line.pk): line for line in sheet.lines}
    wanted = [each for each in cells if _known_column(each.column, costs=costs)]
    outcome = Outcome()
    outcome.clashes = [
        clash for each in wanted if (clash := _clash(each, lines, known, seen)) is not None
    ]
    if outcome.clashes:
        return outcome
    new = EstimateLine(estimate=sheet.estimate, position=0)
    for each in wanted:
        line = new if each.line == NEW else lines.get(each.line)
        if line is not None and _shows(line, each, known) != each.text:
            type_into(line, each, known, outcome)
    if new in outcome.touched:
        outcome.touched.remove(new)
        _add(sheet, new, known, outcome)
    judge_ranges([*outcome.touched, *outcome.added], outcome)
    return outcome


def _known_column(name: str, *, costs: bool) -> bool:
    column = COLUMNS.get(name)
    return column is not None and (costs or not column.cost)


def _shows(line: EstimateLine, each: Typed, known: Known) -> str:
    return COLUMNS[each.column].show(line, known)


def type_into(line: EstimateLine, each: Typed, known: Known, outcome: Outcome) -> None:
    """Write one cell, or note why it cannot stand there."""
    try:
        write(line, COLUMNS[each.column], each.text, known)
    except Fault as fault:
        outcome.faults.append(Refusal(line, each.column, each.text, str(fault)))
        return
    if all(line is not other for other in outcome.touched):
        outcome.touched.append(line)


def _add(sheet: Sheet, new: EstimateLine, known: Known, outcome: Outcome) -> None:
    """The empty row at the end became a line; a name of the catalogue brings what it stands for."""
    offered = lines_for(sheet.estimate, new.title, known) if _only_named(new) else []
    if offered and new.phase:
        for line in offered:
            line.phase = new.phase
    outcome.added = offered or [new]
    if not new.phase and not offered and sheet.lines:
        new.phase = sheet.lines[-1].phase
    sheet.add(*outcome.added)


def _only_named(line: EstimateLine) -> bool:
    return not (line.hours or line.unit_price or line.role_id)


def _clash(each: Typed, lines: Mapping[str, EstimateLine], known: Known, seen: int) -> Clash | None:
    if each.line == NEW:
        return None
    label = COLUMNS[each.column].label
    line = lines.get(each.line)
    if line is None:
        if each.was is None or each.was == each.text:
            return None
        return Clash(each, "A line that is gone", label, "removed", each.was)
    theirs = _shows(line, each, known)
    if line.changed <= seen or theirs in {each.text, each.was}:
        return None
    return Clash(each, line.title or "Line without a name", label, theirs, each.was or "")


def judge_ranges(lines: Iterable[EstimateLine], outcome: Outcome) -> None:
    """Written all the same: low and high arrive one after the other."""
    for line in lines:
        if fault := range_fault(line):
            outcome.faults.append(Refusal(line, "high", shown(line.high), fault))
