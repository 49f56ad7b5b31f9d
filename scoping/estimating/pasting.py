"""A block of cells from a spreadsheet, put into an estimate where a person pastes it."""

from __future__ import annotations

from collections.abc import Iterable

from scoping.estimating.cells import Known, columns_for
from scoping.estimating.saving import NEW, Outcome, Typed, judge_ranges, put, type_into
from scoping.estimating.sheets import Sheet, TooMany
from scoping.models import EstimateLine
from scoping.models.estimate import MOST_LINES


def block_of(text: str) -> list[list[str]]:
    """Rows of cells: as spreadsheets put them on the clipboard, tabs between cells."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    return [[cell.strip() for cell in row.split("\t")] for row in rows]


def paste(sheet: Sheet, text: str, known: Known, *, line: str, column: str, costs: bool) -> Outcome:
    """From one cell rightwards and downwards; rows past the end become lines.

    A cell at fault keeps what stood there, and its message says what was pasted.
    """
    block = block_of(text)
    columns = [each.key for each in columns_for(costs=costs)]
    first = columns.index(column) if column in columns else 0
    start = next(
        (n for n, each in enumerate(sheet.lines) if str(each.pk) == line), len(sheet.lines)
    )
    new = start + len(block) - len(sheet.lines)
    if len(sheet.lines) + max(new, 0) > MOST_LINES:
        raise TooMany(
            f"{len(block):,} rows were pasted; an estimate holds {MOST_LINES} lines. "
            "Nothing was changed: paste fewer rows."
        )
    here = sheet.lines[start : start + len(block)]
    cells = [
        Typed(str(each.pk), name, cell)
        for each, row in zip(here, block, strict=False)
        for name, cell in zip(columns[first:], row, strict=False)
    ]
    outcome = put(sheet, cells, known, seen=sheet.estimate.token, costs=costs)
    for row in block[len(here) :]:
        if any(row):
            _append(sheet, zip(columns[first:], row, strict=False), known, outcome)
    judge_ranges(outcome.added, outcome)
    return outcome


def _append(sheet: Sheet, row: Iterable[tuple[str, str]], known: Known, outcome: Outcome) -> None:
    line = EstimateLine(estimate=sheet.estimate, position=0)
    sheet.add(line)
    outcome.added.append(line)
    for name, cell in row:
        type_into(line, Typed(NEW, name, cell), known, outcome)
    outcome.touched = [each for each in outcome.touched if each is not line]
