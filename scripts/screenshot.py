#!/usr/bin/env python3
"""The README's picture: the board of a running desk with the demo.

bin/dev                          in one terminal
scripts/screenshot.py [ADDRESS]  in another; writes docs/img/board.png
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "img" / "board.png"
ADDRESS = "http://127.0.0.1:8000"
EMAIL, PASSWORD = "katrin.vogel@emdesk.example", "a-good-quarter-ahead"
AT_MOST = 200_000


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/account/login/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/")


def picture_of_the_board(address: str) -> bytes:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 680}, reduced_motion="reduce")
        sign_in(page, address)
        page.goto(f"{address}/board/")
        page.evaluate("document.fonts.ready")
        return page.screenshot(animations="disabled", caret="hide")


def main() -> None:
    picture = picture_of_the_board(*(sys.argv[1:] or [ADDRESS]))
    if len(picture) > AT_MOST:
        sys.exit(f"The picture has {len(picture):,} bytes; the README takes {AT_MOST:,}.")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_bytes(picture)
    print(f"{PICTURE}: {len(picture):,} bytes")


if __name__ == "__main__":
    main()
