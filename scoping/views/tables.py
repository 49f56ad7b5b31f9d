"""A report as its page shows it: rows of figures, each with the way to its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """``url`` leads to the rows behind a number, which ``says`` names.

    ``share`` is drawn, and on it where ``spread`` begins and how long it is. ``few`` are too few
    to go by.
    """

    text: str = ""
    url: str = ""
    says: str = ""
    share: str = ""
    spread: tuple[str, str] | None = None
    few: bool = False


@dataclass(frozen=True)
class Row:
    name: str
    cells: Sequence[Cell]
    aside: bool = False


@dataclass(frozen=True)
class Head:
    name: str
    drawn: bool = False


@dataclass(frozen=True)
class Table:
    """``title`` is what the rows are, ``about`` what the whole table says."""

    about: str
    title: str
    heads: Sequence[Head]
    rows: Sequence[Row]
    foot: Row | None = None
