"""Office files are archives: their directory is read, nothing is unpacked but the list of parts.

Limits are those a generous document stays far below: a few dozen parts, a few megabytes, text
that packs ten to one.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import BinaryIO

from emdesk.files.refusal import Refused

MOST_PARTS = 200
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
PARTS_LIST = "[Content_Types].xml"
LONGEST_PARTS_LIST = 1024 * 1024
ENCRYPTED = 0x1
EMPTY_END = 22  # an archive's last record, when no remark follows it
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError),
    NotImplementedError,  # a version of zip that is yet to come
)
MACROS = ("vbaproject", "/macrosheets/", "/activex/")


def check_office(file: BinaryIO, folder: str) -> None:
    """Insist on an office file with its document in ``folder``, without macros or tricks."""
    size = _insist_on_archive(file)
    try:
        with zipfile.ZipFile(file) as archive:
            _insist_on_measure(archive.infolist(), size)
            _insist_on_plain_parts(archive.infolist())
            _insist_on_document(archive, folder)
    except Refused:
        raise
    except BROKEN:
        raise Refused("This office file is damaged. Save it again and send that.") from None


def _insist_on_archive(file: BinaryIO) -> int:
    """An archive from the first byte to the last, whose size is returned."""
    head, size = file.read(4), file.seek(0, 2)
    file.seek(max(0, size - EMPTY_END))
    if head != b"PK\x03\x04" or file.read(4) != b"PK\x05\x06":
        raise Refused("This is not an office file, whatever its name says.")
    return size


def _insist_on_measure(parts: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS:
        raise Refused(f"This file has {len(parts)} parts; {MOST_PARTS} is the most that is taken.")
    if unpacked > min(MOST_UNPACKED, MOST_RATIO * size):
        raise Refused("This file unpacks to far more than it should. Save it again, smaller.")


def _insist_on_plain_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename.lower() for part in parts]
    if any(part.flag_bits & ENCRYPTED for part in parts):
        raise Refused("This file is locked by a password. Send it without.")
    if any(mark in name for name in names for mark in MACROS):
        raise Refused("This file contains macros. Save it without macros and send that.")
    begins = min((part.header_offset for part in parts), default=1)
    packed_plainly = all(part.compress_type in PACKINGS for part in parts)
    named_plainly = len(set(names)) == len(names) and not any(map(_strays, names))
    if begins or not packed_plainly or not named_plainly:
        raise Refused("This office file is built in an unsafe way. Save it again and send that.")


def _strays(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _insist_on_document(archive: zipfile.ZipFile, folder: str) -> None:
    names = archive.namelist()
    if PARTS_LIST not in names or not any(name.startswith(folder) for name in names):
        raise Refused("This is not the kind of office file its name says.")
    with archive.open(PARTS_LIST) as part:
        listed = part.read(LONGEST_PARTS_LIST)
    if b"macroenabled" in listed.lower():
        raise Refused("This file is made for macros. Save it as .docx or .xlsx and send that.")
