"""An issue as the handbook would follow it with a pencil, for tests to hold against the real one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.factories import NOON
from tests.oracles import states as oracle

WITHIN = timedelta(minutes=10)
LED_TO = {
    "ask_account_team": "awaiting_discovery",
    "start_strawman": "strawman_wip",
    "send_estimate": "estimate_feedback",
    "rework_estimate": "strawman_wip",
    "start_sow": "sow_wip",
    "revise_scope": "estimate_feedback",
    "request_approval": "ready_for_approval",
    "return_sow": "sow_wip",
    "approve": "approved",
    "reopen_sow": "sow_wip",
    "hold": "on_hold",
    "win": "closed",
    "lose": "closed",
    "dismiss": "closed",
}
FROM = {
    "ask_account_team": {"open"},
    "start_strawman": {"open", "awaiting_discovery"},
    "send_estimate": {"strawman_wip"},
    "rework_estimate": {"estimate_feedback"},
    "start_sow": {"estimate_feedback"},
    "revise_scope": {"sow_wip"},
    "request_approval": {"sow_wip"},
    "return_sow": {"ready_for_approval"},
    "approve": {"ready_for_approval"},
    "reopen_sow": {"approved"},
    "hold": {*oracle.WORKED},
    "resume": {"on_hold"},
    "win": {*oracle.LIVE},
    "lose": {*oracle.LIVE},
    "dismiss": {*oracle.LIVE},
    "reopen": {"closed"},
}
NAMES = [*LED_TO, "resume", "reopen"]
WHO = ["em", "other em", "lead", "leadership", "emdesk"]


@dataclass
class Visit:
    state: str
    entered: datetime
    left: datetime | None = None


@dataclass
class Model:
    visits: list[Visit]
    segment: bool
    won: bool = False
    state: str = "open"
    entered: datetime = NOON
    status: str = ""
    held_from: str = ""
    closed_from: str = ""
    moves: int = 0
    last: tuple[str, datetime, Model, str] | None = field(default=None, repr=False)

    def legal(self, name: str) -> bool:
        return self.state in FROM[name]

    def allowed(self, name: str, who: str) -> bool:
        if who == "emdesk":
            return True
        if name == "approve":
            return who == "leadership"
        return who in {"em", "lead"} or (name == "return_sow" and who == "leadership")

    def guarded(self, name: str) -> bool:
        if name == "win" and self.state != "approved" and not self.won:
            return True
        return self.state == "open" and not self.segment and name != "dismiss"

    def target(self, name: str) -> str:
        return {"resume": self.held_from, "reopen": self.closed_from}.get(name) or LED_TO[name]

    def enter(self, state: str, at: datetime) -> None:
        self.visits[-1].left = at
        self.visits.append(Visit(state, at))
        self.state, self.entered = state, at
        self.moves += 1

    def move(self, name: str, who: str, at: datetime) -> None:
        before, came_from = replace(self), self.state
        self.enter(self.target(name), at)
        if name == "hold":
            self.held_from, self.status = came_from, "waiting"
        elif name == "resume":
            self.held_from = ""
        elif self.state == "closed":
            self.closed_from, self.status = came_from, ""
        elif name == "reopen":
            self.closed_from = ""
        self.last = who, at, before, self.status

    def undo(self) -> None:
        assert self.last
        _, _, before, status = self.last
        self.visits.pop()
        self.visits[-1].left = None
        self.state, self.entered = before.state, before.entered
        self.held_from, self.closed_from = before.held_from, before.closed_from
        if self.status == status:
            self.status = before.status
        self.moves += 1
        self.last = None

    def undo_refused(self, who: str, at: datetime) -> str:
        """Why a move cannot be taken back, or nothing."""
        if self.last is None:
            return "nothing to undo"
        mover, when, before, status = self.last
        theirs = who == mover or (mover == "emdesk" and who == "em")
        if not (theirs or who == "lead"):
            return "not theirs"
        if at - when > WITHIN:
            return "too late"
        restored = before.status if self.status == status else self.status
        return "closed issues have no status" if before.state == "closed" and restored else ""
