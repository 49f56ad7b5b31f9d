"""Pages on paper: HTML becomes a PDF in a process of its own (``emdesk.press``).

The library that sets them is large, and what it is given may be odd: so no process of the desk
imports it, and it has so long, so much memory and nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

PROJECT = Path(__file__).resolve().parent.parent
STATIC = PROJECT / "static"
SECONDS = 30
MOST = 50  # documents, before another process takes its place
NEEDED = ("PATH", "HOME", "LANG", "LC_ALL", "FONTCONFIG_PATH", "FONTCONFIG_FILE")
READ, KEPT = "pdf/ua-1", "pdf/a-3a"
FAILED = "The PDF could not be made. Print the page from your browser instead."
LATE = "The PDF takes too long. Narrow the filters or shorten it, or print the page."
Heard = Callable[[int], None]


class Unprintable(Exception):
    """The page could not be set; says what to do."""


@dataclass(frozen=True)
class Printed:
    pdf: bytes
    pages: int


def pdf_of(html: str, variant: str = READ) -> bytes:
    """A page of our own templates as PDF: accessible to read, or to be kept for good."""
    with closing(Press(SECONDS)) as press:
        return press.print(html, variant).pdf


class Press:
    """A process that sets documents, one after the other: only the first waits for its start."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """A document that takes longer is refused, and its process ended."""
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._left = 0

    def print(self, html: str, variant: str = READ, heard: Heard = lambda page: None) -> Printed:
        """``heard`` is told the number of each page as it is begun."""
        child = self._running()
        ended = threading.Event()
        late = threading.Timer(self._seconds, _end, (child, ended))
        late.start()
        try:
            return _handed_over(child, html.encode(), variant, heard)
        except (OSError, ValueError) as failed:
            self.close()
            raise Unprintable(LATE if ended.is_set() else FAILED) from failed
        finally:
            late.cancel()

    def close(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._left == 0 or (self._child and self._child.poll() is not None):
            self.close()
        if self._child is None:
            self._child, self._left = _started(), MOST
        self._left -= 1
        return self._child


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "emdesk.press", str(STATIC)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=PROJECT,
        env={name: os.environ[name] for name in NEEDED if name in os.environ},
    )


def _end(child: subprocess.Popen[bytes], ended: threading.Event) -> None:
    ended.set()
    child.kill()


def _handed_over(
    child: subprocess.Popen[bytes], html: bytes, variant: str, heard: Heard
) -> Printed:
    """:class:`ValueError` or :class:`OSError` when it ends before the document does."""
    asked, told = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
    asked.write(f"{variant} {len(html)}\n".encode() + html)
    asked.flush()
    while line := told.readline():
        word, *numbers = line.decode().split()
        if word == "page":
            heard(int(numbers[0]))
        elif word == "done":
            size, pages = map(int, numbers)
            return Printed(_exactly(told.read(size), size), pages)
    raise ValueError("It ended.")


def _exactly(pdf: bytes, size: int) -> bytes:
    if len(pdf) != size:
        raise ValueError("It ended.")
    return pdf
