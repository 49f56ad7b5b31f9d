"""SOWs that both have signed and that change; work at risk that PS leadership approved."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from emdesk.approvals.deciding import decide as decide_step
from emdesk.approvals.models import Request
from emdesk.people.models import User
from emdesk.workflow import perform
from scoping.estimating.sending import decide, send
from scoping.models import EstimateLine, EstimateVersion, ScopingIssue
from scoping.models.estimate import Addressee, Standing
from sow.booking import note as note_deed
from sow.drafting import draft
from sow.models import Case, ChangeOrder, Done, RiskEntry, StatementOfWork, Touch, WorkAtRisk
from sow.ordering import start
from sow.risking import ask, note
from tests.factories import NOON, TODAY
from tests.factories import again as again_issue
from tests.sow.approved import HOUR, again

MORE: dict[str, Any] = {
    "case": Case.MORE_SCOPE,
    "reason": "Two more teams move",
    "touches": [Touch.SCOPE],
}
PLAN: dict[str, Any] = {
    "reason": "They begin on Monday",
    "hours": Decimal(20),
    "price": Decimal(6_000),
}


def sign(statement: StatementOfWork, by: User, at: datetime = NOON + HOUR) -> None:
    for key in (Done.SIGNED_US, Done.SIGNED_THEM):
        note_deed(again(statement), key, on=at.date(), by=by, at=at, text="Copy")


def begun(
    statement: StatementOfWork, by: User, at: datetime = NOON + 2 * HOUR, **said: Any
) -> ChangeOrder:
    return start(again(statement), by=by, at=at, **(MORE | said))


def priced(
    order: ChangeOrder, em: User, at: datetime = NOON + 3 * HOUR, **hours: int
) -> EstimateVersion:
    """Sent and accepted with other hours of some activities."""
    issue = again_issue(order.issue)
    estimate = issue.estimates.get(primary=True)
    for title, number in hours.items():
        EstimateLine.objects.filter(estimate=estimate, title=title).update(hours=number)
    version = send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=at)
    decide(version, Standing.ACCEPTED, by=em, at=at)
    perform(again_issue(issue).start_sow, by=em, at=at)
    return version


def drafted_order(
    order: ChangeOrder, em: User, at: datetime = NOON + 3 * HOUR, **hours: int
) -> StatementOfWork:
    priced(order, em, at, **hours)
    return draft(again_issue(order.issue), by=em, at=at).statement


def answer(
    boss: User, at: datetime = NOON + HOUR, verdict: str = "approved", reason: str = ""
) -> None:
    found = Request.objects.waiting().get(chain="work_at_risk")
    digest = found.digest
    decide_step(found.steps.get(), verdict, by=boss, at=at, digest=digest, reason=reason)


def asked(issue: ScopingIssue, by: User, at: datetime = NOON, **more: Any) -> WorkAtRisk:
    bounds: dict[str, Any] = {"cap": Decimal(5_000), "expires": at.date() + timedelta(days=30)}
    return ask(again_issue(issue), by=by, at=at, **(PLAN | bounds | more))


def at_risk(issue: ScopingIssue, em: User, boss: User, at: datetime = NOON) -> WorkAtRisk:
    work = asked(issue, em, at)
    answer(boss, at)
    return work


def did(
    work: WorkAtRisk,
    by: User,
    amount: int | str,
    on: date = TODAY,
    at: datetime = NOON + HOUR,
    **more: Any,
) -> RiskEntry:
    said: dict[str, Any] = {"on": on, "hours": Decimal(2), "amount": Decimal(amount)}
    return note(work, by=by, at=at, **(said | more))
