"""What hands do on the board: drag, the Move menu, keys; and how long each waits for its answer.

An interaction is what the browser's event timing numbers as one. A press that becomes a drag loses
its number, and nothing of a drag has one: so its press and its release count by their names.
``dragstart`` has a bound of its own, for there the browser draws what follows the hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from playwright.sync_api import Locator, Page, expect

FROM, TO = "strawman_wip", "estimate_feedback"
TIMES = 5
UNSEEN = 16  # ms; shorter events are not reported
PRESSED = {"pointerdown", "mousedown", "drop", "dragend"}


@dataclass(frozen=True)
class Event:
    """One entry of event timing; ``took`` is ms from the hand to the next painted frame."""

    name: str
    interaction: int
    took: float

    @property
    def counts(self) -> bool:
        return self.interaction > 0 or self.name in PRESSED


@dataclass(frozen=True)
class Round:
    """The slowest of a deed made once, in ms; ``stands`` is from the drop to the server's card."""

    answer: float
    lift: float
    stands: float


def first_card(page: Page, column: str) -> Locator:
    return page.locator(f"#u-{column} > .card").first


def settled(page: Page) -> None:
    expect(page.locator(".card.busy")).to_have_count(0)
    page.wait_for_timeout(300)


def point(page: Page, place: Locator) -> None:
    """The bare mouse: ``hover()`` has the page answer the driver's questions in every event."""
    box: Any = place.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60, steps=2)


def drag(page: Page) -> None:
    """From one column to the next and back, so that the board stays as it is."""
    for source, target in ((FROM, TO), (TO, FROM)):
        card = first_card(page, source)
        moved = card.get_attribute("id")
        point(page, card)
        page.mouse.down()
        point(page, page.locator(f"#u-{target}"))
        page.mouse.up()
        settled(page)
        expect(page.locator(f"#u-{target} > #{moved}")).to_have_count(1)


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


def rounds(page: Page, deed: Callable[[Page], None]) -> Round:
    """The median of some rounds, each by its slowest event."""
    found = []
    for _ in range(TIMES):
        page.evaluate("seen.events = []; seen.stands = []")
        deed(page)
        events = [Event(*entry) for entry in page.evaluate("seen.events")]
        found.append(
            Round(
                slowest(event.took for event in events if event.counts),
                slowest(event.took for event in events if event.name == "dragstart"),
                max(page.evaluate("seen.stands"), default=0),
            )
        )
    return Round(
        median(each.answer for each in found),
        median(each.lift for each in found),
        median(each.stands for each in found),
    )


def slowest(times: Iterable[float]) -> float:
    return max(times, default=UNSEEN)
