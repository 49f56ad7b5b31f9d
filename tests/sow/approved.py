"""SOWs on their way through approval, and the people who are asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from emdesk.approvals.deciding import decide
from emdesk.approvals.models import Request, Verdict
from emdesk.people.models import Role, User
from sow.asking import ask
from sow.greenlights import Party, note
from sow.models import StatementOfWork
from sow.saving import Typed, save
from tests.factories import NOON, make_user
from tests.sow.making import drafted

HOUR = timedelta(hours=1)
ROLES = {
    "architect": Role.TECHNICAL_ARCHITECT,
    "delivery": Role.DELIVERY_MANAGER,
    "revenue": Role.REVENUE,
    "discount_lead": Role.EM_LEAD,
    "leadership": Role.PS_LEADERSHIP,
    "discount_finance": Role.SIGNATORY,
    "payment_terms": Role.DEAL_DESK,
    "acceptance": Role.DIRECTOR,
    "free_services": Role.SIGNATORY,
    "free_sales": Role.SIGNATORY,
}
People = dict[str, User]


def staffed() -> People:
    """One person for each gate."""
    return {gate: make_user(role, name=f"The {gate}") for gate, role in ROLES.items()}


def ready(em: User, at: datetime = NOON, **terms: Any) -> StatementOfWork:
    """A SOW all checks of which are good, in its second version."""
    statement = drafted(em, at, **terms)
    typed = [Typed("background", "Background and goals", "They move their code.")]
    save(statement, seen=1, by=em, at=at, typed=typed)
    return again(statement)


def again(statement: StatementOfWork) -> StatementOfWork:
    return StatementOfWork.objects.select_related("issue").get(pk=statement.pk)


def agree(statement: StatementOfWork, by: User, at: datetime) -> None:
    """Account team and customer agree to the newest version."""
    for party in Party:
        said = {"who": f"Ada of {party}", "on": localdate(at), "evidence": "Mail of today"}
        note(statement, party, **said, seen=again(statement).latest, by=by, at=at)


def put(statement: StatementOfWork, by: User, at: datetime) -> Request:
    """Agreed to, and asked for."""
    agree(statement, by, at)
    return ask(again(statement), seen=again(statement).latest, by=by, at=at)


def say(found: Request, people: People, gate: str, at: datetime, verdict: str = "approved") -> None:
    step = found.steps.get(gate=gate)
    reason = "" if verdict == Verdict.APPROVED else "Not like this"
    decide(step, verdict, by=people[gate], at=at, digest=found.digest, reason=reason)


def approve_all(found: Request, people: People, at: datetime) -> None:
    """Everybody in their turn says yes."""
    while step := found.steps.filter(turn="asked").order_by("place", "pk").first():
        say(found, people, step.gate, at)
