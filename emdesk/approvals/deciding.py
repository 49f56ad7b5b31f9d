"""Deciding about a step, and recalling a request.

The subject is locked before anything is read, so of two who decide at once the second is told
what the first one said.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.transaction import atomic

from emdesk.approvals.eligible import may_decide, today_of
from emdesk.approvals.holding import (
    DECIDED,
    RECALLED,
    end,
    in_hand,
    insist_on_turn,
    insist_on_waiting,
    mark,
    tell,
)
from emdesk.approvals.models import Decision, Request, Standing, Step, Turn, Verdict
from emdesk.approvals.refusals import NotAllowed, Overtaken, Refused
from emdesk.approvals.turning import advance, awaited
from emdesk.ledger.models import Origin
from emdesk.people.models import User


def decide(
    step: Step,
    verdict: str,
    *,
    by: User,
    at: datetime,
    digest: str,
    reason: str = "",
    origin: str = Origin.PERSON,
) -> Decision:
    """``digest`` is that of the document the person looked at. Saying the same twice is one word.

    Raises :class:`Overtaken` when somebody was first or the document was replaced,
    :class:`NotAllowed` for whoever may not, :class:`Refused` for a no without a reason.
    """
    with atomic():
        request, subject = in_hand(step.request)
        step = request.steps.select_related("decision__by", "assignee", "delegate").get(pk=step.pk)
        step.request = request
        if said := _said_already(step, verdict, by):
            return said
        insist_on_waiting(request)
        insist_on_turn(step)
        _insist_on_document(request, digest)
        if not may_decide(step, by, at):
            raise NotAllowed(_who_may(step, by))
        if verdict != Verdict.APPROVED and not reason.strip():
            raise Refused("Say why, so that it can be changed.")
        decision = _write(step, verdict, by=by, at=at, reason=reason.strip())
        _follow(decision, subject, origin=origin)
        request.declared.follows(request, by, at, origin)
    return decision


def _said_already(step: Step, verdict: str, by: User) -> Decision | None:
    """A double click or a second tab says nothing new."""
    found: Decision | None = getattr(step, "decision", None)
    same = found is not None and found.by_id == by.pk and found.verdict == verdict
    return found if same and found and found.kept_from_id is None else None


def _insist_on_document(request: Request, digest: str) -> None:
    now = request.declared.evidence(request.document_id)
    if now is None or now.digest != request.digest:
        raise Overtaken(f"{request.title} was replaced meanwhile. Look at the new one.")
    if digest != request.digest:
        raise Overtaken("The page showed another version. Look again, then decide.")


def _who_may(step: Step, user: User) -> str:
    request = step.request
    if user.pk in {request.requester_id, *request.authors}:
        return "Nobody decides about what they asked for or wrote, also not for somebody else."
    if step.assignee and step.assignee_id != user.pk:
        return f"{step.assignee.name} is asked, or who stands in for them."
    return f"“{step.name}” is decided by {step.declared.asks}."


def _write(step: Step, verdict: str, *, by: User, at: datetime, reason: str) -> Decision:
    stands_in = step.stands_in(by, today_of(by, at))
    decision = Decision.objects.create(
        step=step,
        verdict=verdict,
        reason=reason,
        by=by,
        on_behalf_of=step.assignee if stands_in else None,
        requester=step.request.requester,
        digest=step.request.digest,
        at=at,
    )
    step.turn, step.remind_at = Turn(verdict), None
    step.save(update_fields=["turn", "remind_at"])
    return decision


def _follow(decision: Decision, subject: Any, *, origin: str) -> None:
    """A yes leads on to the next place or to the end; a no ends the request at once."""
    step, at = decision.step, decision.at
    request = step.request
    on_behalf_of = decision.on_behalf_of.name if decision.on_behalf_of else ""
    said: dict[str, Any] = {"step": step.pk, "name": step.name, "reason": decision.reason}
    said |= {"on_behalf_of": on_behalf_of, "digest": decision.digest}
    last = not request.steps.filter(turn__in=[Turn.ASKED, Turn.LATER]).exists()
    ends = last or decision.verdict != Verdict.APPROVED
    if ends:
        said |= mark(subject, request.declared, decision.verdict)
    verb = DECIDED[decision.verdict]
    tell(request, subject, verb, by=decision.by, at=at, origin=origin, ends=ends, **said)
    if decision.verdict == Verdict.APPROVED:
        advance(request, subject, at=at, origin=origin)
    else:
        end(request, Standing(decision.verdict), at)


def recall(
    request: Request, reason: str, *, by: User, at: datetime, origin: str = Origin.PERSON
) -> None:
    """Take a request back; what was decided so far stays on record."""
    with atomic():
        request, subject = in_hand(request)
        if by.pk != request.requester_id and not request.declared.asks(subject, by):
            raise NotAllowed(f"{request.requester.name} asked for it and may recall it.")
        insist_on_waiting(request)
        if not reason.strip():
            raise Refused("Say why you recall it.")
        said = {"reason": reason.strip(), "asked": awaited(request, at)}
        said |= mark(subject, request.declared, Standing.RECALLED)
        end(request, Standing.RECALLED, at)
        tell(request, subject, RECALLED, by=by, at=at, origin=origin, **said)
        request.declared.follows(request, by, at, origin)
