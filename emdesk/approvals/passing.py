"""Passing a step on: by its approver for some days, by a lead for good, or because of an absence."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.transaction import atomic

from emdesk.approvals.clock import wind
from emdesk.approvals.eligible import able, barred_from, may_decide, today_of
from emdesk.approvals.holding import (
    DELEGATED,
    REASSIGNED,
    STOOD_IN,
    in_hand,
    insist_on_turn,
    insist_on_waiting,
    tell,
)
from emdesk.approvals.models import Step
from emdesk.approvals.refusals import NotAllowed, Refused
from emdesk.approvals.turning import ANYBODY, Place, sit, turn_to, whom
from emdesk.people.models import User

Said = dict[str, Any]
LONGEST = timedelta(days=90)  # a delegation of signature authority lasts no longer (domain.md §5.3)


def _held(step: Step) -> tuple[Step, Any]:
    request, subject = in_hand(step.request)
    found = request.steps.select_related("assignee", "delegate").get(pk=step.pk)
    found.request = request
    insist_on_waiting(request)
    insist_on_turn(found)
    return found, subject


def delegate(step: Step, to: User, *, until: date, reason: str, by: User, at: datetime) -> None:
    """Let a colleague with the same role decide until a day. They do not hand it on."""
    with atomic():
        step, subject = _held(step)
        if not may_decide(step, by, at) or step.stands_in(by, today_of(by, at)):
            raise NotAllowed("Only who is asked lets somebody else decide.")
        today = today_of(by, at)
        if not today <= until <= today + LONGEST:
            raise Refused("Choose a last day between today and 90 days from now.")
        if to.pk == by.pk:
            raise Refused("Choose somebody else.")
        _insist_on_able(step, to)
        sit(step, Place(step.assignee or by, to, until))
        _keep(step, at)
        said: Said = {"to": to.pk, "person": to.name, "until": until.isoformat(), "reason": reason}
        tell(step.request, subject, DELEGATED, by=by, at=at, **said, **whom(step, at))


def reassign(step: Step, to: User, *, reason: str, by: User, at: datetime) -> None:
    """Put the step to somebody else for good."""
    with atomic():
        step, subject = _held(step)
        if not step.request.declared.reassigns(subject, by):
            raise NotAllowed("The leads give a step to somebody else.")
        if not reason.strip():
            raise Refused("Say why somebody else is to decide.")
        _insist_on_able(step, to)
        was = [step.assignee_id, step.delegate_id]
        sit(step, turn_to(to, step.roles, barred_from(step.request), at))
        _keep(step, at)
        said: Said = {"to": to.pk, "person": to.name, "reason": reason.strip()}
        said["was"] = [pk for pk in was if pk]
        tell(step.request, subject, REASSIGNED, by=by, at=at, **said, **whom(step, at))


def settle(step: Step, at: datetime) -> bool:
    """Who is away is stood in for, who left or lost the role is replaced by it; whether it was."""
    with atomic():
        step, subject = _held(step)
        assignee = step.assignee
        if assignee is None or _in_good_hands(step, assignee, at):
            return False
        place = turn_to(assignee, step.roles, barred_from(step.request), at)
        if place in (Place(assignee), Place(assignee, step.delegate, step.delegate_until)):
            return False
        sit(step, place)
        _keep(step, at)
        said: Said = {"person": assignee.name, "gone": place == ANYBODY}
        tell(step.request, subject, STOOD_IN, by=None, at=at, **said, **whom(step, at))
    return True


def _in_good_hands(step: Step, assignee: User, at: datetime) -> bool:
    """Named and able, and somebody stands in while it lasts."""
    if not able(assignee, step.roles, barred_from(step.request)):
        return False
    delegate = step.delegate
    return (
        delegate is not None
        and delegate.is_active
        and step.stands_in(delegate, today_of(delegate, at))
    )


def _insist_on_able(step: Step, to: User) -> None:
    if not able(to, step.roles, barred_from(step.request)):
        raise Refused(
            f"{to.name} cannot decide this: it takes the role, and somebody who did not ask for "
            "it, write it or decide another step of it."
        )


def _keep(step: Step, at: datetime) -> None:
    """With the clock wound anew, in the hours of who is asked now."""
    wind(step, at)
    step.save()
