"""A table brought into an estimate: what each row would change, and what is wrong with it.

A file with the column ``Line`` is the whole sheet: its order holds, and lines it leaves out are
removed. Without that column its rows are put at the end. A cell that says what the sheet shows
changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from emdesk.exporting import original
from scoping.estimating.cells import NUMBER, Column, Fault, Known, number, range_fault, shown
from scoping.estimating.files import LINE, NUMBERS, FileRow, FileTable, file_columns
from scoping.estimating.sheets import Sheet, TooMany
from scoping.models import EstimateLine
from scoping.models.estimate import MOST_LINES

HIGHEST = Decimal(10_000_000_000)
LIVE = "This cell holds a formula of the spreadsheet. Write its value instead."


@dataclass(frozen=True)
class Change:
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class CellFault:
    """``name`` is the column; empty for the whole row."""

    name: str
    text: str
    message: str


@dataclass
class Planned:
    """A row of the file and what becomes of its line."""

    row: int
    title: str
    new: bool
    changes: list[Change] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)

    @property
    def same(self) -> bool:
        return not (self.new or self.changes or self.faults)


@dataclass(frozen=True)
class Plan:
    rows: list[Planned]
    removed: list[str]
    reordered: bool

    @property
    def faulty(self) -> int:
        return sum(bool(each.faults) for each in self.rows)

    @property
    def added(self) -> int:
        return sum(each.new for each in self.rows)

    @property
    def changed(self) -> int:
        return sum(bool(each.changes) and not each.new for each in self.rows)

    @property
    def told(self) -> list[Planned]:
        """The rows that do something."""
        return [each for each in self.rows if not each.same]

    @property
    def empty(self) -> bool:
        return not (self.told or self.removed or self.reordered)


def bring_in(sheet: Sheet, table: FileTable, known: Known, *, costs: bool) -> Plan:
    """Change a sheet in hand as the table says. With any fault it is not to be kept."""
    columns = [each for each in file_columns(costs=costs) if each.label in table.columns]
    there = {str(line.pk): line for line in sheet.lines}
    whole = LINE in table.columns
    order: list[EstimateLine] = [] if whole else list(sheet.lines)
    planned = []
    for row in table.rows:
        line, fault = _line_of(sheet, row, there)
        planned.append(_read(line, row, columns, known, fault))
        order.append(line)
    if len(order) > MOST_LINES:
        raise TooMany(
            f"With these rows the estimate would have {len(order):,} lines; it holds "
            f"{MOST_LINES}. Nothing was changed."
        )
    removed = list(there.values()) if whole else []
    stayed = [line for line in sheet.lines if line not in removed]
    reordered = [line for line in order if line.pk] != stayed
    sheet.lines = order
    return Plan(planned, [line.title or "Line without a name" for line in removed], reordered)


def _line_of(
    sheet: Sheet, row: FileRow, there: dict[str, EstimateLine]
) -> tuple[EstimateLine, CellFault | None]:
    """The line a row is about, taken from those not yet named; a new one otherwise."""
    said = row.cells.get(LINE, "").strip()
    line = there.pop(said, None)
    if line is not None:
        return line, None
    fault = None
    if said:
        message = (
            "No line of this estimate has this number, or the file names it twice. "
            "Empty the cell for a new line."
        )
        fault = CellFault(LINE, said, message)
    return EstimateLine(estimate=sheet.estimate, position=0), fault


def _read(
    line: EstimateLine,
    row: FileRow,
    columns: Iterable[Column],
    known: Known,
    fault: CellFault | None,
) -> Planned:
    was = {column.key: column.show(line, known) for column in columns}
    found = Planned(row.line, "", new=line.pk is None, faults=[fault] if fault else [])
    if row.broken:
        found.faults.append(CellFault("", "", row.broken))
    for column in columns:
        _put(line, column, row.cells.get(column.label, ""), known, was, found)
    found.title = line.title
    found.changes = [
        Change(column.label, was[column.key], now)
        for column in columns
        if (now := column.show(line, known)) != was[column.key]
    ]
    if found.changes and (wrong := range_fault(line)):
        found.faults.append(CellFault("High", shown(line.high), wrong))
    return found


def _put(
    line: EstimateLine,
    column: Column,
    raw: str,
    known: Known,
    was: Mapping[str, str],
    found: Planned,
) -> None:
    """Write one cell unless it says what stood, or stands, there."""
    text = _said(column, raw)
    if text in {was[column.key], column.show(line, known)}:
        return
    try:
        if raw.lstrip().startswith("="):
            raise Fault(LIVE)
        column.read(line, text, known)
    except Fault as wrong:
        found.faults.append(CellFault(column.label, raw[:80], str(wrong)))


def _said(column: Column, raw: str) -> str:
    """What a cell says, numbers as the sheet spells them."""
    text = original(raw).replace("\r\n", "\n").strip()
    if column.key in NUMBERS and NUMBER.fullmatch(text):
        return shown(number(text, HIGHEST))
    return text
