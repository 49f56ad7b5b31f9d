"""The lines of an estimate as a table: out for a spreadsheet, and read back from one.

Its columns are those of the sheet, with what the sheet does not show beside them. ``Line`` tells
which line of the estimate a row is; the cost has a column only for those who see it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoping.estimating.cells import COLUMNS, NUMBER, Column, Fault, Known, columns_for
from scoping.imports import tables, workbooks
from scoping.imports.reading import Text
from scoping.imports.report import FileRefused
from scoping.models import EstimateLine
from scoping.models.catalogue.items import OfferingType
from scoping.models.estimate import MOST_LINES

LINE, NAMED = "Line", "Activity"
MOST_BYTES, MOST_READ = 1 << 20, 20_000
UNEVEN = "This row has more cells than the first row names."
NUMBERS = ("hours", "low", "high", "rate", "quantity", "unit_price", "cost")
TYPES = {str(each.label): each.value for each in OfferingType}


@dataclass(frozen=True)
class FileRow:
    """A row as it stands in the file: raw cells by column, and what is wrong with its shape."""

    line: int
    cells: Mapping[str, str]
    broken: str = ""

    @property
    def blank(self) -> bool:
        return not self.broken and not any(cell.strip() for cell in self.cells.values())


@dataclass(frozen=True)
class FileTable:
    columns: list[str]
    rows: list[FileRow]


def _read_formula(line: EstimateLine, text: str, known: Known) -> None:
    if text:
        COLUMNS["hours"].read(line, f"={text}", known)
    else:
        line.formula, line.overridden = "", False


def _read_type(line: EstimateLine, text: str, known: Known) -> None:
    wanted = {name.casefold(): value for name, value in TYPES.items()}
    if text and text.casefold() not in wanted:
        raise Fault(f"Choose one of: {', '.join(TYPES)}.")
    line.type = wanted[text.casefold()] if text else ""


def _show_type(line: EstimateLine, known: Known) -> str:
    return str(OfferingType(line.type).label) if line.type else ""


def _words(name: str, label: str, most: int) -> Column:
    def read(line: EstimateLine, text: str, known: Known) -> None:
        if len(text) > most:
            raise Fault(f"At most {most:,} characters fit here, these are {len(text):,}.")
        setattr(line, name, text)

    return Column(name, label, "", read, lambda line, known: str(getattr(line, name)))


BESIDE = (
    Column("formula", "Formula", "", _read_formula, lambda line, known: line.formula),
    Column("type", "Type", "", _read_type, _show_type),
    _words("key", "Key", 60),
    _words("deliverable", "Deliverable", 2_000),
    _words("customer_text", "Customer text", 2_000),
    _words("assumptions", "Assumptions", 2_000),
)


def file_columns(*, costs: bool) -> list[Column]:
    """In the order in which they are read: a formula before the hours that may override it."""
    return [*BESIDE, *columns_for(costs=costs)]


def head(*, costs: bool) -> list[str]:
    sheet = [column.label for column in columns_for(costs=costs)]
    return [LINE, *sheet, *(column.label for column in BESIDE)]


def rows(lines: Iterable[Any], known: Known, *, costs: bool) -> Iterator[list[Any]]:
    columns = [*columns_for(costs=costs), *BESIDE]
    for line in lines:
        yield [line.pk, *(_cell(column, column.show(line, known)) for column in columns)]


def _cell(column: Column, text: str) -> Any:
    return Decimal(text) if column.key in NUMBERS and NUMBER.fullmatch(text) else text


def table_of(content: bytes, *, costs: bool) -> FileTable:
    """A CSV file or workbook; :class:`FileRefused` when it is no such table."""
    if len(content) > MOST_BYTES:
        raise FileRefused(f"The file is larger than {MOST_BYTES >> 20} MB. Split it.")
    found = _workbook(content) if workbooks.is_workbook(content) else _text(content)
    _insist_on_columns(found.columns, head(costs=costs))
    kept = [row for row in found.rows if not row.blank]
    if not kept:
        raise FileRefused("The file holds no line below its first row.")
    if len(kept) > MOST_LINES:
        raise FileRefused(
            f"The file holds {len(kept):,} rows; an estimate holds {MOST_LINES} lines. "
            "Nothing was changed: bring in fewer rows."
        )
    return FileTable(found.columns, kept)


def as_csv(table: FileTable) -> str:
    """The same table as text, to be sent again by whoever looked at it."""
    content = io.StringIO()
    writer = csv.writer(content, quoting=csv.QUOTE_ALL)
    writer.writerow(table.columns)
    writer.writerows([row.cells.get(name, "") for name in table.columns] for row in table.rows)
    return content.getvalue()


def _text(content: bytes) -> FileTable:
    raw: Any = io.BytesIO(content)
    table = tables.Table(Text(io.BufferedReader(raw)), [NAMED])
    found = [
        FileRow(row.line, row.values, row.broken or (UNEVEN if row.extra else "")) for row in table
    ]
    return FileTable(table.columns, found)


def _workbook(content: bytes) -> FileTable:
    first, *rest = workbooks.rows_of(content, MOST_READ) or [[]]
    columns = [name.strip() for name in first]
    if NAMED not in columns:
        raise FileRefused(f"The first row does not name the columns of such a file: {NAMED}.")
    found = [
        FileRow(
            number,
            dict(zip(columns, cells, strict=False)),
            UNEVEN if any(cells[len(columns) :]) else "",
        )
        for number, cells in enumerate(rest, start=2)
    ]
    return FileTable(columns, found)


def _insist_on_columns(columns: list[str], known: list[str]) -> None:
    strange = [name for name in columns if name and name not in known]
    if strange:
        raise FileRefused(
            f"There is no column “{strange[0][:40]}” in an estimate. "
            f"The columns are: {', '.join(known)}."
        )
    twice = [name for name in columns if name and columns.count(name) > 1]
    if twice:
        raise FileRefused(f"The column {twice[0]} is there twice. Keep the one that counts.")
