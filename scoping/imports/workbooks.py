"""The first sheet of an Excel workbook as rows of text, whatever lies in the file.

Nothing in it is run or reckoned: a cell with a formula is the text of that formula. What a
workbook may unpack to is bounded before any of it is unpacked.
"""

from __future__ import annotations

import io
import math
import warnings
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile

from emdesk.exporting import unspelled
from scoping.imports.report import FileRefused

PACKED, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST_UNPACKED, MOST_PARTS, MOST_COLUMNS = 16 << 20, 300, 60
MACROS = ("vbaproject", "macrosheets/")
DAMAGED = (
    *(BadZipFile, KeyError, IndexError, ValueError, TypeError),
    *(AttributeError, SyntaxError, EOFError, OSError, NotImplementedError, zlib.error),
)
Cells = list[str]


def is_workbook(content: bytes) -> bool:
    """Also one in a wrapping that cannot be opened, so that it is told what is wrong."""
    return content.startswith((PACKED, OLD_OFFICE))


def rows_of(content: bytes, most: int) -> list[Cells]:
    """Up to ``most`` rows of the first sheet; :class:`FileRefused` says what to do instead."""
    if content.startswith(OLD_OFFICE):
        raise FileRefused(
            "This is an old or protected Office file. Save it as an Excel workbook (.xlsx) "
            "without a password, or as CSV."
        )
    try:
        _insist_on_harmless(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(islice(_read(content), most))
    except DAMAGED:
        raise FileRefused("The workbook is damaged. Save it again, or as CSV.") from None


def _insist_on_harmless(content: bytes) -> None:
    with ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
    names = [part.filename.casefold() for part in parts]
    if "xl/workbook.xml" not in names:
        raise FileRefused("This is a zip file, but no Excel workbook. Save it as .xlsx or CSV.")
    if any(sign in name for sign in MACROS for name in names):
        raise FileRefused(
            "This workbook holds macros. Save it as an Excel workbook (.xlsx) without them."
        )
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise FileRefused(
            f"The workbook unpacks to more than {MOST_UNPACKED >> 20} MB. Keep the lines of the "
            "estimate alone, or save it as CSV."
        )


def _read(content: bytes) -> Iterator[Cells]:
    from openpyxl import load_workbook  # noqa: PLC0415 (slow import)

    book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        sheet: Any = book.worksheets[0]
        for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
            yield _texts(row)
    finally:
        book.close()


def _texts(row: Sequence[Any]) -> Cells:
    """Without the empty cells at the end, which a sheet has as many of as it likes."""
    texts = [_text(value) for value in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(value: Any) -> str:
    """A cell as a person would type it; a number without what binary fractions add to it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and math.isfinite(value):
        return f"{Decimal(repr(round(value, 9))).normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float):
        return unspelled(str(value))
    return "=formula"  # of a kind that spreads over several cells
