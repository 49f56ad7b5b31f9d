"""The stepper on the issue page: the columns as steps, and what each still needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from emdesk.people.models import User
from scoping.destinations import Destination, destinations
from scoping.models import ScopingIssue
from scoping.states import State

ASIDE = (State.ON_HOLD, State.CLOSED)


@dataclass(frozen=True)
class Step:
    """One column seen from where the issue is: done, here, open or closed to this person."""

    destination: Destination
    kind: str

    @property
    def missing(self) -> list[str]:
        return [each.reason for each in self.destination.unmet]


def steps(issue: ScopingIssue, user: User, at: datetime) -> list[Step]:
    order = list(State)
    here = order.index(State(issue.held_from or issue.state))
    found = []
    for position, each in enumerate(destinations(issue, user, at)):
        passed = position < here and each.state not in ASIDE
        kind = "here" if each.here else "done" if passed else "open" if each.open else "shut"
        found.append(Step(each, kind))
    return found


def next_step(found: list[Step]) -> Step | None:
    """The next open step forward, if there is one."""
    after = False
    for step in found:
        if after and step.kind == "open" and step.destination.state not in ASIDE:
            return step
        after = after or step.kind == "here"
    return None
