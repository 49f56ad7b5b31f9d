"""A document of the tests' own, with a chain of its own: the order of a SOW (domain.md §5.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from emdesk.approvals.asking import request
from emdesk.approvals.chains import Brief, Chain, Evidence, Gate, register, unless_changed
from emdesk.approvals.deciding import decide
from emdesk.approvals.models import Decision, Request, Step
from emdesk.people.models import Role, User
from scoping.models import ScopingIssue
from tests.factories import NOON

PAPERS: dict[int, Evidence] = {}


def needs_architect(evidence: Evidence, day: Any) -> str:
    return "It is large." if evidence.value > 50_000 else ""


GATES = (
    Gate(
        *("architect", "Architect's review", "the technical architects"),
        (Role.TECHNICAL_ARCHITECT,),
        needed=needs_architect,
        named=lambda issue: issue.technical_architect,
        carries=unless_changed("price", "scope"),
        on_request=True,
    ),
    Gate(
        "revenue", "Revenue", "revenue", (Role.REVENUE,), place=4, carries=unless_changed("price")
    ),
    Gate("leadership", "PS leadership", "PS leadership", (Role.PS_LEADERSHIP,), place=4),
    Gate("legal", "Legal stamp", "legal", (Role.LEGAL,), place=5, anew=True),
)
PAPER = register(
    Chain(
        key="paper",
        name="Approval of the paper",
        subject="scoping.scopingissue",
        gates=GATES,
        evidence=PAPERS.get,
        brief=lambda found, user: Brief(figures=()),
        asks=lambda issue, user: user.has(Role.EM),
        reassigns=lambda issue, user: user.leads,
    )
)


def paper(number: int = 1, value: int = 60_000, *authors: User, **facts: Any) -> Evidence:
    found = Evidence(
        title=f"Paper {number}",
        value=Decimal(value),
        currency="USD",
        document=number,
        digest=f"{number:064}",
        authors=frozenset(user.pk for user in authors),
        facts=facts,
    )
    PAPERS[number] = found
    return found


def rewritten(number: int) -> None:
    """Somebody changed what the paper says."""
    PAPERS[number] = replace(PAPERS[number], digest="f" * 64)


def asked(
    issue: ScopingIssue,
    by: User,
    evidence: Evidence | None = None,
    at: datetime = NOON,
    **more: Any,
) -> Request:
    made = request(PAPER, issue, evidence or paper(), by=by, at=at, **more)
    assert made is not None
    return made


def step_of(found: Request, gate: str) -> Step:
    return Step.objects.select_related("request", "assignee", "delegate").get(
        request=found, gate=gate
    )


def say(
    found: Request,
    gate: str,
    by: User,
    verdict: str = "approved",
    at: datetime = NOON,
    reason: str = "Because",
    **more: Any,
) -> Decision:
    more.setdefault("digest", found.digest)
    return decide(step_of(found, gate), verdict, by=by, at=at, reason=reason, **more)
