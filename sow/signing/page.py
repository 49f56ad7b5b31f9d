"""What the SOW's page shows of its signatures, and what this person may do about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from emdesk.approvals.eligible import may_decide
from emdesk.people.models import User
from sow import rules
from sow.forms.signing import ReasonForm, ReplaceForm
from sow.models import Place, Progress, SignerTurn, SigningSide, StatementOfWork
from sow.signing import ours
from sow.signing.ending import may_recall
from sow.signing.turning import PENDING
from sow.stamping import standing

GOING = (Progress.OUT, Progress.SIGNED, Progress.EXECUTED)


def signatures(statement: StatementOfWork, user: User, at: datetime) -> dict[str, Any]:
    """For the rail: the last signing with its signers. Nothing before there is a stamp."""
    issue = statement.issue
    found = statement.signings.with_signers().first()
    stamp = standing(statement)
    if found is None and stamp is None:
        return {"shown": False}
    signers = list(found.signers.all()) if found else []
    still = [each for each in signers if each.turn != SignerTurn.DROPPED]
    customers = [each for each in still if each.side == SigningSide.CUSTOMER]
    going = found is not None and found.standing in GOING
    out = found is not None and found.out
    here = found is not None and found.where == Place.HERE
    routes = issue.live and rules.routes_customer(issue, user)
    minds = issue.live and rules.minds_signing(issue, user)
    waits = found is not None and found.standing == Progress.SIGNED and not here
    return {
        "shown": True,
        "found": found,
        "signers": signers,
        "unrouted": out and here and not customers,
        "signs": out and any(may_decide(step, user, at) for step in ours.open_steps(issue)),
        "sends": not going and stamp is not None and issue.live and rules.routes_ours(issue, user),
        "routes": out and here and routes and not customers,
        "replaces": out and here and routes,
        "elsewhere": minds and stamp is not None and (not going or out or waits),
        "recalls": found is not None and out and may_recall(found, user),
        "open_turns": PENDING,
        "recall_form": ReasonForm(auto_id="recall-%s"),
        "replace_form": ReplaceForm(),
    }
