"""From which value on a customer may redline: our paper, or on a paper of their own (domain.md §5.1
G11, Q-50).

Off until the setting is on. The value is the opportunity's, in its own currency; legal may let a
smaller one through and says why.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.configuration.values import values_on
from emdesk.ledger.models import Event
from emdesk.ledger.recording import record
from emdesk.people.models import Role, User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.models import ScopingIssue
from sow.models import StatementOfWork
from sow.settings import ON, REDLINE_LIMITS, REDLINE_OURS, REDLINE_THEIRS

ALLOWED = "sow.redlines_allowed"


def redlining_refused(issue: ScopingIssue, at: datetime, *, theirs: bool = False) -> str:
    """Why the customer may not redline yet, or nothing; ``theirs``: on a paper of their own."""
    told = values_on(localdate(at))
    if told[REDLINE_LIMITS] != ON:
        return ""
    above = told[REDLINE_THEIRS if theirs else REDLINE_OURS]
    value, currency = _worth(issue)
    if value > above or Event.objects.about(issue).filter(verb=ALLOWED).exists():
        return ""
    paper = "A paper of the customer's own is taken" if theirs else "Our paper is redlined"
    worth = f"{currency} {value:,.2f}" if currency else "not valued"
    return f"{paper} above {above:,.0f}; this opportunity is {worth}. Ask legal to allow it."


def allow(issue: ScopingIssue, *, reason: str, by: User, at: datetime) -> None:
    """Legal lets this deal be redlined whatever it is worth."""
    with atomic():
        issue = fresh(issue)
        if not by.has(Role.LEGAL):
            raise NotAllowed("Legal allows redlines of a smaller deal.")
        if not reason:
            raise Refused("Say why this deal is redlined.")
        statement = StatementOfWork.objects.get(issue=issue)
        record(issue, ALLOWED, by=by, at=at, sow=statement.number, reason=reason)


def _worth(issue: ScopingIssue) -> tuple[Decimal, str]:
    """The opportunity's value, else the price of the SOW."""
    deal = issue.opportunity
    if deal is not None and (value := deal.value) is not None:
        return value.amount, value.currency
    statement = StatementOfWork.objects.filter(issue=issue).first()
    if statement is None:
        return Decimal(0), ""
    version = statement.head.estimate_version
    return version.final_total, version.currency
