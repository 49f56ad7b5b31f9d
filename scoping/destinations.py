"""Where an issue can go from here, and why not elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from emdesk.people.models import User
from emdesk.workflow import Unmet
from scoping.models import ScopingIssue
from scoping.states import State

CLOSING = ("win", "lose", "dismiss")


@dataclass(frozen=True)
class Destination:
    """A column, and either the move that leads there or the reason why none does."""

    state: State
    move: str = ""
    reason: str = ""
    unmet: tuple[Unmet, ...] = ()
    here: bool = False

    @property
    def open(self) -> bool:
        return bool(self.move) and not self.reason

    @property
    def asks(self) -> bool:
        return bool(self.unmet) or self.state in {State.ON_HOLD, State.CLOSED}


def destinations(issue: ScopingIssue, user: User, at: datetime) -> list[Destination]:
    """Every column in the board's order, for this issue and person."""
    return [destination(issue, state, user, at) for state in State]


def destination(
    issue: ScopingIssue, state: str, user: User, at: datetime, outcome: str = ""
) -> Destination:
    """One column. ``outcome`` chooses among the moves that close."""
    target = State(state)
    if target == issue.state:
        return Destination(target, here=True, reason="It is here.")
    ways = ways_from(issue)
    known = ways.get(target, [])
    if not known:
        return Destination(target, reason=f"From {_from(issue)} it can go to {_spelled(ways)}.")
    allowed = [move for move in known if move in issue.moves_open_to(user)]
    if not allowed:
        return Destination(target, reason=who_may(issue, known[0]))
    move = outcome if outcome in allowed else allowed[0]
    unmet = issue.unmet(move, user, at) if target != State.CLOSED or outcome else ()
    closed = [each for each in unmet if not each.guard.asks and not _passable(issue, each, user)]
    reason = " ".join(each.reason for each in closed)
    return Destination(target, move, reason, unmet)


def ways_from(issue: ScopingIssue) -> dict[str, list[str]]:
    """The columns the machine leads to from here, each with its moves, whoever makes them."""
    ways: dict[str, list[str]] = {}
    for each in issue.get_available_state_transitions():  # type: ignore[attr-defined]
        target = each.target if isinstance(each.target, str) else issue.returns_to(each.name)
        ways.setdefault(target, []).append(each.name)
    return ways


def who_may(issue: ScopingIssue, move: str) -> str:
    if move == "approve":
        return "PS leadership approves, and nobody approves an issue of their own."
    if issue.engagement_manager:
        return f"{issue.engagement_manager.name} works this issue; only they or a lead move it."
    return "Engagement managers move issues. Ask one, or leave a comment."


def _passable(issue: ScopingIssue, unmet: Unmet, user: User) -> bool:
    return unmet.guard.overridable and issue.may_override(user)


def _from(issue: ScopingIssue) -> str:
    return State(issue.state).label


def _spelled(ways: dict[str, list[str]]) -> str:
    names = [state.label for state in State if state in ways]
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)
