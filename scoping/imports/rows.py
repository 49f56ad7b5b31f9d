"""Judging rows one by one: what is empty or misshapen is named, the others go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scoping.imports.reading import text_of
from scoping.imports.report import Judge, Rejected
from scoping.imports.tables import Row, Table


def judged(table: Table, judge: Judge) -> Iterator[Row]:
    """The rows that hold a record; the judge hears of the others and of the file itself."""
    for row in table:
        judge.report.read += 1
        if row.blank:
            judge.pass_over(row.number, row.line)
        elif row.broken:
            judge.reject(row.number, row.line, row.broken)
        else:
            yield row
    for remark in table.remarks:
        judge.remark(remark)


def whole(row: Row) -> list[str]:
    """What is to be said about a row's length; too short a row cannot be taken."""
    if row.missing:
        raise Rejected(f"{row.missing} columns are missing at the end of the row.")
    if row.extra:
        return [f"more columns than the header names; dropped: {', '.join(row.extra)[:100]}"]
    return []


def companion(path: Path | None, columns: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a table that lies beside the file to be imported."""
    if path:
        with text_of(path) as text:
            yield from (row for row in Table(text, columns) if not row.blank)
