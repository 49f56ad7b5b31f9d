"""Many callers at once: how much gets done, and whether anything fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median

from bench.figures import Figure
from bench.visitor import Visitor
from bench.visits import BARE_BOARD, BOARD, THERE_AND_BACK, Card, Visit, moving, seeing

SLICE = 3.0
SLICES = 3


@dataclass
class Client:
    """Looks at the board, moves a card, looks at the board."""

    visits: list[Visit]
    done: int = 0
    errors: list[str] = field(default_factory=list)

    def work(self, until: float) -> None:
        for visit in cycle(self.visits):
            if time.monotonic() > until:
                return
            try:
                visit()
                self.done += 1
            except Exception as wrong:  # noqa: BLE001 (whatever goes wrong is counted)
                self.errors.append(repr(wrong))


def clients(visitor: Visitor, board: str, cards: list[Card], count: int) -> list[Client]:
    """Each on a connection of its own, with cards nobody else moves."""
    cards = [card for card in cards if card.state in THERE_AND_BACK]
    windows = [visitor.again() for _ in range(count)]
    return [
        Client([seeing(window, board), moving(window, cards[number::count])])
        for number, window in enumerate(windows)
    ]


def rate(crowd: list[Client], seconds: float = SLICE) -> float:
    """Requests a second."""
    before, began = sum(client.done for client in crowd), time.monotonic()
    threads = [threading.Thread(target=each.work, args=[began + seconds]) for each in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (sum(client.done for client in crowd) - before) / (time.monotonic() - began)


def throughput(desk: Visitor, bare: Visitor, fresh_cards: Callable[[], list[Card]]) -> list[Figure]:
    cards = fresh_cards()
    ours, theirs = clients(desk, BOARD, cards, 8), clients(bare, BARE_BOARD, cards, 8)
    rates = [(rate(ours), rate(theirs)) for _ in range(SLICES)]
    our_rate, bare_rate = median(ours for ours, _ in rates), median(bare for _, bare in rates)
    many = clients(desk, BOARD, fresh_cards(), 32)
    at_32 = rate(many, seconds=2 * SLICE)
    errors = [error for client in [*ours, *theirs, *many] for error in client.errors]
    return [
        Figure(
            "8 clients, board and move : bare rate",
            our_rate / bare_rate,
            0.35,
            at_least=True,
            note=f"{our_rate:.1f} and {bare_rate:.1f} a second",
        ),
        Figure(
            "32 clients, errors", len(errors), 0, "", note=(errors or [f"{at_32:.1f} a second"])[0]
        ),
    ]
