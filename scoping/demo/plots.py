"""Which lives issues lead: the moves, the days between them, and where it all ends.

Plots are made backwards, from where an issue stands today or from the day it closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from emdesk.configuration.fiscal_year import first_month
from scoping.quarters import quarter_at
from scoping.states import LIVE, LOST_REASONS, WORKED, CloseReason, State

LIVE_SHARES = {
    State.AWAITING_DISCOVERY: 0.19,
    State.STRAWMAN_WIP: 0.15,
    State.ESTIMATE_FEEDBACK: 0.14,
    State.ON_HOLD: 0.09,
    State.SOW_WIP: 0.11,
    State.READY_FOR_APPROVAL: 0.06,
    State.APPROVED: 0.06,
}
TYPICAL_DAYS = {
    State.OPEN: 0.8,
    State.AWAITING_DISCOVERY: 6.0,
    State.STRAWMAN_WIP: 2.2,
    State.ESTIMATE_FEEDBACK: 7.0,
    State.ON_HOLD: 24.0,
    State.SOW_WIP: 6.0,
    State.READY_FOR_APPROVAL: 1.2,
    State.APPROVED: 6.0,
}
# Each step forward: its move, where it leads, the odds of a detour, and the detour.
FORWARD = (
    ("ask_account_team", State.AWAITING_DISCOVERY, 0.0, ()),
    ("start_strawman", State.STRAWMAN_WIP, 0.0, ()),
    ("send_estimate", State.ESTIMATE_FEEDBACK, 0.25, ("rework_estimate", "send_estimate")),
    ("start_sow", State.SOW_WIP, 0.12, ("revise_scope", "start_sow")),
    ("request_approval", State.READY_FOR_APPROVAL, 0.12, ("return_sow", "request_approval")),
    ("approve", State.APPROVED, 0.0, ()),
)
LEADS_TO = {
    "ask_account_team": State.AWAITING_DISCOVERY,
    "start_strawman": State.STRAWMAN_WIP,
    "send_estimate": State.ESTIMATE_FEEDBACK,
    "rework_estimate": State.STRAWMAN_WIP,
    "start_sow": State.SOW_WIP,
    "revise_scope": State.ESTIMATE_FEEDBACK,
    "request_approval": State.READY_FOR_APPROVAL,
    "return_sow": State.SOW_WIP,
    "approve": State.APPROVED,
    "hold": State.ON_HOLD,
}
LOST_FROM = {
    State.OPEN: 5,
    State.AWAITING_DISCOVERY: 20,
    State.STRAWMAN_WIP: 10,
    State.ESTIMATE_FEEDBACK: 35,
    State.ON_HOLD: 10,
    State.SOW_WIP: 14,
    State.READY_FOR_APPROVAL: 3,
    State.APPROVED: 3,
}
LOST_FOR = dict.fromkeys(LOST_REASONS, 8) | {
    CloseReason.TIMED_OUT: 22,
    CloseReason.NO_BUDGET: 20,
    CloseReason.PRICE: 14,
    CloseReason.OTHER: 3,
}
DISMISSED_FOR = {
    CloseReason.MERGED: 3,
    CloseReason.DUPLICATE: 2,
    CloseReason.DECLINED: 3,
    CloseReason.UNQUALIFIED: 3,
}
QUARTERS_BEFORE = 8


@dataclass(frozen=True)
class Plot:
    """The moves of one issue, and how many days pass before each."""

    moves: tuple[str, ...]
    days: tuple[float, ...]
    last_at: datetime
    reason: str = ""

    @property
    def begins_at(self) -> datetime:
        return (self.last_at - timedelta(days=sum(self.days))).replace(microsecond=0)

    @property
    def live(self) -> bool:
        return not self.reason

    def timed(self) -> Iterator[tuple[str, datetime]]:
        at = self.begins_at
        for move, days in zip(self.moves, self.days, strict=True):
            at += timedelta(days=days)
            yield move, at.replace(microsecond=0)


def live(rng: Random, count: int, now: datetime) -> Iterator[Plot]:
    """As many as asked, in every column, more in the early ones."""
    shares = {state: max(1, int(share * count)) for state, share in LIVE_SHARES.items()}
    shares[State.OPEN] = count - sum(shares.values())
    for state in LIVE:
        for _ in range(shares[state]):
            yield _standing(rng, state, now)


def closed(rng: Random, scale: float, now: datetime) -> Iterator[Plot]:
    """Eight quarters, and what there is of this one."""
    quarter, month = quarter_at(now), first_month(now.date())
    yesterday = now.date() - timedelta(days=1)
    for _ in range(QUARTERS_BEFORE + 1):
        first = quarter.starts(month) + timedelta(days=2)
        last = quarter.ends(month) - timedelta(days=1)
        days = max(0, (min(last, yesterday) - first).days)
        yield from _closed_in(rng, first, days, scale * days / (last - first).days)
        quarter = quarter.previous


def _closed_in(rng: Random, first: date, days: int, scale: float) -> Iterator[Plot]:
    """More towards the end, as everywhere where quarters are counted."""
    counted = round(rng.randint(25, 35) * scale)
    won = round(counted * rng.uniform(0.47, 0.63))
    for number in range(counted + round(rng.randint(2, 4) * scale)):
        at = _moment(first + timedelta(days=round(days * rng.random() ** 0.7)), rng)
        if number < won:
            yield _won(rng, at)
        elif number < counted:
            yield _lost(rng, at)
        else:
            yield _dismissed(rng, at)


def _moment(day: date, rng: Random) -> datetime:
    """An hour of that day which is that day in every office but the easternmost."""
    day -= timedelta(days=max(0, day.weekday() - 4))
    return datetime.combine(day, time(rng.randint(14, 19), rng.randrange(60)), UTC)


def _standing(rng: Random, state: State, now: datetime) -> Plot:
    """Under way; one in twenty has not moved for weeks."""
    moves = way_to(rng, state)
    rested = rng.uniform(0.2, 1.3) * _stay(rng, state)
    if rng.random() < 1 / 20:
        rested = rng.uniform(20, 55)
    return Plot(moves, _days(rng, moves), now - timedelta(days=rested))


def _won(rng: Random, at: datetime) -> Plot:
    """Signed after approval; a few opportunities are booked before the board knows."""
    state = State.APPROVED if rng.random() < 0.93 else State.SOW_WIP
    moves = (*way_to(rng, state), "win")
    return Plot(moves, _days(rng, moves), at, CloseReason.SIGNED)


def _lost(rng: Random, at: datetime) -> Plot:
    state = rng.choices(list(LOST_FROM), list(LOST_FROM.values()))[0]
    reason = rng.choices(list(LOST_FOR), list(LOST_FOR.values()))[0]
    moves = (*way_to(rng, state), "lose")
    days = _days(rng, moves)
    if reason == CloseReason.TIMED_OUT:
        days = (*days[:-1], rng.uniform(61, 80))
    return Plot(moves, days, at, reason)


def _dismissed(rng: Random, at: datetime) -> Plot:
    reason = rng.choices(list(DISMISSED_FOR), list(DISMISSED_FOR.values()))[0]
    moves = (*way_to(rng, rng.choice([State.OPEN, State.AWAITING_DISCOVERY])), "dismiss")
    return Plot(moves, _days(rng, moves), at, reason)


def way_to(rng: Random, state: State) -> tuple[str, ...]:
    """Moves that lead from Open to ``state``, with detours now and then."""
    if state == State.ON_HOLD:
        return (*way_to(rng, rng.choice(WORKED[1:-2])), "hold")
    moves: list[str] = []
    for move, reached, odds, detour in FORWARD if state != State.OPEN else ():
        skips = reached == State.AWAITING_DISCOVERY != state and rng.random() < 0.4
        moves += () if skips else (move,)
        moves += detour if rng.random() < odds else ()
        if reached == state:
            break
    return _with_a_pause(rng, moves)


def _with_a_pause(rng: Random, moves: list[str]) -> tuple[str, ...]:
    if len(moves) < 2 or rng.random() > 0.08:
        return tuple(moves)
    place = rng.randrange(1, len(moves))
    return (*moves[:place], "hold", "resume", *moves[place:])


def _days(rng: Random, moves: tuple[str, ...]) -> tuple[float, ...]:
    """How long the issue stays where each move finds it."""
    state = before = State.OPEN
    days = []
    for move in moves:
        days.append(_stay(rng, state))
        state, before = LEADS_TO.get(move, before), state
    return tuple(days)


def _stay(rng: Random, state: State) -> float:
    return TYPICAL_DAYS[state] * rng.lognormvariate(0, 0.55)
