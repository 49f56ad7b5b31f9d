"""What the SOW's page shows of it on paper: the newest version's PDF, and the legal stamp."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from emdesk.people.models import User
from scoping.promises import standing as deeds_of
from scoping.rules import routes_signature
from scoping.states import State
from sow import rules
from sow.models import Purpose, Stamp, StatementOfWork, Version
from sow.stamping import objection


def documents(statement: StatementOfWork, head: Version, user: User) -> dict[str, Any]:
    """``paper`` is the draft, ``stamping`` the last stamped file that is not made."""
    issue = statement.issue
    rows = statement.documents.filter(version=head).select_related("file", "asked_by")
    drafts = [each for each in rows if each.purpose == Purpose.DRAFT]
    unmade = [each for each in rows if each.stamped and each.made_at is None]
    stamp = last_stamp(statement)
    stands = stamp is not None and stamp.stands
    stamping = unmade[0] if unmade and not stands else None
    under_way = stamping is not None and stamping.under_way
    stamps = issue.live and rules.stamps(user) and not stands and not under_way
    return {
        "paper": drafts[0] if drafts else None,
        "stamp": stamp,
        "stamping": stamping,
        "stamps": stamps,
        "not_yet": objection(statement, head, user) if stamps else "",
        "may_void": issue.live and stands and rules.voids_stamp(issue, user),
        **(_sending(statement, user) if stands else {}),
    }


def last_stamp(statement: StatementOfWork) -> Stamp | None:
    """The one that stands, else the last that did."""
    rows = statement.stamps.select_related("document__file", "version", "voided_by")
    return rows.order_by(F("voided_at").desc(nulls_first=True), "-pk").first()


def _sending(statement: StatementOfWork, user: User) -> dict[str, Any]:
    issue = statement.issue
    sent = deeds_of(issue)[issue.pk].get("stamped_sow_sent")
    sends = issue.live and issue.state == State.APPROVED and routes_signature(issue, user)
    return {"sent": sent, "sends": sends and sent is None}
