"""Change orders: begun from a signed SOW, priced and signed as every SOW is (domain.md §11.4).

An order is an issue of its own that starts from a copy of what was signed: its estimate, its people
and, once it is drafted, its words. The estimate that results is put to the same gates; only the
difference is booked, on an opportunity of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.ledger.models import Origin
from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh, perform
from scoping.estimating.beginning import begin, make_primary
from scoping.models import ScopingIssue
from scoping.rules import works_issue
from scoping.states import State
from sow import rules
from sow.booking import executed
from sow.cases import SAYS, Paper, paper_of
from sow.models import ChangeConfirmation, ChangeOrder, StatementOfWork
from sow.signed import basis_of, signed_at

ORDERED, CONFIRMED, REBASED = "sow.order_begun", "sow.change_confirmed", "sow.order_rebased"
COPIED = (
    *("account", "segment", "engagement_manager", "technical_architect", "delivery_manager"),
    *("project_manager", "communication_owner", "communication_agreed_with", "currency"),
    *("services", "agreement", "public_sector"),
)


def may_order(base: StatementOfWork, user: User) -> bool:
    return base.amends_id is None and rules.orders_change(base.issue, user)


def open_orders(base: StatementOfWork) -> list[ChangeOrder]:
    """Those that are neither signed by both nor closed."""
    rows = base.orders.select_related("issue__statement")
    alive = [each for each in rows if each.issue.live]
    drafted = {each.pk: each.issue.statement.pk for each in alive if _drafted(each)}
    signed = signed_at(drafted.values())
    return [each for each in alive if drafted.get(each.pk) not in signed]


def _drafted(order: ChangeOrder) -> bool:
    return hasattr(order.issue, "statement")


def start(
    base: StatementOfWork,
    *,
    case: str,
    reason: str,
    touches: Sequence[str] = (),
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> ChangeOrder:
    """The next order to a signed SOW. Raises :class:`Refused`, :class:`NotAllowed`."""
    with atomic():
        issue: ScopingIssue = fresh(base.issue)
        _signed(base, issue, by)
        if (paper := paper_of(case, localdate(at))) != Paper.ORDER:
            raise Refused(f"This case takes another way: {SAYS[paper]}")
        last = base.orders.last()
        number = last.number + 1 if last else 1
        basis = basis_of(base)
        others = [each.name for each in open_orders(base)]
        title = f"CO-{number} to {base.number}: {reason}"[:200]
        said: dict[str, Any] = {name: getattr(issue, name) for name in COPIED}
        said |= {"title": title, "description": reason, "requester": by, "amends": issue}
        own = ScopingIssue.objects.open_issue(by=by, at=at, origin=origin, **said)
        own.account_team.set(issue.account_team.all())
        made = ChangeOrder.objects.create(
            base=base,
            issue=own,
            number=number,
            case=case,
            reason=reason,
            touches=list(touches),
            basis=basis,
            opened_by=by,
            opened_at=at,
        )
        begin(own, by=by, at=at, name=made.name, like=basis.estimate, origin=origin)
        if works_issue(own, by):
            perform(own.start_strawman, by=by, at=at, origin=origin)
        told = {"sow": base.number, "order": made.name, "issue": own.pk, "case": case}
        told |= {"reason": reason, "others": others}
        record(issue, ORDERED, by=by, at=at, origin=origin, **told)
    return made


def _signed(base: StatementOfWork, issue: ScopingIssue, by: User) -> None:
    if not rules.orders_change(issue, by):
        raise NotAllowed("Its EM, a lead or its project manager changes a signed SOW.")
    if base.amends_id:
        raise Refused("This is a change order itself. Begin the next one from its SOW.")
    if executed(base) is None:
        raise Refused(f"{base.number} is not signed by both yet. Change its text instead.")


def confirm(
    base: StatementOfWork,
    *,
    case: str,
    what: str,
    who: str,
    evidence: str,
    on: date,
    by: User,
    at: datetime,
) -> ChangeConfirmation:
    """Keep what the customer confirmed in writing, where that is enough."""
    with atomic():
        issue: ScopingIssue = fresh(base.issue)
        _signed(base, issue, by)
        if (paper := paper_of(case, localdate(at))) != Paper.CONFIRMATION:
            raise Refused(f"This case takes another way: {SAYS[paper]}")
        if on > localdate(at):
            raise Refused("Note it once it is confirmed: the day is still to come.")
        said = {"case": case, "what": what, "who": who, "evidence": evidence}
        made = ChangeConfirmation.objects.create(base=base, on=on, by=by, at=at, **said)
        record(issue, CONFIRMED, by=by, at=at, sow=base.number, on=on.isoformat(), **said)
    return made


def outdated(order: ChangeOrder) -> str:
    """What was signed after it began, by name; it has to build on that."""
    basis = basis_of(order.base)
    if basis.pk == order.basis_id or basis.issue_id == order.issue_id:
        return ""
    newer = order.base.amendments.filter(issue=basis.issue_id).first()
    return newer.order_name if newer else order.base.number


def rebase(order: ChangeOrder, *, by: User, at: datetime) -> None:
    """Go on from what was signed meanwhile: a copy of it becomes the primary estimate.

    The scenarios there were stay beside it, so that the change can be written in again.
    """
    with atomic():
        issue: ScopingIssue = fresh(order.issue)
        if not works_issue(issue, by):
            raise NotAllowed("Its EM or a lead prices a change order.")
        if issue.state not in {State.STRAWMAN_WIP, State.ESTIMATE_FEEDBACK, State.SOW_WIP}:
            raise Refused(f"{issue.reference} is not being worked on. Move it back to SOW_WIP.")
        newer = outdated(order)
        if not newer:
            raise Refused(f"{order.name} builds on what both have signed already.")
        basis = basis_of(order.base)
        made = begin(issue, by=by, at=at, name=f"On {newer}", like=basis.estimate)
        make_primary(made, by=by, at=at)
        ChangeOrder.objects.filter(pk=order.pk).update(basis=basis)
        record(issue, REBASED, by=by, at=at, order=order.name, on=newer)
