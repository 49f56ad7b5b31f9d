"""The process that sets HTML as PDF: ``python -m emdesk.press FOLDER``.

It reaches nothing but the desk's own style sheets and fonts: ``paper:css/paper.css`` is a file of
that folder. Every other address is refused, be it of the network, of the disk, or one that carries
its data itself. Each line on its input says the kind of PDF and how many bytes of HTML follow; it
answers ``page 3`` for each page begun, then ``done`` with the bytes and the pages of what follows.
"""

from __future__ import annotations

import logging
import resource
import signal
import sys
from pathlib import Path
from typing import IO, Any

SCHEME = "paper:"
KINDS = {".css": "text/css", ".woff2": "font/woff2"}
SECONDS = 45  # should whoever asked have died
MEMORY = 1 << 30


def file_behind(url: str, folder: Path) -> tuple[bytes, str]:
    """A style sheet or font of the folder; everything else is refused."""
    path = (folder / url.removeprefix(SCHEME)).resolve()
    known = url.startswith(SCHEME) and path.is_relative_to(folder) and path.suffix in KINDS
    if not known:
        raise ValueError(f"{url[:200]} is not for paper.")
    return path.read_bytes(), KINDS[path.suffix]


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    _tell_of_pages(told)
    while line := asked.readline():
        variant, size = line.decode().split()
        signal.alarm(SECONDS)
        pdf, pages = _set(asked.read(int(size)).decode(), variant, folder)
        signal.alarm(0)
        told.write(f"done {len(pdf)} {pages}\n".encode() + pdf)
        told.flush()


def _set(html: str, variant: str, folder: Path) -> tuple[bytes, int]:
    import weasyprint  # noqa: PLC0415 (slow import)

    class OwnFiles(weasyprint.urls.URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            content, kind = file_behind(url, folder)
            return weasyprint.urls.URLFetcherResponse(
                url, body=content, headers={"Content-Type": kind}
            )

    page = weasyprint.HTML(string=html, base_url=SCHEME, url_fetcher=OwnFiles())
    document = page.render(pdf_variant=variant)
    return document.write_pdf(pdf_variant=variant), len(document.pages)


def _tell_of_pages(told: IO[bytes]) -> None:
    class Pages(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            words = record.getMessage().rsplit(" ", 2)
            if words[-2:-1] == ["Page"]:
                told.write(f"page {words[-1]}\n".encode())
                told.flush()

    log = logging.getLogger("weasyprint.progress")
    log.setLevel(logging.INFO)
    log.addHandler(Pages())


if __name__ == "__main__":
    main()
