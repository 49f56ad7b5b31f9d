"""The kinds of file that are taken: known by their ending, proven by their bytes.

A file is one kind and nothing besides. What could be read as two kinds at once is refused, for
then nobody can say what it will be on the machine it is opened on.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from emdesk.files.office import check_office
from emdesk.files.refusal import Refused

Check = Callable[[BinaryIO], None]
PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
ARCHIVE_ENDS = b"PK\x05\x06"
TAIL = 66_000  # an archive's directory ends within 65,557 bytes of the end
OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class Kind:
    """What a file of this ending is served as, and how its bytes prove it."""

    content_type: str
    check: Check


def kind_of(name: str, file: BinaryIO) -> Kind:
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    kind = KINDS.get(ending)
    if kind is None:
        raise Refused(f"Files ending in .{ending} are not taken. Send one of {', '.join(KINDS)}.")
    file.seek(0)
    kind.check(file)
    return kind


def marked(called: str, begins: bytes, ends: bytes, *, slack: int) -> Check:
    """A check for files that begin and end with marks of their kind.

    After the last mark, ``slack`` bytes may follow: programs add line ends and padding.
    """

    def check(file: BinaryIO) -> None:
        head, tail = file.read(len(begins)), _tail(file)
        if head != begins or ends not in tail[-len(ends) - slack :]:
            raise Refused(f"This is not {called}, whatever its name says, or it is incomplete.")
        if ARCHIVE_ENDS in tail:
            raise Refused(f"This is {called} with an archive hidden in it. Send it without.")

    return check


def office(folder: str) -> Check:
    def check(file: BinaryIO) -> None:
        check_office(file, folder)

    return check


def text(file: BinaryIO) -> None:
    """Text in UTF-8, or in UTF-16 with its mark; anything with NUL or control codes is not."""
    head = file.read(4)
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    decoder = codecs.getincrementaldecoder("utf-16" if utf16 else "utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(65_536):
            _insist_on_text(decoder.decode(chunk))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Refused("This is not plain text in UTF-8. Save it as UTF-8 text.") from None
    if head == b"%PDF":
        raise Refused("This is not plain text, whatever its name says.")


def calendar(file: BinaryIO) -> None:
    text(file)
    file.seek(0)
    if not file.read(64).removeprefix(codecs.BOM_UTF8).upper().startswith(b"BEGIN:VCALENDAR"):
        raise Refused("This is not a calendar file, whatever its name says.")


def _insist_on_text(decoded: str) -> None:
    if any(mark < " " and mark not in "\t\n\r\f" for mark in set(decoded)):
        raise Refused("This is not plain text: it contains control characters.")


def _tail(file: BinaryIO) -> bytes:
    file.seek(0, 2)
    file.seek(max(0, file.tell() - TAIL))
    return file.read()


JPEG = Kind("image/jpeg", marked("a JPEG picture", b"\xff\xd8\xff", b"\xff\xd9", slack=1024))
KINDS = {
    "pdf": Kind("application/pdf", marked("a PDF document", b"%PDF-", b"%%EOF", slack=1024)),
    "docx": Kind(f"{OFFICE}.wordprocessingml.document", office("word/")),
    "xlsx": Kind(f"{OFFICE}.spreadsheetml.sheet", office("xl/")),
    "csv": Kind("text/csv", text),
    "txt": Kind("text/plain", text),
    "md": Kind("text/markdown", text),
    "ics": Kind("text/calendar", calendar),
    "png": Kind("image/png", marked("a PNG picture", PNG_BEGINS, b"IEND\xaeB`\x82", slack=0)),
    "jpg": JPEG,
    "jpeg": JPEG,
}
