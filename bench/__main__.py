"""``bin/bench``: everything measured in one run; exits with 1 when a bound is missed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench import browser, crowd, latency, memory
from bench.bare.rows import LOGIN
from bench.clocks import clocks
from bench.desks import Desk, desk_of, run
from bench.estimates import estimates
from bench.figures import Figure, show
from bench.importing import importing
from bench.notices import notices
from bench.quarters import quarters
from bench.serving import Server, serving
from bench.statements import statements
from bench.visitor import Visitor
from bench.visits import (
    BARE_BOARD,
    BOARD,
    LIST,
    WHOLE_BARE_BOARD,
    Card,
    Visit,
    asking_for_papers,
    cards_on,
    moving,
    reading,
    searching,
    seeing,
)

EVERY_CARD = {"EMDESK_BOARD_PAGE": "10000"}


@dataclass(frozen=True)
class Place:
    """A served application and somebody signed in to it."""

    server: Server
    visitor: Visitor

    def cards(self) -> list[Card]:
        return cards_on(self.visitor.get(BOARD))


@contextmanager
def open_desk(desk: Desk, **settings: str) -> Iterator[Place]:
    with serving("emdesk.wsgi", desk.production | settings) as server:
        yield signed_in(server, desk.login)


@contextmanager
def open_bare(desk: Desk) -> Iterator[Place]:
    """The bare application beside a desk, with a copy of its rows."""
    environment = desk.production | {"DJANGO_SETTINGS_MODULE": "bench.bare.settings"}
    run("-m", "bench.bare.rows", **environment)
    with serving("bench.bare.wsgi", environment) as server:
        yield signed_in(server, LOGIN)


def signed_in(server: Server, login: tuple[str, str]) -> Place:
    visitor = Visitor(server.port)
    visitor.sign_in(*login)
    return Place(server, visitor)


def visits(
    bare: Place, large_bare: Place, whole: Place, small: Place, large: Place, database: str
) -> dict[str, Visit]:
    near, far = small.cards(), large.cards()
    return {
        "bare full board": seeing(bare.visitor, WHOLE_BARE_BOARD),
        "full board": seeing(whole.visitor, BOARD),
        "bare board": seeing(bare.visitor, BARE_BOARD),
        "board of 2,000": seeing(small.visitor, BOARD),
        "board of 10,000": seeing(large.visitor, BOARD),
        "bare move": moving(bare.visitor, near),
        "move of 2,000": moving(small.visitor, near),
        "move of 10,000": moving(large.visitor, far),
        "SOW as PDF": asking_for_papers(small.visitor, database),
        "bare issue": reading(bare.visitor, near),
        "issue of 2,000": reading(small.visitor, near),
        "issue of 10,000": reading(large.visitor, far),
        "bare list": seeing(bare.visitor, "/list/100/"),
        "list of 2,000": seeing(small.visitor, LIST),
        "list of 10,000": seeing(large.visitor, LIST),
        "bare triage": seeing(bare.visitor, "/triage/100/"),
        "triage of 2,000": seeing(small.visitor, "/triage/"),
        "triage of 10,000": seeing(large.visitor, "/triage/"),
        "bare search of 2,000": searching(bare.visitor, "/search/50/"),
        "search of 2,000": searching(small.visitor, "/search/"),
        "bare search of 10,000": searching(large_bare.visitor, "/search/50/"),
        "search of 10,000": searching(large.visitor, "/search/"),
    }


def measured(rounds: int) -> list[Figure]:
    with (
        desk_of(2_000) as desk,
        desk_of(10_000) as large_desk,
        open_bare(desk) as bare,
        open_bare(large_desk) as large_bare,
        open_desk(desk, **EVERY_CARD) as whole,
        open_desk(desk) as small,
        open_desk(large_desk) as large,
    ):
        print(f"The full board shows {len(whole.cards()):,} cards.")
        found = latency.costs(
            visits(bare, large_bare, whole, small, large, desk.servers.database_url), rounds
        )
        show("Medians", latency.absolute(found))
        figures = latency.against_bounds(found)
        show("One caller", figures)
        crowded = crowd.throughput(small.visitor, bare.visitor, small.cards)
        show("Many callers", crowded)
        workers = [pid for place in (whole, small, large) for pid in place.server.workers]
        held = memory.memory(workers)
        show("After all of it", held)
        seen = browser.seen(small, bare)
        show("In a browser", seen)
    brought_in, swept, told, reported = importing(), clocks(), notices(), quarters()
    priced, written = estimates(), statements()
    show("Bringing an old board over", brought_in)
    show("Clocks", swept)
    show("Notices", told)
    show("A quarter's dashboard", reported)
    show("Estimates", priced)
    show("Statements of work", written)
    there = [*figures, *crowded, *held, *seen, *brought_in, *swept, *told, *reported]
    return [*there, *priced, *written]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=25, help="how often each page is asked for")
    figures = measured(parser.parse_args().rounds)
    missed = [figure for figure in figures if not figure.holds]
    bounded = sum(figure.bound is not None for figure in figures)
    print(f"\n{bounded - len(missed)} of {bounded} bounds hold.")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
