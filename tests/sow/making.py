"""Issues that are ready for a SOW, and SOWs, with an estimate of every kind of line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from emdesk.people.models import User
from emdesk.workflow import perform
from scoping.estimating.beginning import begin
from scoping.estimating.sending import decide, send
from scoping.models import Estimate, EstimateLine, ResourceRole, ScopingIssue
from scoping.models.estimate import Addressee, Standing
from scoping.states import State
from sow.drafting import draft
from sow.models import StatementOfWork
from tests.factories import NOON, again, make_ready_issue

KNOWN = {
    "legal_name": "Silverlake University",
    "agreement": "Standard terms",
    "start_date": "2026-04-01",
    "end_date": "2026-06-30",
    "expiry_date": "2027-03-31",
    "weekly_hours": "20",
    "billing": "When the SOW is signed",
    "our_signatory": "Dale Brown",
    "customer_signatory": "Ada Lovelace",
}
LINES: list[dict[str, Any]] = [
    {"title": "Plan", "phase": "Prepare", "hours": 8, "deliverable": "A plan"},
    {"title": "Move [all] code", "phase": "Move", "hours": 40, "customer_text": "We move it."},
    {"title": "Check", "phase": "Move", "hours": 16, "assumptions": "Access is ready"},
    {"title": "Tidy up", "phase": "Move", "hours": 9, "optional": True},
]
COURSE = {"title": "Basics", "key": "GL-BAS-R", "type": "standard", "unit_price": 5_000}


def begun(issue: ScopingIssue, by: User, at: datetime = NOON, **terms: Any) -> Estimate:
    """An estimate in which services, a course and an option stand."""
    estimate = begin(issue, by=by, at=at)
    engineer = ResourceRole.objects.get(key="engineer")
    for place, line in enumerate([*LINES, COURSE], start=1):
        role = engineer if "hours" in line else None
        rate = {"rate": 330} if role else {}
        EstimateLine.objects.create(
            estimate=estimate, position=place * 100, role=role, **rate, **line
        )
    Estimate.objects.filter(pk=estimate.pk).update(**terms)
    return Estimate.objects.get(pk=estimate.pk)


def agreed(
    em: User, at: datetime = NOON, *, on: dict[str, Any] | None = None, **terms: Any
) -> ScopingIssue:
    """An issue in SOW_WIP whose estimate was accepted; ``on`` are its own fields."""
    fields = {"engagement_manager": em} | (on or {})
    issue = make_ready_issue(State.STRAWMAN_WIP, at=at, **fields)
    estimate = begun(issue, em, at, **terms)
    version = send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=at)
    decide(version, Standing.ACCEPTED, by=em, at=at)
    perform(again(issue).start_sow, by=em, at=at)
    return again(issue)


def drafted(em: User, at: datetime = NOON, **terms: Any) -> StatementOfWork:
    """A SOW with everything known that can be."""
    issue = agreed(em, at, **terms)
    return draft(issue, by=em, at=at, said=KNOWN).statement
