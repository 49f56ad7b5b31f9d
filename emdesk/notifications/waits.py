"""How long to wait before the first try and before the next, and after how many it ends."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from emdesk.ledger.models import Event, Origin

GRACE = timedelta(seconds=15)  # what a person takes back at once never leaves
TRIES = 8
FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=1)
LONGEST_OUTAGE = timedelta(minutes=10)


def leaves_soonest(event: Event, at: datetime) -> datetime:
    return at + GRACE if event.origin == Origin.PERSON else at


def pause(tries: int) -> timedelta:
    """Longer after each try, half as long to half as long again, so that not all come at once."""
    return min(_about(min(FIRST * 2 ** (tries - 1), LONGEST)), LONGEST)


def outage_pause(waited: timedelta) -> timedelta:
    """Longer the longer a mail waited for a server that is away."""
    return _about(min(max(waited / 4, FIRST), LONGEST_OUTAGE))


def _about(whole: timedelta) -> timedelta:
    return whole * random.uniform(0.5, 1.5)  # noqa: S311 (no secret)
