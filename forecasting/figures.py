"""Tallies as pages show them: each number with the address of its rows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from emdesk.people.models import User
from forecasting.asking import Asked
from forecasting.spelling import length, money, percent, spread
from scoping.views.tables import Cell, Head, Row, Table
from scoping.win_rate import Tally, WinRate, outcomes, win_rate
from scoping.win_rate_axes import Basis
from scoping.win_rate_rows import Part


@dataclass(frozen=True)
class Figures:
    """One line of the page."""

    tally: Tally
    asked: Asked
    key: str | None

    def row(self, name: str, *, aside: bool = False) -> Row:
        issues = self.asked.basis == Basis.ISSUES
        share = Cell(share=self.share, spread=self.spread, few=self.few)
        cells = [
            Cell(*self.won, "won"),
            Cell(*self.lost, "lost"),
            *([Cell(*self.timed_out, "timed out")] if issues else []),
            Cell(*self.closed, "closed"),
            Cell(self.rate, few=self.few),
            Cell(self.sure),
            share,
            *([Cell(self.adjusted)] if issues else []),
            *(Cell(text) for text in (self.value, self.lost_value, self.by_value)),
        ]
        return Row(name, cells, aside)

    @property
    def won(self) -> tuple[str, str]:
        return self._linked(self.tally.won, Part.WON)

    @property
    def lost(self) -> tuple[str, str]:
        return self._linked(self.tally.lost, Part.LOST)

    @property
    def timed_out(self) -> tuple[str, str]:
        return self._linked(self.tally.timed_out, Part.TIMED_OUT)

    @property
    def closed(self) -> tuple[str, str]:
        return self._linked(self.tally.closed, Part.CLOSED)

    @property
    def rate(self) -> str:
        return percent(self.tally.rate)

    @property
    def sure(self) -> str:
        return str(self.tally.interval or "—")

    @property
    def adjusted(self) -> str:
        return percent(self.tally.adjusted)

    @property
    def by_value(self) -> str:
        return percent(self.tally.value_rate)

    @property
    def few(self) -> bool:
        return self.tally.few

    @property
    def share(self) -> str:
        """The rate as a length of a hundred."""
        return length(self.tally.rate)

    @property
    def spread(self) -> tuple[str, str] | None:
        return spread(self.tally.interval)

    @property
    def value(self) -> str:
        return money(self.tally.won_value)

    @property
    def lost_value(self) -> str:
        return money(self.tally.lost_value)

    @property
    def unpriced(self) -> int:
        """How many of those that closed have no value in our own currency."""
        return self.tally.closed - self.tally.priced

    def _linked(self, number: int, part: Part) -> tuple[str, str]:
        return f"{number:,}", self.asked.rows_url(part, self.key)


def table(asked: Asked, found: WinRate) -> Table:
    """A row for each value of the axis, and one for those that have none."""
    rows = [Figures(tally, asked, tally.key).row(tally.key) for tally in found.rows]
    if found.unnamed.closed:
        unnamed = Figures(found.unnamed, asked, "")
        rows.append(unnamed.row(f"Without {asked.title.lower()}", aside=True))
    return Table(f"Win rate by {asked.title.lower()}", asked.title, _heads(asked.basis), rows)


def _heads(basis: Basis) -> list[Head]:
    issues = basis == Basis.ISSUES
    before = ["Won", "Lost", *(["Timed out"] if issues else []), "Closed", "Rate", "95 % interval"]
    after = [*(["Adjusted"] if issues else []), "Won value", "Lost value", "By value"]
    drawn = Head("Share won and its interval, drawn", drawn=True)
    return [*map(Head, before), drawn, *map(Head, after)]


@dataclass(frozen=True)
class Reason:
    """Why deals were lost: how many, what they were worth, and of all lost ones which share."""

    name: str
    lost: str
    url: str
    share: str
    length: str
    value: str


def reasons(asked: Asked, user: User, within: Q) -> list[Reason]:
    """The most frequent first; the CRM's deals say none."""
    if asked.basis != Basis.ISSUES:
        return []
    found = win_rate(asked.basis, "reason", user, within & outcomes(asked.basis)[1])
    rows = sorted(found.rows, key=lambda row: (-row.lost, row.key))
    return [_reason(row, asked, found.total.lost) for row in rows]


def _reason(row: Tally, asked: Asked, of: int) -> Reason:
    line = Figures(row, asked, None)
    url = asked.rows_url(Part.LOST, row.key, by="reason")
    share = row.lost / of
    return Reason(row.key, f"{row.lost:,}", url, percent(share), length(share), line.lost_value)
