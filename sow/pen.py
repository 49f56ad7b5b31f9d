"""Whose turn it is: taking the pen, giving it away, asking for it, taking it over.

Every deed waits for the issue's row, so of two at once one comes first and the other is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.transaction import atomic
from django.utils.timezone import localdate, localtime

from emdesk.configuration.values import values_on
from emdesk.ledger.models import Origin
from emdesk.ledger.recording import record
from emdesk.people.models import Role, User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.deeds import DEEDS
from scoping.models import ScopingIssue
from scoping.promises import amiss, note, standing
from scoping.rules import works_issue
from sow import rules
from sow.eligibility import redlining_refused
from sow.models import Pen, PenRequest, Proposal, StatementOfWork
from sow.models.pen import PARTIES, Side
from sow.redlines import keep_typed
from sow.settings import PEN_MINUTES

if TYPE_CHECKING:
    from sow.saving import Typed

TAKEN, GIVEN, BACK = "sow.pen_taken", "sow.pen_given", "sow.pen_back"
TAKEN_OVER, ASKED, PROPOSED = "sow.pen_taken_over", "sow.pen_asked", "sow.proposed"


class PenHeld(Refused):
    """Somebody else holds the pen; ``pen`` says who."""

    def __init__(self, pen: Pen) -> None:
        since = f"{localtime(pen.taken_at):%-d %b, %H:%M}"
        super().__init__(f"{_named(pen)} holds the pen since {since}. Ask for it first.")
        self.pen = pen


def lease_on(at: datetime) -> timedelta:
    return timedelta(minutes=values_on(localdate(at))[PEN_MINUTES])


def held(statement: StatementOfWork, at: datetime) -> Pen | None:
    """The turn that runs; one of ours that lay idle too long counts no more."""
    pen = statement.pens.filter(released_at=None).select_related("holder").first()
    return None if pen is None or lapsed(pen, at) else pen


def lapsed(pen: Pen, at: datetime) -> bool:
    return pen.side not in PARTIES and at - pen.renewed_at > lease_on(at)


def hold(
    statement: StatementOfWork,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    origin: str = Origin.PERSON,
) -> Pen:
    """Take the pen, or go on holding it. Raises :class:`PenHeld`."""
    with atomic():
        issue = _ours(statement, by)
        pen = held(statement, at)
        if pen and pen.holder_id == by.pk:
            pen.renewed_at = at
            pen.save(update_fields=["renewed_at"])
            return pen
        if pen:
            raise PenHeld(pen)
        return _begin(statement, issue, TAKEN, by=by, at=at, reason=reason, origin=origin)


def take_over(statement: StatementOfWork, *, by: User, at: datetime, reason: str) -> Pen:
    """Leads and legal take the pen out of another's hand, and say why."""
    with atomic():
        issue = fresh(statement.issue)
        if not rules.breaks_pen(by):
            raise NotAllowed("A lead or legal takes the pen over.")
        if not reason:
            raise Refused("Say why you take the pen over.")
        was = held(statement, at)
        _customers(issue, "pen_back", was, by=by, at=at)
        said: dict[str, Any] = {
            "from": _named(was) if was else "",
            "was": was.holder_id if was else None,
        }
        return _begin(statement, issue, TAKEN_OVER, by=by, at=at, reason=reason, **said)


def give(statement: StatementOfWork, side: str, *, by: User, at: datetime, reason: str = "") -> Pen:
    """Leave the pen with the account team or the customer: with the version there is now."""
    with atomic():
        issue = fresh(statement.issue)
        if not rules.gives_pen(issue, by, side):
            raise NotAllowed("Its EM or a lead gives the pen away.")
        if side not in PARTIES:
            raise Refused("The pen is given to the account team or to the customer.")
        refused = redlining_refused(issue, at) if side == Side.CUSTOMER else ""
        if refused:
            raise Refused(refused)
        was = held(statement, at)
        if was and was.holder_id != by.pk:
            raise PenHeld(was)
        pen = _begin(statement, issue, GIVEN, by=by, at=at, reason=reason, side=side)
        _customers(issue, "pen_given", pen, by=by, at=at)
        return pen


def hand_back(
    statement: StatementOfWork,
    *,
    by: User,
    at: datetime,
    note: str = "",
    origin: str = Origin.PERSON,
) -> None:
    """End one's own turn, or that of a party that has answered; ``note`` is for who comes next."""
    with atomic():
        issue = fresh(statement.issue)
        pen = held(statement, at)
        if pen is None:
            raise Refused("Nobody holds the pen.")
        if pen.holder_id != by.pk and not (pen.side in PARTIES and works_issue(issue, by)):
            raise PenHeld(pen)
        asked = statement.requests.filter(answered_at=None).values_list("by", flat=True).first()
        _release(statement, at, note)
        said = {"sow": statement.number, "whose": _named(pen), "note": note, "asked": asked}
        record(issue, BACK, by=by, at=at, origin=origin, **said)
        _customers(issue, "pen_back", pen, by=by, at=at)


def come_back(statement: StatementOfWork, *, at: datetime, note: str) -> None:
    """The customer answered by their link: their turn ends and its clock runs on."""
    with atomic():
        issue = fresh(statement.issue)
        pen = held(statement, at)
        if pen is None or pen.side != Side.CUSTOMER:
            return
        _release(statement, at, note[:500])
        said = {"sow": statement.number, "whose": _named(pen), "note": note, "asked": None}
        record(issue, BACK, by=None, at=at, **said)
        deed = DEEDS["pen_back"]
        if not amiss(issue, deed, standing(issue)[issue.pk]):
            record(issue, deed.verb, by=None, at=at)


def ask(statement: StatementOfWork, *, by: User, at: datetime, reason: str) -> PenRequest:
    """Ask whoever holds it; one asks at a time."""
    with atomic():
        issue = _ours(statement, by)
        pen = held(statement, at)
        if pen is None or pen.holder_id == by.pk:
            raise Refused("The pen is free for you. Take it.")
        if not reason:
            raise Refused("Say why you ask for the pen.")
        open_one = statement.requests.filter(answered_at=None).select_related("by").first()
        if open_one:
            raise Refused(f"{open_one.by} asked first, on {localtime(open_one.at):%-d %b, %H:%M}.")
        asked = PenRequest.objects.create(statement=statement, by=by, reason=reason, at=at)
        said = {"sow": statement.number, "of": _named(pen), "holder": pen.holder_id}
        record(issue, ASKED, by=by, at=at, reason=reason, **said)
        return asked


def keep_proposal(
    statement: StatementOfWork, typed: Iterable[Typed], *, seen: int, by: User, at: datetime
) -> Proposal | None:
    """Keep the words of somebody who lost the pen."""
    said = [asdict(each) for each in typed]
    if not said:
        return None
    with atomic():
        issue = fresh(statement.issue)
        kept = Proposal.objects.create(statement=statement, by=by, at=at, version=seen, typed=said)
        keep_typed(kept, statement.versions.get(number=seen).said)
        record(issue, PROPOSED, by=by, at=at, sow=statement.number, sections=len(said))
    return kept


def settle(statement: StatementOfWork, pk: int, *, by: User, at: datetime) -> None:
    """Whoever holds the pen, or its author, has done with a proposal."""
    with atomic():
        _ours(statement, by)
        rows = statement.proposals.filter(pk=pk, settled_at=None)
        if not rows.update(settled_at=at):
            raise Refused("This proposal was settled already.")
        statement.redlines.filter(proposal=pk, settled_at=None).update(settled_at=at)


def last_held(statement: StatementOfWork, user: User) -> Pen | None:
    """This person's last turn that is over: what changed since is what they have not seen."""
    over = statement.pens.filter(holder=user, released_at__isnull=False)
    return over.order_by("-released_at").first()


def _ours(statement: StatementOfWork, by: User) -> ScopingIssue:
    issue = fresh(statement.issue)
    if not rules.edits(issue, by):
        raise NotAllowed("Its EM, a lead or legal works in the SOW.")
    return issue


def _begin(
    statement: StatementOfWork,
    issue: ScopingIssue,
    verb: str,
    *,
    by: User,
    at: datetime,
    reason: str,
    side: str = "",
    **said: Any,
) -> Pen:
    latest = _release(statement, at)
    ours = Side.EM if works_issue(issue, by) or not by.has(Role.LEGAL) else Side.LEGAL
    pen = Pen.objects.create(
        statement=statement,
        side=side or ours,
        holder=None if side in PARTIES else by,
        reason=reason,
        version=latest,
        taken_at=at,
        renewed_at=at,
    )
    told = {"sow": statement.number, "side": pen.side, "version": latest, "reason": reason}
    record(issue, verb, by=by, at=at, **told, **said)
    return pen


def _release(statement: StatementOfWork, at: datetime, note: str = "") -> int:
    """End the turn that runs and the request for it; the number of the newest version."""
    latest = StatementOfWork.objects.values_list("latest", flat=True).get(pk=statement.pk)
    statement.pens.filter(released_at=None).update(released_at=at, note=note, last_version=latest)
    statement.requests.filter(answered_at=None).update(answered_at=at)
    return latest


def _customers(issue: ScopingIssue, key: str, pen: Pen | None, *, by: User, at: datetime) -> None:
    """While the customer holds the pen its clock stands: the dated deed says so."""
    deed = DEEDS[key]
    if pen is None or pen.side != Side.CUSTOMER or not deed.allowed(issue, by):
        return
    if not amiss(issue, deed, standing(issue)[issue.pk]):
        note(issue, deed, by=by, at=at)


def _named(pen: Pen) -> str:
    return str(pen.holder) if pen.holder else f"The {pen.get_side_display().lower()}"
