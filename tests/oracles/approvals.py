"""Whom the review of an estimate asks, reckoned from its whole history (domain.md §5.1 G1, Q-11).

A history is a list of versions of one issue in the order they were sent: list total in cents, and
what the architect said to it ("" for nothing before the next one was sent).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

Sent = tuple[int, str]


def review_of(history: list[Sent], total: int, *, above: int, percent: Fraction) -> str:
    """``none``, ``ask`` or ``kept`` for a version of ``total`` cents sent after this history."""
    if not total > above:
        return "none"
    words: list[Sent] = []
    for place, (cents, said) in enumerate(history):
        asks = review_of(history[:place], cents, above=above, percent=percent) == "ask"
        if said and asks:
            words.append((cents, said))
    if not words or words[-1][1] != "approved":
        return "ask"
    looked_at = words[-1][0]
    rise = Fraction(total - looked_at, looked_at) * 100
    return "kept" if rise <= percent else "ask"


def office_hour(moment: datetime) -> bool:
    """Monday to Friday, nine to five in UTC."""
    return moment.weekday() < 5 and 9 <= moment.hour < 17


def answered_by(asked: datetime, minutes: int) -> datetime:
    """Minute by minute until so many office minutes are spent."""
    moment = asked
    while minutes:
        if office_hour(moment):
            minutes -= 1
        moment += timedelta(minutes=1)
    return moment
