"""Rows of a CSV file: read by the names in its header, strictly, one at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scoping.imports.reading import LONGEST_LINE, MOST_RECORDS, Text
from scoping.imports.report import FileRefused

LONGEST_FIELD = 4 << 20
MOST_COLUMNS = 500
DELIMITERS = {",": "", ";": "semicolons", "\t": "tabs"}


@dataclass
class Row:
    """One record: its values by column name, and what is wrong with its shape."""

    number: int
    line: int
    values: Mapping[str, str]
    missing: int = 0
    extra: Sequence[str] = ()
    broken: str = ""
    cells: Sequence[str] = field(default=(), repr=False)

    @property
    def blank(self) -> bool:
        return not self.broken and not any(cell.strip() for cell in self.cells)

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


class Table:
    """A CSV file whose header holds ``required``. ``aliases`` maps other spellings of a column."""

    def __init__(
        self, text: Text, required: Iterable[str], aliases: Mapping[str, str] | None = None
    ) -> None:
        csv.field_size_limit(LONGEST_FIELD)
        self.remarks = text.remarks
        self._names = _Names(required, aliases or {})
        self._lines = _Lines(text)
        self._reader, self.columns = self._header(next(self._lines, ""))

    def _header(self, line: str) -> tuple[Iterator[list[str]], list[str]]:
        self._look_at(line)
        for delimiter, name in DELIMITERS.items():
            cells = next(csv.reader([line], delimiter=delimiter), [])
            columns = [self._names.of(cell) for cell in cells]
            if self._names.required <= set(columns):
                self._note_spelling(name, cells)
                _check(columns)
                return csv.reader(self._lines, delimiter=delimiter, strict=True), columns
        wanted = ", ".join(sorted(self._names.required))
        raise FileRefused(f"The first line does not name the columns of such a file: {wanted}.")

    def _look_at(self, line: str) -> None:
        if line.lstrip().startswith("<"):
            raise FileRefused("This is a web page, not an export. Sign in there and export again.")
        if line.endswith("\r"):
            self.remarks.append("Lines end as on old Macs; they were read as lines.")

    def _note_spelling(self, delimiter: str, cells: Sequence[str]) -> None:
        if delimiter:
            self.remarks.append(f"Columns are separated by {delimiter}.")
        if not all(self._names.exact(cell) for cell in cells):
            self.remarks.append("Column names are spelled otherwise; they were recognised.")

    def __iter__(self) -> Iterator[Row]:
        """Every record in order. Lines with nothing on them are no records."""
        number = 0
        for line, cells, broken in self._cells():
            if not cells and not broken:
                continue
            number += 1
            if number > MOST_RECORDS:
                raise FileRefused(f"More than {MOST_RECORDS:,} records. Split the file.")
            yield self._row(number, line, cells, broken)

    def _cells(self) -> Iterator[tuple[int, list[str], str]]:
        while True:
            line = self._lines.begin()
            try:
                yield line, next(self._reader), ""
            except StopIteration:
                return
            except csv.Error as wrong:
                if "limit" in str(wrong):
                    raise FileRefused(f"A field at line {line} is too long.") from None
                if self._lines.ended:
                    self.remarks.append(
                        f"A quote opened at line {line} never closes; nothing was read from there."
                    )
                    return
                yield line, [], f"The quotes of this row are wrong: {wrong}."

    def _row(self, number: int, line: int, cells: list[str], broken: str) -> Row:
        width = len(self.columns)
        return Row(
            number,
            line,
            dict(zip(self.columns, cells, strict=False)),
            missing=max(width - len(cells), 0),
            extra=cells[width:],
            broken=broken,
            cells=cells,
        )


class _Names:
    """Column names, recognised in any case and with spaces around."""

    def __init__(self, required: Iterable[str], aliases: Mapping[str, str]) -> None:
        self.required = set(required)
        self._known = {_key(name): name for name in self.required}
        self._known |= {_key(alias): name for alias, name in aliases.items()}
        self._spellings = self.required | set(aliases)

    def of(self, cell: str) -> str:
        return self._known.get(_key(cell), cell.strip())

    def exact(self, cell: str) -> bool:
        return cell in self._spellings or _key(cell) not in self._known


class _Lines:
    """Feeds the csv reader, and stops a record that never ends."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._size = 0
        self.ended = False

    def begin(self) -> int:
        """A new record begins; the line it begins at."""
        self._size = 0
        return self._text.line + 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = next(self._text)
        except StopIteration:
            self.ended = True
            raise
        self._size += len(line)
        if self._size > 2 * LONGEST_LINE:
            raise FileRefused(f"The record that ends at line {self._text.line} is too long.")
        return line


def _key(name: str) -> str:
    return name.strip().casefold()


def _check(columns: Sequence[str]) -> None:
    if len(columns) > MOST_COLUMNS:
        raise FileRefused(f"The file has {len(columns)} columns; {MOST_COLUMNS} are taken.")
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise FileRefused(f"The column {twice[0]} is there twice. Keep the one that counts.")
