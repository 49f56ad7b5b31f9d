"""What people do on a desk and on the bare application alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import cycle
from urllib.parse import urlencode

import psycopg2

from bench.visitor import Reply, Visitor

Visit = Callable[[], Reply]
CARD = re.compile(rb'id="c(\d+)"[^>]* data-state="(\w+)"[^>]* data-seen="(\d+)"')
THERE_AND_BACK = {"strawman_wip": "estimate_feedback", "estimate_feedback": "strawman_wip"}
BOARD = "/board/"
LIST = "/issues/?view=team&per_page=100"
BARE_BOARD = "/board/25/"
WHOLE_BARE_BOARD = "/board/1000000/"
UNASKED = """
SELECT s.issue_id, v.number FROM sow_version v JOIN sow_statementofwork s ON s.id = v.statement_id
WHERE NOT EXISTS (SELECT FROM sow_document d WHERE d.version_id = v.id) ORDER BY v.id
"""
SOUGHT = ("migration", "Logistics", "training", "Kestrelby", "pipeline")


@dataclass
class Card:
    """A card as the board shows it."""

    pk: str
    state: str
    seen: int


def cards_on(board: Reply) -> list[Card]:
    found = CARD.findall(board.body)
    return [Card(pk.decode(), state.decode(), int(seen)) for pk, state, seen in found]


def seeing(visitor: Visitor, path: str) -> Visit:
    return lambda: well(visitor.get(path))


def searching(visitor: Visitor, path: str) -> Visit:
    """One word after the other, as people look for customers and for kinds of work."""
    words = cycle(SOUGHT)
    return lambda: well(visitor.get(f"{path}?{urlencode({'q': next(words)})}"))


def reading(visitor: Visitor, cards: list[Card]) -> Visit:
    """One issue's page after the other."""
    paths = cycle([f"/issues/{card.pk}/" for card in cards])
    return lambda: well(visitor.get(next(paths)))


def moving(visitor: Visitor, cards: list[Card]) -> Visit:
    """One card after the other, to the next column and back."""
    turns = cycle([replace(card) for card in cards if card.state in THERE_AND_BACK])

    def move() -> Reply:
        card = next(turns)
        to = THERE_AND_BACK[card.state]
        said = {"to": to, "seen": str(card.seen)}
        reply = well(visitor.post(f"/issues/{card.pk}/move/", said, page=BOARD))
        card.state, card.seen = to, card.seen + 1
        return reply

    return move


def asking_for_papers(visitor: Visitor, database: str) -> Visit:
    """One version of a SOW after the other that nobody asked for as PDF."""
    with closing(psycopg2.connect(database)) as line, line.cursor() as cursor:
        cursor.execute(UNASKED)
        paths = cycle([f"/sow/{issue}/versions/{number}/pdf/" for issue, number in cursor])
    return lambda: well(visitor.post(next(paths), {}, page=BOARD))


def well(reply: Reply) -> Reply:
    if reply.status not in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}:
        raise ConnectionError(f"A reply of {reply.status}: {reply.body[:300]!r}")
    return reply
