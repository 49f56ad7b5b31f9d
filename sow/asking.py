"""Asking for the approval of a statement of work, and what an edit does to what was approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.transaction import atomic

from emdesk.approvals.asking import Plan, preview, request, supersede
from emdesk.approvals.models import Request, Standing
from emdesk.approvals.refusals import Refused as NotPossible
from emdesk.approvals.standings import approval_of
from emdesk.ledger.models import Origin
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.deeds import DEEDS
from scoping.models import EstimateVersion, ScopingIssue
from scoping.promises import amiss, standing
from scoping.promises import note as note_deed
from scoping.states import State
from sow import rules
from sow.amending import order_of
from sow.approving import CHAIN, pinned
from sow.checks import Draft, check
from sow.content import Content
from sow.drafting import accepted, sold_in
from sow.following import move_back
from sow.greenlights import agreed, still_to_agree
from sow.models import StatementOfWork, Version
from sow.order_checks import checks_of
from sow.stamping import standing as stamp_of
from sow.stamping import void

VOIDS = "Legal stamp of {}"
STATES = (State.SOW_WIP, State.READY_FOR_APPROVAL, State.APPROVED)
UNASKED = {Standing.RECALLED, Standing.SUPERSEDED}


@dataclass(frozen=True)
class Effects:
    """What saving does to approvals: gates kept and reset, what is open, the stamp it voids, and whom
    asking would ask then."""

    keeps: tuple[str, ...] = ()
    resets: tuple[str, ...] = ()
    ends: str = ""
    voids: str = ""
    plan: Plan | None = None

    @property
    def any(self) -> bool:
        return bool(self.keeps or self.resets or self.ends or self.voids)

    @property
    def takes(self) -> tuple[str, ...]:
        """All it takes away, which whoever saves has to be told of."""
        return (*self.resets, self.voids) if self.voids else self.resets


class Resets(Refused):
    """Saving would take approvals away, and whoever saves has not been told."""

    def __init__(self, effects: Effects) -> None:
        names = " and ".join(effects.takes)
        super().__init__(f"Saving this takes away: {names}. Save again to go on.")
        self.effects = effects


def draft_of(version: Version, issue: ScopingIssue, content: Content) -> Draft:
    """What the checks read: the text, the estimate it pins, and whether that one still stands."""
    now = accepted(issue)
    newer = now.name if now and now.pk != version.estimate_version_id else ""
    own = checks_of(order_of(issue.pk), version.estimate_version) if issue.amends_id else ()
    return Draft(content, sold_in(version.estimate_version), newer, own)


def missing(statement: StatementOfWork, head: Version) -> list[str]:
    """What stands between the newest version and asking for its approval."""
    faults = sum(bool(each.faults) for each in check(draft_of(head, statement.issue, head.said)))
    said = [f"{faults} check{'' if faults == 1 else 's'} still to mend."] if faults else []
    if statement.issue.state not in STATES:
        said.append("Approval is asked for from SOW_WIP on.")
    found = approval_of(CHAIN, statement.issue, head.pk)
    if found and found.standing not in UNASKED:
        stands = found.get_standing_display().lower()
        said.append(f"{head.name} was asked about already: {stands}.")
    return said + still_to_agree(agreed(statement, head.said))


def foreseen(
    statement: StatementOfWork,
    head: Version,
    content: Content | None = None,
    *,
    by: User,
    at: datetime,
) -> Plan:
    """Whom asking now, or with these words, would ask, and whose word still holds."""
    return preview(CHAIN, statement.issue, pinned(head, content), by=by, at=at)


def ask(
    statement: StatementOfWork,
    *,
    seen: int,
    by: User,
    at: datetime,
    note: str = "",
    origin: str = Origin.PERSON,
) -> Request:
    """Put version ``seen`` to all its chain asks. Raises :class:`Refused`, :class:`NotAllowed`."""
    with atomic():
        issue = fresh(statement.issue)
        if not rules.asks_approval(issue, by):
            raise NotAllowed("Its EM or a lead asks for approval.")
        statement = StatementOfWork.objects.select_related("issue").get(pk=statement.pk)
        head = statement.head
        if seen != head.number:
            raise Refused(f"{head.name} was saved meanwhile. Look at it first.")
        if wrong := missing(statement, head):
            raise Refused(" ".join(wrong))
        content_is_final(issue, by=by, at=at, origin=origin)
        try:
            found = request(CHAIN, issue, pinned(head), by=by, at=at, note=note, origin=origin)
        except NotPossible as refusal:
            raise Refused(refusal.reason) from None
        assert found is not None  # PS leadership is always asked  # noqa: S101
        return found


def content_is_final(issue: ScopingIssue, *, by: User, at: datetime, origin: str) -> None:
    """The promise of a stamped SOW begins with it (domain.md §2.2); the demo tells its own."""
    deed = DEEDS["content_final"]
    done = standing(issue)[issue.pk]
    if origin == Origin.PERSON and deed.key not in done and not amiss(issue, deed, done):
        note_deed(issue, deed, by=by, at=at)


def last_request(issue: ScopingIssue) -> Request | None:
    return Request.objects.about(issue).of_chain(CHAIN).select_related("requester").first()


def effects_of(
    head: Version,
    content: Content,
    *,
    by: User,
    at: datetime,
    estimate: EstimateVersion | None = None,
) -> Effects:
    """What saving these words over the newest version does. Nothing is written."""
    issue = head.statement.issue
    last = last_request(issue)
    if last is None or (content == head.said and estimate is None):
        return Effects()
    asker = last.requester
    before = preview(CHAIN, issue, pinned(head), by=asker, at=at)
    then = pinned(head, content, by.pk, estimate=estimate)
    after = preview(CHAIN, issue, then, by=asker, at=at)
    asked_before = {each.gate.key for each in before.asks}
    resets = [each.gate.name for each in after.asks if each.gate.key not in asked_before]
    return Effects(
        keeps=tuple(each.gate.name for each in after.kept),
        resets=tuple(resets),
        ends=last.title if last.waiting else "",
        voids=VOIDS.format(stamp.version.name) if (stamp := stamp_of(head.statement)) else "",
        plan=after,
    )


def replaced(
    statement: StatementOfWork, effects: Effects, *, by: User, at: datetime, origin: str
) -> None:
    """A new version was saved: what is open about the last ends, its stamp is void, and the board
    goes back when an approval is gone."""
    void(statement, why=f"{statement.head.name} was saved.", by=by, at=at, origin=origin)
    if effects.any:
        supersede(CHAIN, statement.issue, by=by, at=at, origin=origin)
    if effects.resets:
        move_back(statement.issue_id, by=by, at=at, origin=origin)
