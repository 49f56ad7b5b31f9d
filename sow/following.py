"""The board follows the approval of the SOW, and is not moved ahead of it.

It is Ready For Approval once PS leadership is asked, whoever else was asked before, and Approved
when everybody has approved the newest version. It goes back when one of them says no, and when an
edit takes away an approval (domain.md §2.3).
"""

from __future__ import annotations

from datetime import datetime

from emdesk.approvals.models import Request, Standing, Turn
from emdesk.ledger.models import Origin
from emdesk.people.models import User
from emdesk.workflow import Guard, Refused, perform
from scoping.models import ScopingIssue
from scoping.states import State
from sow.approval_brief import KEY
from sow.models import StatementOfWork

BACK = {Standing.SENT_BACK, Standing.REJECTED, Standing.RECALLED}
RETURNS = {State.READY_FOR_APPROVAL: "return_sow", State.APPROVED: "reopen_sow"}


def follow(request: Request, by: User, at: datetime, origin: str) -> None:
    """Move the issue where its SOW is."""
    standing = Request.objects.get(pk=request.pk).standing
    if standing in BACK:
        move_back(request.subject_id, by=by, at=at, origin=origin)
        return
    if not reached_leadership(request):
        return
    _move(request.subject_id, State.SOW_WIP, "request_approval", request.requester, at, origin)
    if standing == Standing.APPROVED:
        word = request.steps.get(gate="leadership").decision
        _move(request.subject_id, State.READY_FOR_APPROVAL, "approve", word.by, at, origin)


def reached_leadership(request: Request) -> bool:
    """Whether all who come before PS leadership have approved."""
    return request.steps.filter(gate="leadership", turn__in=[Turn.ASKED, Turn.APPROVED]).exists()


def move_back(issue: int, *, by: User, at: datetime, origin: str) -> None:
    """To SOW_WIP, where it is worked on."""
    for state, move in RETURNS.items():
        _move(issue, state, move, by, at, origin)


def _move(pk: int, state: str, name: str, by: User, at: datetime, origin: str) -> None:
    """By whom it was, if they may move it, else by emdesk; where it cannot go it stays."""
    issue = ScopingIssue._base_manager.get(pk=pk)
    if issue.state != state:
        return
    mover = by if name in issue.moves_open_to(by) else None
    if mover is None and origin == Origin.PERSON:
        origin = Origin.SYSTEM
    try:
        perform(getattr(issue, name), by=mover, at=at, origin=origin)
    except Refused:
        return


def _asked(issue: ScopingIssue, version: int) -> Request | None:
    """The last request about this version."""
    about = Request.objects.about(issue).filter(chain=KEY, document_id=version)
    return about.with_steps().first()


def not_asked_yet(issue: ScopingIssue, by: User | None, at: datetime) -> str:
    """An issue whose SOW is written elsewhere is nobody's to hold back."""
    statement = StatementOfWork.objects.filter(issue=issue).first()
    if statement is None:
        return ""
    head = statement.head
    found = _asked(issue, head.pk)
    if found is None or found.standing not in {Standing.WAITING, Standing.APPROVED}:
        return f"{statement.number} {head.name} is not put to approval. Ask for it on its page."
    if reached_leadership(found):
        return ""
    waits = " and ".join(f"“{step.name}”" for step in found.steps.all() if step.asked)
    return f"{statement.number} {head.name} still waits for {waits}."


def not_approved_yet(issue: ScopingIssue, by: User | None, at: datetime) -> str:
    statement = StatementOfWork.objects.filter(issue=issue).first()
    if statement is None:
        return ""
    head = statement.head
    found = _asked(issue, head.pk)
    if found and found.standing == Standing.APPROVED:
        return ""
    if found and found.standing == Standing.WAITING:
        waits = " and ".join(f"“{step.name}”" for step in found.steps.all() if step.asked)
        return f"{statement.number} {head.name} still waits for {waits}. Decide on its page."
    return f"{statement.number} {head.name} is not approved. Its EM asks for it on its page."


ScopingIssue.guards += [
    Guard("SOW put to approval", lambda move: move == "request_approval", not_asked_yet),
    Guard("SOW approved", lambda move: move == "approve", not_approved_yet),
]
