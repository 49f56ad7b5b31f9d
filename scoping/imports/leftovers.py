"""The records an import left out, as they stand in the file, to be put right and sent again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain

from scoping.imports import documents
from scoping.imports.looking import TABLES
from scoping.imports.outcome import problems
from scoping.imports.reading import Text, text_of
from scoping.imports.report import FileRefused, Verdict
from scoping.imports.tables import Table
from scoping.models import ImportFile

WHY = "Why it was left out"
Rows = Iterator[Sequence[str]]


def left_out(file: ImportFile) -> tuple[list[str], list[Sequence[str]]]:
    """Head and rows. Of a table they are its own columns and one more, else the text of each."""
    reasons = {
        each.record: each.reason
        for each in problems(file.run)
        if each.file == file.name and each.verdict == Verdict.REJECT
    }
    try:
        with text_of(file.path) as text:
            first = next(text, "")
            if first.lstrip()[:1] in ("{", "["):
                return ["Record", WHY, "Text"], list(_told(first, text, reasons))
            table = Table(text.again(first), *TABLES[file.kind])
            return [*table.columns, WHY], list(_rows(table, reasons))
    except (FileRefused, FileNotFoundError, KeyError):
        return ["Record", WHY], [[str(record), reason] for record, reason in reasons.items()]


def _rows(table: Table, reasons: dict[int, str]) -> Rows:
    width = len(table.columns)
    for row in table:
        if row.number in reasons:
            cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
            yield [*cells, reasons[row.number]]


def _told(first: str, text: Text, reasons: dict[int, str]) -> Rows:
    lines = list(chain([first], (line for line in text)))
    try:
        documents.parse(first)
        records = [line for line in lines if line.strip()]
    except documents.Broken:
        records = []
    if len(records) < 2:
        page = documents.whole(lines)
        page = page.get("records") if isinstance(page, dict) and "records" in page else page
        records = [json.dumps(each) for each in (page if isinstance(page, list) else [page])]
    for number, record in enumerate(records, 1):
        if number in reasons:
            yield [str(number), reasons[number], record.strip()]
