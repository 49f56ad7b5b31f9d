"""From a path to text, whatever lies there: packed or not, with limits on everything.

Encodings are never guessed: UTF-8 with or without its mark, UTF-16 with its mark, nothing else.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Self, TypeVar, cast

from scoping.imports.report import FileRefused

Record = TypeVar("Record")

READ_AHEAD = 200
MOST_BYTES = 256 << 20
LONGEST_LINE = 8 << 20
MOST_LINES = 10_000_000
MOST_RECORDS = 500_000
PACKED = b"\x1f\x8b"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
FOREIGN = {
    b"PK\x03\x04": "a workbook or a zip file",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"\x89PNG": "a picture",
}


class Text:
    """The lines of a file, with what had to be noted about its bytes."""

    def __init__(self, stream: BinaryIO) -> None:
        self.remarks: list[str] = []
        self.line = 0
        self._again: list[str] = []
        encoding = self._encoding(_peek(stream))
        self._lines = io.TextIOWrapper(stream, encoding, newline="")

    def _encoding(self, head: bytes) -> str:
        if not head:
            raise FileRefused("The file is empty. Export it again.")
        for mark, kind in FOREIGN.items():
            if head.startswith(mark):
                raise FileRefused(f"This is {kind}, not text. Export it as CSV or JSON.")
        if head.startswith(UTF_16):
            self.remarks.append("The file is in UTF-16; it was read as that.")
            return "utf-16"
        return "utf-8-sig"

    def again(self, line: str) -> Self:
        """Have this line, the last one read, come once more."""
        self._again.append(line)
        self.line -= 1
        return self

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._again:
            self.line += 1
            return self._again.pop()
        try:
            found = self._lines.readline(LONGEST_LINE + 1)
        except UnicodeDecodeError:
            raise FileRefused(
                f"The text after line {self.line} is not UTF-8. Save the file as UTF-8."
            ) from None
        if not found:
            raise StopIteration
        self.line += 1
        if len(found) > LONGEST_LINE:
            raise FileRefused(
                f"Line {self.line} is longer than {LONGEST_LINE >> 20} million characters."
            )
        if self.line > MOST_LINES:
            raise FileRefused(f"More than {MOST_LINES:,} lines. Split the file.")
        if "\0" in found:
            raise FileRefused(f"Line {self.line} holds a NUL byte: the file is damaged.")
        return found


class Measured(io.RawIOBase):
    """A stream that gives up when more comes out of it than any export holds."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream, self._left, self._most = stream, most, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            found = self._stream.read(len(buffer))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise FileRefused("The packed file is damaged. Fetch it again.") from None
        self._left -= len(found)
        if self._left < 0:
            raise FileRefused(
                f"The file holds more than {self._most >> 20} MB. Split it and import the parts."
            )
        buffer[: len(found)] = found
        return len(found)


def ahead(records: Iterable[Record]) -> Iterator[Record]:
    """The same records; a thread reads the next ones while the database is given those before."""
    left = iter(records)
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(_some, left)
        while found := coming.result():
            coming = reader.submit(_some, left)
            yield from found


def _some(records: Iterator[Record]) -> list[Record]:
    return list(islice(records, READ_AHEAD))


@contextmanager
def text_of(path: Path) -> Iterator[Text]:
    with bytes_of(path) as stream:
        yield Text(stream)


@contextmanager
def bytes_of(path: Path, most: int = MOST_BYTES) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked when it is packed."""
    with _opened(path) as file:
        packed = file.peek(2).startswith(PACKED)
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file
        yield cast(BinaryIO, io.BufferedReader(Measured(stream, most)))


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedReader]:
    try:
        if path.is_dir():
            raise FileRefused("This is a folder. Name a file in it.")
        if path.exists() and not path.is_file():
            raise FileRefused("This is not a file that can be read through.")
        file = path.open("rb")
    except FileNotFoundError:
        raise FileRefused("There is no such file.") from None
    except PermissionError:
        raise FileRefused(
            "This file may not be read. Give yourself the right to read it."
        ) from None
    except (OSError, ValueError) as wrong:
        raise FileRefused(f"The file cannot be opened: {wrong}.") from None
    with file:
        yield file


def _peek(stream: BinaryIO) -> bytes:
    return cast(io.BufferedReader, stream).peek(4)[:4]
