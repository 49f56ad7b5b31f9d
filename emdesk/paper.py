"""Pages on paper: HTML becomes a PDF in a process of its own.

The library that sets them is large, and what it is given may be odd: so no web process imports it,
it has so long and no longer, and it reaches nothing but the desk's own style sheets and fonts.
``python -m emdesk.paper FOLDER`` reads HTML and writes a PDF; ``paper:css/paper.css`` is a file of
that folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
STATIC = PROJECT / "static"
SCHEME = "paper:"
KINDS = {".css": "text/css", ".woff2": "font/woff2"}
SECONDS = 30
NEEDED = ("PATH", "HOME", "LANG", "LC_ALL", "FONTCONFIG_PATH", "FONTCONFIG_FILE")


class Unprintable(Exception):
    """The page could not be set; says what to do."""


READ, KEPT = "pdf/ua-1", "pdf/a-3a"


def pdf_of(html: str, variant: str = READ) -> bytes:
    """A page of our own templates as PDF: accessible to read, or to be kept for good."""
    command = [sys.executable, "-m", "emdesk.paper", str(STATIC), variant]
    environment = {name: os.environ[name] for name in NEEDED if name in os.environ}
    try:
        made = subprocess.run(
            command,
            input=html.encode(),
            capture_output=True,
            timeout=SECONDS,
            cwd=PROJECT,
            env=environment,
        )
    except subprocess.TimeoutExpired as late:
        raise Unprintable(
            "The PDF takes too long. Narrow the filters, or print the page."
        ) from late
    if made.returncode or not made.stdout.startswith(b"%PDF"):
        raise Unprintable("The PDF could not be made. Print the page from your browser instead.")
    return made.stdout


def file_behind(url: str, folder: Path) -> tuple[bytes, str]:
    """A style sheet or font of the folder; everything else is refused."""
    path = (folder / url.removeprefix(SCHEME)).resolve()
    known = url.startswith(SCHEME) and path.is_relative_to(folder) and path.suffix in KINDS
    if not known:
        raise ValueError(f"{url[:200]} is not for paper.")
    return path.read_bytes(), KINDS[path.suffix]


def main() -> None:
    import weasyprint  # noqa: PLC0415 (slow import)

    folder = Path(sys.argv[1]).resolve()

    class OwnFiles(weasyprint.urls.URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            content, kind = file_behind(url, folder)
            return weasyprint.urls.URLFetcherResponse(
                url, body=content, headers={"Content-Type": kind}
            )

    document = weasyprint.HTML(
        string=sys.stdin.buffer.read().decode(), base_url=SCHEME, url_fetcher=OwnFiles()
    )
    sys.stdout.buffer.write(document.write_pdf(pdf_variant=sys.argv[2]))


if __name__ == "__main__":
    main()
