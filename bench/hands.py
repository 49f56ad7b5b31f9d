"""What hands do on the board: drag, the Move menu, keys; and how long each waits for its answer."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from playwright.sync_api import Locator, Page, expect

FROM, TO = "strawman_wip", "estimate_feedback"
TIMES = 5
ANSWERED = {
    *("pointerdown", "mousedown", "pointerup", "mouseup", "click"),
    *("keydown", "keypress", "keyup", "dragstart", "drop", "dragend"),
}


def first_card(page: Page, column: str) -> Locator:
    return page.locator(f"#u-{column} > .card").first


def settled(page: Page) -> None:
    expect(page.locator(".card.busy")).to_have_count(0)
    page.wait_for_timeout(300)


def drag(page: Page) -> None:
    """From one column to the next and back, so that the board stays as it is."""
    for source, target in ((FROM, TO), (TO, FROM)):
        first_card(page, source).hover()
        page.mouse.down()
        for _ in range(2):
            page.locator(f"#u-{target}").hover(position={"x": 60, "y": 60})
        page.mouse.up()
        settled(page)


def menu(page: Page) -> None:
    for source, target in ((FROM, TO), (TO, FROM)):
        first_card(page, source).locator(".mover-link").click()
        page.locator(f"#mover button[value={target}]").click()
        settled(page)


def keys(page: Page) -> None:
    first_card(page, FROM).locator(".card-link").focus()
    for key in ("j", "j", "k", "ArrowRight", "ArrowLeft", "m", "Escape", "]", "["):
        page.keyboard.press(key)
        settled(page)


DEEDS: dict[str, Callable[[Page], None]] = {
    "drag": drag,
    "move by menu": menu,
    "keys": keys,
}


def wait(page: Page, deed: Callable[[Page], None]) -> float:
    """The slowest event of a deed, in the median of some; below 16 ms browsers report none."""
    worst = []
    for _ in range(TIMES):
        page.evaluate("seen.events = []")
        deed(page)
        events = page.evaluate("seen.events")
        worst.append(max((took for name, took in events if name in ANSWERED), default=16))
    return float(median(worst))
