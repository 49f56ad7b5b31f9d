"""Why a forecast changed, once more: one deal at a time, in fractions, from plain facts.

A deal is None on a day it was not there, else a mapping with ``stage``, ``day`` (its close date),
``em``, ``value`` and ``currency`` (its own), and ``worth`` in the desk's, each as of that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

Deal = Mapping[str, Any] | None
LIVE = {"1", "2", "3", "4", "5", "6", "7"}


class Sums(dict[str, tuple[int, Fraction]]):
    def add(self, name: str, amount: Fraction) -> None:
        count, so_far = self.get(name, (0, Fraction(0)))
        self[name] = (count + 1, so_far + amount)


def told(
    pairs: Iterable[tuple[Deal, Deal]], first: date | None, last: date | None, em: Any = None
) -> Sums:
    """How many deals and how much, of the opening, of every reason and of the closing."""
    found = Sums()
    for was, now in pairs:
        there, here = (in_figures(each, first, last, em) for each in (was, now))
        if there:
            found.add("opening", worth(was))
        if here:
            found.add("closing", worth(now))
        if there and here:
            found.add(revalued(was, now), worth(now) - worth(was))
        elif here:
            found.add(arrival(was, inside(was, first, last), last), worth(now))
        elif there:
            found.add(departure(now, inside(now, first, last), first), -worth(was))
    return found


def inside(deal: Deal, first: date | None, last: date | None) -> bool:
    """Dated in the quarter, or in any where none is looked at."""
    if deal is None or first is None or last is None:
        return deal is not None
    return deal["day"] is not None and first <= deal["day"] <= last


def in_figures(deal: Deal, first: date | None, last: date | None, em: Any) -> bool:
    if deal is None or deal["stage"] not in LIVE:
        return False
    return inside(deal, first, last) and em in (None, deal["em"])


def worth(deal: Deal) -> Fraction:
    return Fraction(deal["worth"]) if deal and deal["worth"] is not None else Fraction(0)


def revalued(was: Any, now: Any) -> str:
    more = worth(now) - worth(was)
    if more == 0:
        return "same"
    if was["value"] == now["value"] and was["currency"] == now["currency"]:
        return "currency"
    return "up" if more > 0 else "down"


def arrival(was: Deal, in_quarter: bool, last: date | None) -> str:  # noqa: FBT001
    stage = was["stage"] if was else "0"
    if stage in {"0", "9", "10"}:
        return "new"
    if stage in {"won", "lost"}:
        return "reopened"
    if in_quarter:
        return "moved_in"
    day = was["day"] if was else None
    return "pulled_in" if day and last and day > last else "slipped_in"


def departure(now: Deal, in_quarter: bool, first: date | None) -> str:  # noqa: FBT001
    stage = now["stage"] if now else "0"
    if stage in {"0", "9", "10"}:
        return "removed"
    if stage in {"won", "lost"}:
        return str(stage)
    if in_quarter:
        return "moved_out"
    day = now["day"] if now else None
    return "brought_forward" if day and first and day < first else "pushed"
