"""The legal stamp: legal's word that one very file may be signed (domain.md §5.1 G10, §9.4).

It comes after every approval of the version, stands under the signatures of a file that is sealed,
and is of that file alone. Whatever makes another file takes it away.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.transaction import atomic

from emdesk.approvals.models import Request, Standing
from emdesk.approvals.standings import approval_of
from emdesk.ledger.models import Origin
from emdesk.ledger.recording import record
from emdesk.paper import Heard
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.deeds import DEEDS
from scoping.models import ScopingIssue
from scoping.promises import amiss
from scoping.promises import note as note_deed
from scoping.promises import standing as deeds_of
from scoping.states import State
from sow import rules
from sow.approving import CHAIN
from sow.legal import out_of_step
from sow.models import Document, Purpose, Stamp, StatementOfWork, Version
from sow.paper import printed, put_away, stamp_text, stamped_on

STAMPED, VOIDED = "sow.stamped", "sow.stamp_voided"
Voided = Callable[[Stamp, User | None, datetime], None]
voided: list[Voided] = []
"""Who hears that a stamp is void, in the same transaction: what was sent of that file ends."""


def standing(statement: StatementOfWork) -> Stamp | None:
    """The stamp that counts, if there is one."""
    rows = statement.stamps.select_related("document__file", "version", "by")
    return rows.filter(voided_at=None).first()


def objection(statement: StatementOfWork, head: Version, by: User) -> str:
    """Why this person cannot stamp this version now; empty when they can."""
    return not_yet(statement, head) or not_by(statement, head, by)


def not_yet(statement: StatementOfWork, head: Version) -> str:
    """What has to come before anybody stamps this version."""
    issue = statement.issue
    if not issue.live:
        return f"{issue.reference} is closed. Reopen it first."
    if issue.state != State.APPROVED:
        state = issue.get_state_display()
        return f"{issue.reference} is in {state}. A SOW is stamped once it is Approved."
    found = approval_of(CHAIN, issue, head.pk)
    if found is None or found.standing != Standing.APPROVED:
        return f"{statement.number} {head.name} is not approved. Its EM asks for it on its page."
    before = standing(statement)
    return f"{before.version.name} is stamped already." if before else ""


def not_by(statement: StatementOfWork, head: Version, by: User) -> str:
    """Nobody holds two parts in one SOW: asking, approving, stamping (promises.md §5)."""
    found = approval_of(CHAIN, statement.issue, head.pk)
    if found and by.pk in _involved(statement.issue, found):
        return "You asked for this SOW's approval or gave it. Somebody else of legal stamps it."
    return ""


def _involved(issue: ScopingIssue, found: Request) -> set[int | None]:
    words = [step.decision for step in found.steps.all() if getattr(step, "decision", None)]
    return {
        *(found.requester_id, issue.engagement_manager_id),
        *(word.by_id for word in words),
        *(word.on_behalf_of_id for word in words),
    }


def ask(statement: StatementOfWork, *, seen: int, by: User, at: datetime) -> Document:
    """Legal's word, given to version ``seen``; a worker makes the file that carries it.

    Raises :class:`NotAllowed` and :class:`Refused`.
    """
    if not rules.stamps(by):
        raise NotAllowed("Legal stamps a SOW.")
    with atomic():
        issue = fresh(statement.issue)
        statement = StatementOfWork.objects.select_related("issue").get(issue=issue)
        head = _may_stamp(statement, seen, by)
        if wrong := out_of_step(statement, at):
            raise Refused(wrong)
        if statement.documents.under_way().filter(purpose=Purpose.STAMPED).exists():
            raise Refused("The stamped file is being made already.")
        said = {"purpose": Purpose.STAMPED, "asked_by": by, "asked_at": at}
        return Document.objects.create(statement=statement, version=head, **said)


def _may_stamp(statement: StatementOfWork, seen: int, by: User) -> Version:
    head = statement.head
    if seen != head.number:
        raise Refused(f"{head.name} was saved meanwhile. Look at it first.")
    if wrong := objection(statement, head, by):
        raise Refused(wrong)
    return head


def stamp(
    statement: StatementOfWork, *, by: User, at: datetime, origin: str = Origin.PERSON
) -> Stamp:
    """Ask and make at once. Raises as :func:`ask` and :func:`complete` do."""
    document = ask(statement, seen=statement.latest, by=by, at=at)
    return complete(document, at=at, origin=origin)


def complete(
    document: Document,
    *,
    at: datetime,
    origin: str = Origin.PERSON,
    heard: Heard = lambda page: None,
) -> Stamp:
    """Make the file and bind the stamp to it, unless something changed since it was asked for.

    Raises :class:`Refused`, or what printing and sealing raise.
    """
    paper = printed(document, heard)
    by = document.asked_by
    with atomic():
        issue = fresh(document.statement.issue)
        statement = StatementOfWork.objects.select_related("issue").get(issue=issue)
        _may_stamp(statement, document.version.number, by)
        put_away(document, paper, at=at, origin=origin)
        found = Stamp.objects.create(
            statement=statement,
            version=document.version,
            document=document,
            sha256=document.sha256,
            by=by,
            at=document.asked_at,
            name=by.name,
            date=stamped_on(document),
            text=stamp_text(document),
        )
        told = {"sow": statement.number, "version": document.version.number}
        told |= {"sha256": found.sha256, "document": document.pk, "stamp": found.pk}
        record(issue, STAMPED, by=by, at=at, origin=origin, **told)
        _legal_is_done(issue, by=by, at=at, origin=origin)
        return found


def _legal_is_done(issue: ScopingIssue, *, by: User, at: datetime, origin: str) -> None:
    """Legal's leg of the promised stamped SOW ends; the demo tells its own."""
    deed = DEEDS["leg_legal"]
    if origin == Origin.PERSON and not amiss(issue, deed, deeds_of(issue)[issue.pk]):
        note_deed(issue, deed, by=by, at=at)


def void(
    statement: StatementOfWork,
    *,
    why: str,
    by: User | None,
    at: datetime,
    origin: str = Origin.PERSON,
) -> Stamp | None:
    """Take the stamp away, with the reason people read; None when none stands."""
    with atomic():
        fresh(statement.issue)
        found = standing(statement)
        if found is None:
            return None
        found.voided_at, found.voided_by, found.why = at, by, why[:300]
        found.save(update_fields=["voided_at", "voided_by", "why"])
        told = {"sow": statement.number, "version": found.version.number, "why": found.why}
        told |= {"sha256": found.sha256, "stamp": found.pk, "stamped_by": found.by_id}
        record(statement.issue, VOIDED, by=by, at=at, origin=origin, **told)
        for hear in voided:
            hear(found, by, at)
        return found
