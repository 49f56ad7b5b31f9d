"""A request in hand: its subject locked, everything read anew, and what is told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from emdesk.approvals.chains import Chain, subject_of
from emdesk.approvals.models import Request, Standing, Step, Turn
from emdesk.approvals.refusals import Overtaken
from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import append, event_of
from emdesk.people.models import User

REQUESTED, KEPT, ASKED = "approvals.requested", "approvals.kept", "approvals.asked"
DECIDED = {
    "approved": "approvals.approved",
    "sent_back": "approvals.sent_back",
    "rejected": "approvals.rejected",
}
RECALLED, SUPERSEDED = "approvals.recalled", "approvals.superseded"
DELEGATED, REASSIGNED = "approvals.delegated", "approvals.reassigned"
STOOD_IN, REMINDED = "approvals.stood_in", "approvals.reminded"
INQUIRED, ANSWERED = "approvals.inquired", "approvals.answered"
VERBS = (
    *(REQUESTED, KEPT, ASKED, *DECIDED.values(), RECALLED, SUPERSEDED),
    *(DELEGATED, REASSIGNED, STOOD_IN, REMINDED, INQUIRED, ANSWERED),
)


def locked(subject: Any) -> Any:
    """The subject as it is now, locked until the transaction ends."""
    return type(subject)._base_manager.select_for_update().get(pk=subject.pk)


def in_hand(request: Request) -> tuple[Request, Any]:
    """Request and subject as they are now. Everybody who writes about them waits meanwhile."""
    subject = locked(subject_of(request.subject_type, request.subject_id))
    return Request.objects.get(pk=request.pk), subject


def insist_on_waiting(request: Request) -> None:
    if request.waiting:
        return
    ended = Standing(request.standing).label.lower()
    raise Overtaken(f"{request.title} is {ended} by now. Nothing was changed.")


def insist_on_turn(step: Step) -> None:
    """Refuse a step that somebody else decided first, saying who and what."""
    if step.asked:
        return
    if step.turn == Turn.LATER:
        raise Overtaken(f"“{step.name}” is not asked yet: the steps before it come first.")
    if step.turn == Turn.DROPPED:
        raise Overtaken(f"“{step.name}” is asked no more. Nothing was changed.")
    decision = step.decision
    said = Turn(step.turn).label.lower()
    raise Overtaken(
        f"{decision.by.name} decided this first: {said}, at {decision.at:%H:%M} UTC. "
        "Nothing was changed."
    )


def tell(
    request: Request,
    subject: Any,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    origin: str = Origin.PERSON,
    **said: Any,
) -> Event:
    """One event about a request whose subject is locked."""
    what: dict[str, Any] = {
        "request": request.pk,
        "chain": request.chain,
        "about": request.declared.name,
    }
    what |= {"title": request.title, "requester": request.requester_id}
    event = event_of(subject, verb, by=by, at=at, origin=origin, **what, **said)
    append([event])
    return event


def mark(subject: Any, chain: Chain, standing: str) -> dict[str, Any]:
    """Bring the subject's own fields after a request's standing; for the event, what changed."""
    changed = {
        name: [getattr(subject, name), value]
        for name, value in chain.marks(standing).items()
        if getattr(subject, name) != value
    }
    for name, (_, value) in changed.items():
        setattr(subject, name, value)
    if changed:
        subject.save(update_fields=list(changed))
    return {"changed": changed} if changed else {}


def end(request: Request, standing: str, at: datetime) -> None:
    """A request that ended stays so; its open steps are asked no more."""
    request.standing, request.ended_at = standing, at
    request.save(update_fields=["standing", "ended_at"])
    still = request.steps.filter(turn__in=[Turn.ASKED, Turn.LATER])
    still.update(turn=Turn.DROPPED, remind_at=None)
