"""The demo's statements of work: drafted from what customers accepted, some worked on since."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from emdesk.ledger.models import Origin
from emdesk.people.models import Role, User
from scoping.models import ScopingIssue
from scoping.states import State
from sow import arranging
from sow.demo_after import go_on
from sow.demo_approvals import after, put_to_approval
from sow.demo_changes import change
from sow.drafting import draft, may_draft
from sow.models import Clause, StatementOfWork, Version
from sow.pen import hand_back
from sow.saving import Act, Typed, save

MONTH = timedelta(days=30)
SIGNATORY = "Dale Brown"
TURNS, UNTOUCHED, WITH_LEGAL, CHANGED = 6, 5, 1, 3
UNTIL = {0: "", 2: "leadership", 4: "delivery", CHANGED: ""}
REMOTE = "All work is done remotely. Should anybody travel, the Customer approves it beforehand."


def draft_agreed(at: datetime) -> None:
    """A draft of every accepted estimate: one untouched, one with legal; others are put to
    approval; one has all of it and goes on, one is signed and changed since."""
    issues = ScopingIssue.objects.filter(state=State.SOW_WIP).exclude(engagement_manager=None)
    legal = User.objects.with_role(Role.LEGAL).first()
    Clause.objects.filter(owner=None).update(owner=legal)
    agreed = [
        (issue, issue.engagement_manager)
        for issue in issues.select_related("account").order_by("pk")
        if issue.engagement_manager and may_draft(issue, issue.engagement_manager)
    ]
    for place, (issue, em) in enumerate(agreed):
        known = _known(issue, at)
        made = draft(issue, by=em, at=after(issue, at), said=known, origin=Origin.DEMO)
        _work_on(made, em, legal, at, place % TURNS)


def _work_on(version: Version, em: User, legal: User | None, at: datetime, turn: int) -> None:
    if turn == UNTOUCHED:
        return
    if turn in UNTIL:
        put_to_approval(version.statement, em, at, UNTIL[turn])
        if turn == CHANGED:
            change(version.statement, em, at)
        elif not UNTIL[turn]:
            go_on(version.statement, em, at)
        return
    _save(
        version.statement, em, at, [Typed("travel", "Travel and expenses", REMOTE)], "Remote only"
    )
    clause = Clause.objects.with_text().filter(key="billing-standard").first()
    if turn == WITH_LEGAL and legal and clause:
        when, note = after(version.statement.issue, at), "Please look at billing."
        hand_back(version.statement, by=em, at=when, note=note, origin=Origin.DEMO)
        act = arranging.take("billing", clause, 0)
        _save(version.statement, legal, at, [], "Their procurement asks for 45 days", act)


def _save(
    statement: StatementOfWork,
    by: User,
    at: datetime,
    typed: list[Typed],
    why: str,
    act: Act | None = None,
) -> None:
    statement = StatementOfWork.objects.select_related("issue").get(pk=statement.pk)
    when = after(statement.issue, at)
    seen = statement.latest
    save(statement, seen=seen, by=by, at=when, typed=typed, act=act, why=why, origin=Origin.DEMO)


def _known(issue: ScopingIssue, at: datetime) -> dict[str, str]:
    """What an EM knows of a deal by then; not everything."""
    begins = at.date() + MONTH
    found = {"start_date": _day(begins), "end_date": _day(begins + 3 * MONTH)}
    if issue.pk % 2:
        found |= {
            "legal_name": f"{issue.account.name}, Inc.",
            "expiry_date": _day(begins + 12 * MONTH),
        }
    return found | {"agreement": "Standard terms", "weekly_hours": "20", "our_signatory": SIGNATORY}


def _day(day: date) -> str:
    return day.isoformat()
