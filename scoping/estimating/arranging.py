"""What people do with whole lines: insert, duplicate, move, remove, reckon anew."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from scoping.estimating.cells import Known
from scoping.estimating.formulas import Wrong, reckon
from scoping.estimating.sheets import CONTENT, Sheet
from scoping.models import EstimateLine

Act = Callable[[Sheet, EstimateLine], EstimateLine | None]


def insert(sheet: Sheet, line: EstimateLine) -> EstimateLine:
    """An empty line below, of the same phase."""
    new = EstimateLine(estimate=sheet.estimate, position=0, phase=line.phase)
    sheet.add(new, after=line)
    return new


def duplicate(sheet: Sheet, line: EstimateLine) -> EstimateLine:
    told = {name: getattr(line, name) for name in CONTENT if name != "position"}
    new = EstimateLine(estimate=sheet.estimate, position=0, **told)
    sheet.add(new, after=line)
    return new


def move_up(sheet: Sheet, line: EstimateLine) -> EstimateLine:
    return _swap(sheet, line, -1)


def move_down(sheet: Sheet, line: EstimateLine) -> EstimateLine:
    return _swap(sheet, line, 1)


def remove(sheet: Sheet, line: EstimateLine) -> EstimateLine | None:
    """The line that stands there instead, or the one above."""
    place = sheet.lines.index(line)
    sheet.lines.remove(line)
    left = sheet.lines[place : place + 1] or sheet.lines[-1:]
    return left[0] if left else None


def _swap(sheet: Sheet, line: EstimateLine, by: int) -> EstimateLine:
    """With its neighbour; a neighbour of another phase takes the line into that phase first."""
    place = sheet.lines.index(line) + by
    if 0 <= place < len(sheet.lines):
        other = sheet.lines[place]
        if other.phase != line.phase:
            line.phase = other.phase
        else:
            line.position, other.position = other.position, line.position
            sheet.lines.sort(key=lambda each: each.position)
    return line


ACTS: dict[str, Act] = {
    "insert": insert,
    "duplicate": duplicate,
    "up": move_up,
    "down": move_down,
    "remove": remove,
}


def stale(lines: list[EstimateLine], known: Known) -> dict[int, Decimal]:
    """By line the hours its formula gives from today's answers, where those are others."""
    found = {}
    for line in lines:
        hours = _formula_hours(line, known)
        if hours is not None and hours != line.hours and not line.overridden:
            found[line.pk] = hours
    return found


def reckon_anew(sheet: Sheet, known: Known) -> int:
    """Every formula by today's answers; hours somebody typed stay. How many lines changed."""
    changes = stale(sheet.lines, known)
    for line in sheet.lines:
        line.hours = changes.get(line.pk, line.hours)
    return len(changes)


def _formula_hours(line: EstimateLine, known: Known) -> Decimal | None:
    try:
        return reckon(line.formula, known.answers) if line.formula else None
    except Wrong:
        return None
