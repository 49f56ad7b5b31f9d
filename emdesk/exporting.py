"""Files of rows for spreadsheets: CSV and XLSX in which no cell is ever a live formula.

Every text that a spreadsheet could take for a formula gets an apostrophe before it; so does a
text that already has apostrophes there, so that :func:`original` always finds the way back.
Numbers stay numbers, negative ones too.

CSV is UTF-8 with its mark (Excel needs the mark, the importers here take it), every cell quoted.
XLSX keeps the same texts, with what XML cannot hold spelled as ``_x000D_``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.timezone import is_aware, localtime

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_CELLS = {"csv": 2_000_000, "xlsx": 300_000}  # what takes less than ten seconds
MOST_BYTES = 50_000_000
LONGEST_TEXT = 32_767  # of a cell, in Excel
LONGEST_NAME = 80
ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))
BLANK = r"[\s\x00-\x20\u200b\u200e\u200f\u2060\ufeff]*"
SIGNS = "=+@\\-＝＋－＠﹢﹣﹦﹫−"
LIVE = re.compile(f"'*(?:[\\t\\r\\n]|{BLANK}[{SIGNS}])")
NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
SPELLED = re.compile("_x([0-9A-Fa-f]{4})_")
NOT_IN_NAMES = re.compile(r"[^\w.-]+")


class TooMuch(ValueError):
    """More than fits into one file; says how much does."""


def download(
    kind: str, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """A file to be saved: ``kind`` is csv or xlsx, ``name`` goes without its ending.

    Cells are texts, numbers, truths, dates, moments or None. :class:`TooMuch` comes before
    anything is sent.
    """
    write = {"csv": _csv, "xlsx": _xlsx}[kind]
    content = write(head, _bounded(head, rows, MOST_CELLS[kind]))
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = content_disposition_header(True, f"{safe_name(name)}.{kind}")  # noqa: FBT003
    response["X-Content-Type-Options"] = "nosniff"
    return response


def safe(text: str) -> str:
    """``text`` as no spreadsheet takes it for a formula."""
    return f"'{text}" if LIVE.match(text) else text


def original(cell: str) -> str:
    """What :func:`safe` was given."""
    return cell[1:] if cell[:1] == "'" and LIVE.match(cell[1:]) else cell


def safe_name(name: str) -> str:
    return NOT_IN_NAMES.sub("-", name).strip("-.")[:LONGEST_NAME] or "export"


def spelled(text: str) -> str:
    """``text`` with what XML cannot hold spelled by its number, as Office does it."""
    return NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unspelled(text: str) -> str:
    return SPELLED.sub(lambda found: chr(int(found[1], 16)), text)


def _bounded(
    head: Sequence[str], rows: Iterable[Sequence[Any]], most: int
) -> Iterator[Sequence[Any]]:
    fits = most // max(len(head), 1)
    for number, row in enumerate(rows):
        if number == fits:
            raise TooMuch(
                f"More than {fits:,} rows do not fit into one file. Filter them or choose"
                " fewer columns."
            )
        yield row


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    content = io.BytesIO()
    text = io.TextIOWrapper(content, "utf-8-sig", errors="replace", newline="", write_through=True)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([safe(name) for name in head])
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
        if content.tell() > MOST_BYTES:
            megabytes = MOST_BYTES // 1_000_000
            raise TooMuch(f"The file would pass {megabytes} MB. Filter the rows.")
    return content.getvalue()


def _plain(cell: Any) -> str:
    """A cell as CSV spells it."""
    known = cell if isinstance(cell, str) else _known(cell)
    if isinstance(known, str):
        return safe(known)
    if known is None or isinstance(known, bool):
        return {None: "", True: "TRUE", False: "FALSE"}[known]
    return f"{known:f}" if isinstance(known, Decimal) else str(known)


def _xlsx(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """All rows first: a workbook given up half-way would leave its temporary file behind."""
    from openpyxl import Workbook  # noqa: PLC0415 (slow import)

    found = list(rows)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rows")
    sheet.freeze_panes = "A2"
    sheet.append([_filed(sheet, name) for name in head])
    for row in found:
        sheet.append([_filed(sheet, cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _filed(sheet: Any, cell: Any) -> Any:
    """A cell as a workbook keeps it; what merely looks like an error of Excel's is text."""
    known = cell if isinstance(cell, str) else _known(cell)
    if not isinstance(known, str):
        return known
    text = spelled(safe(known))[:LONGEST_TEXT]
    if text not in ERRORS:
        return text
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 (slow import)

    kept = WriteOnlyCell(sheet, text)
    kept.data_type = "s"
    return kept


def _known(cell: Any) -> Any:
    """A moment by the desk's clock; a number that is none (1/0 and the like) as nothing."""
    if isinstance(cell, datetime):
        moment = localtime(cell) if is_aware(cell) else cell
        return moment.replace(microsecond=0, tzinfo=None)
    if isinstance(cell, float | Decimal):
        return cell if Decimal(cell).is_finite() else None
    if cell is None or isinstance(cell, bool | int | date):
        return cell
    return str(cell)
