"""A real Chromium before the board: weight, paint, and how soon it answers a hand.

It speaks plain HTTP to loopback, which browsers trust as they trust HTTPS, and says in a header
what a proxy would: so the servers are those of production, secure cookies and all.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench import hands
from bench.figures import Figure
from bench.visits import BARE_BOARD, BOARD

if TYPE_CHECKING:
    from bench.__main__ import Place

LOADS = 7
SLOWED = 4
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WATCH = """() => {
  const seen = window.seen = { paint: 0, shift: 0, events: [], stands: [] };
  const watch = (type, note, more) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note))
      .observe({ type, buffered: true, ...more });
  watch("largest-contentful-paint", (entry) => { seen.paint = entry.startTime; });
  watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
  watch("event", (entry) =>
    seen.events.push([entry.name, entry.interactionId, entry.duration]), { durationThreshold: 16 });
  document.addEventListener("drop", (event) => {
    const stand = () => seen.stands.push(performance.now() - event.timeStamp);
    document.addEventListener("htmx:after:settle", stand, { once: true });
  });
}"""


@dataclass
class Load:
    """One page load: bytes over the wire, when the largest part was painted, what there is."""

    wire: int
    paint: float
    nodes: int
    cards: int


class Wire:
    """Counts what a page receives, caches apart."""

    def __init__(self, page: Page) -> None:
        self.received = 0
        self.line = page.context.new_cdp_session(page)
        self.line.send("Network.enable")
        self.line.on("Network.loadingFinished", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        self.received += event["encodedDataLength"]

    def slow_down(self, times: int) -> None:
        self.line.send("Emulation.setCPUThrottlingRate", {"rate": times})


@contextmanager
def window(chromium: Browser, place: Place) -> Iterator[tuple[Page, Wire]]:
    """A browser that was never here, signed in."""
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, extra_http_headers={"X-Forwarded-Proto": "https"}
    )
    context.add_cookies(
        [
            {"name": name, "value": value, "url": place.server.origin.replace("http:", "https:")}
            for name, value in place.visitor.cookies.items()
        ]
    )
    page = context.new_page()
    page.add_init_script(f"({WATCH})()")
    yield page, Wire(page)
    context.close()


def load(page: Page, wire: Wire, url: str) -> Load:
    before = wire.received
    page.goto(url, wait_until="networkidle")
    page.wait_for_timeout(300)
    nodes, cards = page.evaluate(
        "[document.getElementsByTagName('*').length, document.querySelectorAll('.card').length]"
    )
    return Load(wire.received - before, page.evaluate("seen.paint"), nodes, cards)


def card_nodes(page: Page) -> int:
    return int(
        page.evaluate(
            "Math.max(...[...document.querySelectorAll('.card')]"
            ".map((card) => card.getElementsByTagName('*').length + 1))"
        )
    )


def loads(chromium: Browser, desk: Place, bare: Place) -> list[Figure]:
    ours: list[tuple[Load, Load]] = []
    theirs: list[Load] = []
    for _ in range(LOADS):
        with window(chromium, desk) as (page, wire):
            url = desk.server.origin + BOARD
            ours.append((load(page, wire, url), load(page, wire, url)))
            nodes, shift = card_nodes(page), page.evaluate("seen.shift")
        with window(chromium, bare) as (page, wire):
            theirs.append(load(page, wire, bare.server.origin + BARE_BOARD))
    paint = median(cold.paint for cold, _ in ours)
    bare_paint = median(cold.paint for cold in theirs)
    note = f"{paint:.0f} and {bare_paint:.0f} ms"
    board = ours[0][0]
    return [
        Figure("default board, cold", max(cold.wire for cold, _ in ours) / 1024, 130, "KiB"),
        Figure("default board, warm", max(warm.wire for _, warm in ours) / 1024, 25, "KiB"),
        Figure("elements of a card", nodes, 16, ""),
        Figure("elements of the board", board.nodes, unit="", note=f"{board.cards} cards"),
        Figure("largest paint : bare, 200 cards", paint / bare_paint, 2.0, note=note),
        Figure("layout shift while loading", shift, 0.02, ""),
    ]


def answers(chromium: Browser, desk: Place, slowed: int, bound: float, lift: float) -> list[Figure]:
    """How long a hand waits for the next frame, at worst."""
    with window(chromium, desk) as (page, wire):
        load(page, wire, desk.server.origin + BOARD)
        wire.slow_down(slowed)
        how = f", CPU slowed {slowed} times" if slowed > 1 else ""
        found = {name: hands.rounds(page, deed) for name, deed in hands.DEEDS.items()}
        return [
            *(Figure(f"{name}{how}", made.answer, bound, "ms") for name, made in found.items()),
            Figure(f"dragstart{how}", found["drag"].lift, lift, "ms"),
            Figure(f"drop to the server's card{how}", found["drag"].stands, unit="ms"),
            Figure(f"layout shift while working{how}", page.evaluate("seen.shift"), 0.02, ""),
        ]


def seen(desk: Place, bare: Place) -> list[Figure]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        found = [
            *loads(chromium, desk, bare),
            *answers(chromium, desk, 1, bound=120, lift=120),
            *answers(chromium, desk, SLOWED, bound=200, lift=250),
        ]
        chromium.close()
        return found
