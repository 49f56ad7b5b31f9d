"""The demo's change order to a SOW that both have signed, and its work at risk before they do."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate

from emdesk.approvals.deciding import decide
from emdesk.approvals.eligible import deciders
from emdesk.approvals.models import Request, Verdict
from emdesk.ledger.models import Origin
from emdesk.people.models import User
from emdesk.workflow import fresh, perform
from scoping.estimating.sending import decide as answer
from scoping.estimating.sending import send
from scoping.models import EstimateLine, ScopingIssue
from scoping.models.estimate import Addressee, Standing
from scoping.states import State
from sow.booking import note as note_deed
from sow.demo_approvals import after
from sow.drafting import draft
from sow.handing_over import open_handoff
from sow.models import Case, Done, StatementOfWork, Touch
from sow.ordering import start
from sow.risk_chain import KEY
from sow.risking import ask, note

MONTH, WEEKLY = timedelta(days=30), Decimal(24)
REASON = "Two more teams move their pipelines with the others"
RISK = "Their old licence ends before procurement has signed"


def change(statement: StatementOfWork, em: User, at: datetime) -> None:
    """Signed by both; then more work is ordered, priced and drafted."""
    statement = _again(statement)
    if statement.issue.state != State.APPROVED:
        return
    said: dict[str, Any] = {"by": em, "origin": Origin.DEMO}
    for key, who in ((Done.SIGNED_US, "Dale Brown"), (Done.SIGNED_THEM, "Their vice president")):
        when = after(statement.issue, at)
        note_deed(
            statement, key, on=localdate(when), who=who, text="Copy in the case", at=when, **said
        )
    open_handoff(statement, at=after(statement.issue, at), **said)
    order = start(
        _again(statement),
        case=Case.MORE_SCOPE,
        reason=REASON,
        touches=[Touch.SCOPE, Touch.PRICE, Touch.DATES],
        at=after(statement.issue, at),
        **said,
    )
    _price(order.issue, em, at)


def _price(issue: ScopingIssue, em: User, at: datetime) -> None:
    """More hours for the longest work, accepted and drafted."""
    said: dict[str, Any] = {"by": em, "origin": Origin.DEMO}
    estimate = issue.estimates.get(primary=True)
    line = estimate.lines.filter(optional=False).order_by("-hours", "pk")[0]
    EstimateLine.objects.filter(pk=line.pk).update(hours=line.hours + WEEKLY, overridden=True)
    version = send(estimate, to=Addressee.ACCOUNT_TEAM, at=after(issue, at), **said)
    answer(version, Standing.ACCEPTED, at=after(issue, at), **said)
    perform(fresh(issue).start_sow, at=after(issue, at), **said)
    draft(fresh(issue), at=after(issue, at), **said)


def begin_at_risk(statement: StatementOfWork, em: User, at: datetime) -> None:
    """Approved up to a cap, most of which is used by now."""
    issue, said = statement.issue, {"by": em, "origin": Origin.DEMO}
    plan: dict[str, Any] = {"hours": Decimal(30), "price": Decimal(9_000), "cap": Decimal(8_000)}
    when = after(issue, at)
    work = ask(issue, reason=RISK, expires=localdate(when) + MONTH, at=when, **plan, **said)  # type: ignore[arg-type]
    found = Request.objects.about(issue).filter(chain=KEY).waiting().get()
    step, when = found.steps.get(), after(issue, at)
    boss = deciders(step, when)[0]
    decide(step, Verdict.APPROVED, by=boss, at=when, digest=found.digest, origin=Origin.DEMO)
    for hours, remark in ((8, "Access and a first inventory"), (14, "A trial migration")):
        when = after(issue, at)
        amount = Decimal(hours) * 300
        done: dict[str, Any] = {"hours": Decimal(hours), "amount": amount, "remark": remark}
        note(work, on=localdate(when), at=when, **done, **said)  # type: ignore[arg-type]


def _again(statement: StatementOfWork) -> StatementOfWork:
    return StatementOfWork.objects.select_related("issue__account").get(pk=statement.pk)
