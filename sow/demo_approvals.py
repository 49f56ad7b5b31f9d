"""The demo's approvals of statements of work: agreed to, asked for, decided about one by one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from emdesk.approvals.deciding import decide
from emdesk.approvals.eligible import deciders
from emdesk.approvals.models import Request, Verdict
from emdesk.ledger.models import Event, Origin
from emdesk.people.models import User
from scoping.models import ScopingIssue
from sow.asking import ask, missing
from sow.greenlights import Party, note
from sow.models import StatementOfWork
from sow.saving import Typed, save

MINUTES = timedelta(minutes=7)
MONTHS = timedelta(days=400)
GOALS = "They bring their code and pipelines to one place, and their teams learn to work with it."
FIELDS = {
    "billing": "When the SOW is signed",
    "customer_signatory": "Their vice president of engineering",
    "agreement": "Standard terms",
}
WHO = {
    Party.ACCOUNT_TEAM: ("The account executive", "In the deal's channel"),
    Party.CUSTOMER: ("Their head of engineering", "Mail to the account executive"),
}


def put_to_approval(statement: StatementOfWork, em: User, at: datetime, until: str) -> None:
    """Everybody says yes until it is the turn of ``until``; to the end when that is nobody."""
    _complete(statement, em, at)
    statement = _again(statement)
    head = statement.head
    for party, (who, evidence) in WHO.items():
        when = after(statement.issue, at)
        said = {"who": who, "evidence": evidence, "on": localdate(when)}
        note(statement, party, **said, seen=head.number, by=em, at=when, origin=Origin.DEMO)  # type: ignore[arg-type]
    if missing(statement, head):
        return
    when = after(statement.issue, at)
    found = ask(statement, seen=head.number, by=em, at=when, origin=Origin.DEMO)
    _approve(found, statement.issue, at, until)


def _complete(statement: StatementOfWork, em: User, at: datetime) -> None:
    """What the draft left open is filled in."""
    statement = _again(statement)
    typed = [Typed("background", "Background and goals", GOALS)]
    ends = statement.head.said.fields["end_date"]
    known = {
        **FIELDS,
        "legal_name": f"{statement.issue.account.name}, Inc.",
        "expiry_date": f"{datetime.fromisoformat(ends) + MONTHS:%Y-%m-%d}",
    }
    said = {"seen": statement.latest, "by": em, "at": after(statement.issue, at)}
    save(statement, typed=typed, fields=known, why="All is known", origin=Origin.DEMO, **said)  # type: ignore[arg-type]


def _approve(found: Request, issue: ScopingIssue, at: datetime, until: str) -> None:
    while step := found.steps.filter(turn="asked").order_by("place", "pk").first():
        if step.gate == until:
            return
        when = after(issue, at)
        said = {"digest": found.digest, "origin": Origin.DEMO}
        decide(step, Verdict.APPROVED, by=deciders(step, when)[0], at=when, **said)


def _again(statement: StatementOfWork) -> StatementOfWork:
    rows = StatementOfWork.objects.select_related("issue__account")
    return rows.get(pk=statement.pk)


def after(issue: ScopingIssue, at: datetime) -> datetime:
    """A little after what its history tells last, never in the future."""
    last = Event.objects.about(issue).last()
    return min(last.at + MINUTES, at) if last else at
