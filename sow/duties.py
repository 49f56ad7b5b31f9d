"""What booking and hand-off bring to My day: for the EM, the deal desk, Revenue and project managers.

Everything comes of one query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, F, OuterRef, Q, When
from django.urls import reverse
from django.utils.timezone import localdate

from emdesk.desk.duties import Button, Class, Duty, finds
from emdesk.people.models import Role, User
from scoping.duties import seen_by
from scoping.models import ScopingIssue
from scoping.states import State
from sow.exposure import in_brief
from sow.models import BookingDeed, Done, HandoffTask, Meets, Stand
from sow.risk_page import told_of

SIGNED = (Done.SIGNED_US, Done.SIGNED_THEM)
PACKAGE: dict[str, tuple[Done, ...]] = {
    "the cost sheet": (Done.COGS,),
    "the purchase order": (Done.ORDER, Done.NO_ORDER),
    "finance's approval": (Done.FINANCE_YES,),
}


@finds(Duty)
def after_the_sow(people: Sequence[User], at: datetime) -> Iterator[Duty]:
    """Packages to bring together and to book, finance to decide, hand-offs to prepare and answer;
    work at risk that runs out of its bounds."""
    roles = {role for person in people for role in person.roles}
    wanted = Q(engagement_manager__in=people) | Q(project_manager__in=people)
    if roles & {Role.DEAL_DESK, Role.REVENUE}:
        wanted |= Q(state=State.APPROVED)
    after = Q(state=State.APPROVED) | Q(statement__handoff__isnull=False)
    leads = roles & {Role.EM_LEAD, Role.DIRECTOR}
    theirs = Q(engagement_manager__in=people) | Q(project_manager__in=people)
    risk = Q(at_risk__isnull=False) & (Q(pk__isnull=False) if leads else theirs)
    issues = (
        seen_by(people)
        .annotate(at_risk=in_brief("pk"), signs=_true(wanted & after & Q(statement__isnull=False)))
        .filter(Q(signs=True) | risk)
        .annotate(deeds=ArraySubquery(_deeds()), tasks=ArraySubquery(_tasks()))
    )
    stand = issues.annotate(
        handoff_stand=F("statement__handoff__stand"), handed_at=F("statement__handoff__handed_at")
    )
    keys = {person.pk for person in people}
    found: Any = stand.with_people()
    for issue in found:
        own = issue.engagement_manager_id in keys
        yield from _at_risk(issue, localdate(at))
        if not issue.signs:
            continue
        yield from _booking(issue, roles, own=own)
        yield from _handing_over(issue, own=own, theirs=issue.project_manager_id in keys)


def _true(rule: Q) -> Case:
    """Whether it holds of an issue, as a column."""
    return Case(When(rule, then=True), default=False, output_field=BooleanField())


def _at_risk(issue: Any, day: date) -> Iterator[Duty]:
    """Bounds that are near or passed: the work stops, or a new decision is asked for."""
    found = told_of(issue.at_risk, day)
    if found and found.warns:
        verb = "Stop or extend work at risk of" if found.broken else "Mind work at risk of"
        used = f"{found.exposure.currency} {found.exposure.amount:,.2f}"
        reason = f"It is {found.says}: {used}, {found.exposure.percent} % of its cap"
        yield _duty(issue, verb, reason, "risk")


def _deeds() -> Any:
    """What stands, of each SOW; a signature only of its newest version."""
    rows = BookingDeed.objects.filter(statement__issue=OuterRef("pk"), until=None)
    now = ~Q(key__in=SIGNED) | Q(version=F("statement__latest"))
    return rows.filter(now).order_by("pk").values("key")


def _tasks() -> Any:
    """The meetings that have not taken place, the next one first."""
    rows = HandoffTask.objects.filter(handoff__statement__issue=OuterRef("pk"), done_on=None)
    return rows.order_by("due", "pk").values("kind")


def _booking(issue: Any, roles: Iterable[str], *, own: bool) -> Iterator[Duty]:
    if issue.state != State.APPROVED or Done.BOOKED in issue.deeds:
        return
    done = set(issue.deeds)
    asked = Done.FINANCE_ASKED in done and not done & {Done.FINANCE_YES, Done.FINANCE_NO}
    if asked and Role.REVENUE in roles:
        yield _duty(issue, "Decide finance's approval of", "The booking waits for it", "booking")
    if not set(SIGNED) <= done:
        return
    left = [name for name, keys in PACKAGE.items() if not done & set(keys)]
    said = f"Both have signed; still wanted: {', '.join(left)}" if left else "Both have signed"
    if own and left:
        yield _duty(issue, "Bring the booking package together for", said, "booking")
    if Role.DEAL_DESK in roles:
        yield _duty(issue, "Close won the opportunity of", said, "booking")


def _handing_over(issue: Any, *, own: bool, theirs: bool) -> Iterator[Duty]:
    rank, stand = Class.HAND_OFF, issue.handoff_stand
    if theirs and stand == Stand.HANDED:
        reason = f"Handed over on {localdate(issue.handed_at):%-d %b}"
        yield _duty(issue, "Accept the hand-off of", reason, "handoff", rank)
    if own and stand == Stand.RETURNED:
        reason = "The project manager has questions"
        yield _duty(issue, "Answer about the hand-off of", reason, "handoff", rank)
    if own and stand == Stand.PREPARING:
        names = [Meets(kind).label.lower() for kind in issue.tasks]
        reason = (
            f"Still to take place: {', '.join(names)}" if names else "It is not handed over yet"
        )
        yield _duty(issue, "Prepare the hand-off of", reason, "handoff", rank)


def _duty(
    issue: ScopingIssue, verb: str, reason: str, page: str, rank: Class = Class.SOW_PROCESSING
) -> Duty:
    return Duty(
        rank=rank,
        verb=verb,
        subject=issue,
        reason=reason,
        button=Button("Open", reverse(f"sow:{page}", args=[issue.pk])),
        worth=issue.expected_value,
        since=issue.entered_state_at,
        owner=issue.engagement_manager,
    )
