"""Whose turn it is: who is asked first, who stands in for them, and how a step is put to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from emdesk.approvals.chains import Gate
from emdesk.approvals.clock import asked_people, wind
from emdesk.approvals.eligible import able, barred_from, candidates, today_of
from emdesk.approvals.holding import ASKED, REQUESTED, end, mark, tell
from emdesk.approvals.models import Request, Standing, Step, Turn
from emdesk.ledger.models import Origin
from emdesk.people.models import User


class Place(NamedTuple):
    """Nobody: any holder of the role. ``until``: the last day somebody stands in."""

    assignee: User | None = None
    delegate: User | None = None
    until: date | None = None


ANYBODY = Place()


def turn_to(named: User | None, roles: Any, barred: set[int], at: datetime) -> Place:
    """The one named, with their stand-in while they are away; else the role.

    Away without a stand-in who may decide, they are asked only when nobody else could be.
    """
    if named is None or not able(named, roles, barred):
        return ANYBODY
    day = today_of(named, at)
    absence = named.absences.on(day).first()
    if absence is None:
        return Place(named)
    stand_in = named.delegate_on(day)
    if stand_in and able(stand_in, roles, barred):
        return Place(named, stand_in, absence.last_day)
    return ANYBODY if candidates(roles, {*barred, named.pk}) else Place(named)


def first_asked(gate: Gate, subject: Any, barred: set[int], at: datetime) -> Place:
    return turn_to(gate.named(subject), gate.roles, barred, at)


def sit(step: Step, place: Place) -> None:
    step.assignee, step.delegate, step.delegate_until = place


def put(step: Step, subject: Any, *, at: datetime, origin: str = Origin.PERSON) -> None:
    """The step's turn has come: it is put to somebody, and the clock starts."""
    request = step.request
    sit(step, first_asked(step.declared, subject, barred_from(request), at))
    step.turn, step.asked_at = Turn.ASKED, at
    wind(step, at)
    step.save()
    said = whom(step, at)
    tell(request, subject, ASKED, by=None, at=at, origin=_by_emdesk(origin), **said)


def whom(step: Step, at: datetime) -> dict[str, Any]:
    """For an event: the step, and the people whose word is awaited."""
    people = asked_people(step, at)
    named = [user.name for user in people] if step.assignee_id else []
    return {
        "step": step.pk,
        "gate": step.gate,
        "name": step.name,
        "why": step.why,
        "asked": [user.pk for user in people],
        "people": named,
        "stands_in_for": step.assignee.name if step.assignee and step.delegate else "",
        "due": step.due_at.isoformat() if step.due_at else None,
    }


def awaited(request: Request, at: datetime) -> list[int]:
    """Everybody whose word is awaited now, so that they hear when it is not any more."""
    steps = request.steps.filter(turn=Turn.ASKED).select_related("request", "assignee", "delegate")
    return sorted({user.pk for step in steps for user in asked_people(step, at)})


def advance(request: Request, subject: Any, *, at: datetime, origin: str = Origin.PERSON) -> str:
    """Put the steps of the next place, or end as approved when none is left; the standing."""
    steps = list(request.steps.select_related("request"))
    if any(step.asked for step in steps):
        return str(request.standing)
    later = [step for step in steps if step.turn == Turn.LATER]
    if not later:
        end(request, Standing.APPROVED, at)
        return str(Standing.APPROVED)
    place = min(step.place for step in later)
    for step in later:
        if step.place == place:
            put(step, subject, at=at, origin=origin)
    return str(request.standing)


def announce(request: Request, subject: Any, *, by: User, at: datetime, origin: str) -> None:
    steps = list(request.steps.all())
    said: dict[str, Any] = {
        "why": [step.why for step in steps],
        "names": [step.name for step in steps],
        "note": request.note,
        "value": str(request.value),
        "currency": request.currency,
        "digest": request.digest,
    }
    asks = any(step.turn == Turn.LATER for step in steps)
    said |= mark(subject, request.declared, Standing.WAITING if asks else Standing.APPROVED)
    tell(request, subject, REQUESTED, by=by, at=at, origin=origin, **said)


def _by_emdesk(origin: str) -> str:
    return Origin.SYSTEM if origin == Origin.PERSON else origin
