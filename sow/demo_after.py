"""The demo's SOW that everybody approved goes on: to legal, towards its booking and its hand-off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from emdesk.ledger.models import Origin
from emdesk.people.models import User
from sow.booking import note
from sow.demo_approvals import after
from sow.demo_changes import begin_at_risk
from sow.handing_over import open_handoff
from sow.legal import open_case
from sow.models import Done, StatementOfWork

CASE = "https://crm.example/cases/00018842"


def go_on(statement: StatementOfWork, em: User, at: datetime) -> None:
    """With legal, its purchase order there and finance asked; the hand-off in preparation."""
    rows = StatementOfWork.objects.select_related("issue__opportunity")
    statement = rows.get(pk=statement.pk)
    if statement.issue.opportunity is None:
        return
    said: dict[str, Any] = {"by": em, "origin": Origin.DEMO}
    when = after(statement.issue, at)
    open_case(statement, at=when, number="00018842", link=CASE, note="Please stamp v2.", **said)
    done = {"on": localdate(when), "at": after(statement.issue, at), **said}
    note(statement, Done.ORDER, text="PO 4500017", **done)
    note(statement, Done.FINANCE_ASKED, text="In the deal's channel", **done)
    open_handoff(statement, at=after(statement.issue, at), **said)
    begin_at_risk(statement, em, at)
