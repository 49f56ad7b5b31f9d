"""Questions of who is to decide, to who asked. Nobody is reminded while one is open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.transaction import atomic

from emdesk.approvals.clock import stop, wind
from emdesk.approvals.eligible import may_decide
from emdesk.approvals.holding import (
    ANSWERED,
    INQUIRED,
    in_hand,
    insist_on_turn,
    insist_on_waiting,
    tell,
)
from emdesk.approvals.models import Inquiry, Request, Step
from emdesk.approvals.refusals import NotAllowed, Overtaken, Refused
from emdesk.approvals.turning import whom
from emdesk.people.models import User


def ask(step: Step, text: str, *, by: User, at: datetime) -> Inquiry:
    """Ask whoever requested the decision."""
    with atomic():
        request, subject = in_hand(step.request)
        step = request.steps.select_related("assignee", "delegate").get(pk=step.pk)
        step.request = request
        insist_on_waiting(request)
        insist_on_turn(step)
        if not may_decide(step, by, at):
            raise NotAllowed("Who is to decide asks questions here. Others leave a comment.")
        if not text.strip():
            raise Refused("Write the question.")
        inquiry = Inquiry.objects.create(step=step, text=text.strip(), by=by, at=at)
        stop(step)
        step.save(update_fields=["remind_at"])
        said: dict[str, Any] = {"inquiry": inquiry.pk, "text": inquiry.text, "name": step.name}
        tell(request, subject, INQUIRED, by=by, at=at, **said)
    return inquiry


def may_answer(request: Request, subject: Any, user: User) -> bool:
    own = {request.requester_id, *request.authors}
    return user.pk in own or request.declared.asks(subject, user)


def answer(inquiry: Inquiry, text: str, *, by: User, at: datetime) -> None:
    """The clock of who is to decide begins anew with the last answer."""
    with atomic():
        request, subject = in_hand(inquiry.step.request)
        if not may_answer(request, subject, by):
            raise NotAllowed(f"{request.requester.name} asked for the decision and answers.")
        insist_on_waiting(request)
        if not text.strip():
            raise Refused("Write the answer.")
        found = Inquiry.objects.filter(pk=inquiry.pk, answered_at=None)
        if not found.update(answer=text.strip(), answered_by=by, answered_at=at):
            raise Overtaken("Somebody answered it first.")
        step = request.steps.select_related("assignee", "delegate").get(pk=inquiry.step_id)
        step.request = request
        if step.asked and not step.inquiries.filter(answered_at=None).exists():
            wind(step, at)
            step.save()
        said: dict[str, Any] = {
            "inquiry": inquiry.pk,
            "question": inquiry.text,
            "text": text.strip(),
        }
        tell(request, subject, ANSWERED, by=by, at=at, **said, **whom(step, at))
