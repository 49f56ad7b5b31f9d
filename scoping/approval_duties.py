"""The duties that approvals about scoping issues bring to My day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.utils.timezone import localdate

from emdesk.approvals.minding import stuck
from emdesk.approvals.models import Inquiry, Request, Standing
from emdesk.approvals.standings import awaiting
from emdesk.desk.duties import Button, Class, Duty, Wait, finds
from emdesk.people.models import User
from scoping.duties import seen_by
from scoping.models import ScopingIssue

LABEL = ScopingIssue._meta.label_lower
BACK = (Standing.SENT_BACK, Standing.REJECTED)


def _issues(people: Sequence[User], requests: Iterable[Request]) -> dict[int, ScopingIssue]:
    keys = {found.subject_id for found in requests if found.subject_type == LABEL}
    return seen_by(people).live().with_people().in_bulk(keys) if keys else {}


def _duty(
    issue: ScopingIssue, found: Request, verb: str, reason: str, button: str, due: datetime | None
) -> Duty:
    return Duty(
        rank=Class.SOW_PROCESSING,
        verb=verb,
        subject=issue,
        reason=reason,
        button=Button(button, found.get_absolute_url()),
        due=localdate(due) if due else None,
        worth=found.value,
        since=found.asked_at,
        owner=issue.engagement_manager,
    )


@finds(Duty)
def decisions_asked(people: Sequence[User], at: datetime) -> Iterator[Duty]:
    """What waits for one's word, also as a stand-in."""
    waiting = awaiting(people, at)
    issues = _issues(people, [step.request for _, step in waiting])
    for person, step in waiting:
        if issue := issues.get(step.request.subject_id):
            instead = step.assignee and step.assignee_id != person.pk
            whom = f" for {step.assignee}" if instead else ""
            reason = f"{step.name} of {step.request.title}{whom}. {step.why}"
            yield _duty(issue, step.request, "Decide about", reason, "Decide", step.due_at)


@finds(Duty)
def questions_of_approvers(people: Sequence[User], at: datetime) -> Iterator[Duty]:
    open_ones = Inquiry.objects.filter(
        answered_at=None, step__request__requester__in=people, step__turn="asked"
    ).select_related("step__request", "by")
    inquiries = list(open_ones)
    issues = _issues(people, [each.step.request for each in inquiries])
    for each in inquiries:
        found = each.step.request
        if issue := issues.get(found.subject_id):
            reason = f"{each.by.name} asks about {found.title}: “{each.text}”"
            yield _duty(issue, found, "Answer about", reason, "Answer", None)


@finds(Duty)
def sent_back(people: Sequence[User], at: datetime) -> Iterator[Duty]:
    """What came back, until something newer is put to anybody."""
    own = seen_by(people).worked_by(*people).live()
    latest = (
        Request.objects.filter(subject_type=LABEL, subject_id__in=own.order_by().values("pk"))
        .order_by("subject_id", "chain", "-asked_at", "-pk")
        .distinct("subject_id", "chain")
    )
    back = [found for found in latest if found.standing in BACK]
    issues = _issues(people, back)
    for found in back:
        if issue := issues.get(found.subject_id):
            reason = f"{found.title}: {found.get_standing_display().lower()}"
            yield _duty(issue, found, "Work in what came back for", reason, "Read", None)


@finds(Duty)
def nobody_can_decide(people: Sequence[User], at: datetime) -> Iterator[Duty]:
    """For leads: open steps whose approvers all left or lost the role."""
    if not any(person.leads for person in people):
        return
    steps = stuck(at)
    issues = _issues(people, [step.request for step in steps])
    for step in steps:
        if issue := issues.get(step.request.subject_id):
            reason = f"Nobody can decide “{step.name}” of {step.request.title} any more"
            yield _duty(issue, step.request, "Find an approver for", reason, "Open", step.due_at)


@finds(Wait)
def decisions_awaited(people: Sequence[User], at: datetime) -> Iterator[Wait]:
    found = list(Request.objects.waiting().filter(requester__in=people).with_steps())
    issues = _issues(people, found)
    for each in found:
        if issue := issues.get(each.subject_id):
            asked = [step for step in each.steps.all() if step.asked]
            names = " and ".join(f"“{step.name}”" for step in asked)
            yield Wait(issue, f"for {names} of {each.title}", each.asked_at, each.requester)
