"""The duties that approvals about scoping issues bring to My day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate

from emdesk.approvals.models import Inquiry, Request, Standing
from emdesk.approvals.standings import asked_steps, awaiting, stuck
from emdesk.desk.duties import Button, Class, Duty, Wait, finds
from emdesk.people.models import User
from scoping.duties import seen_by
from scoping.models import ScopingIssue

LABEL = ScopingIssue._meta.label_lower
Issues = dict[int, ScopingIssue]
BACK = (Standing.SENT_BACK, Standing.REJECTED)


def _issues(people: Sequence[User], requests: Iterable[Request]) -> Issues:
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
def approvals(people: Sequence[User], at: datetime) -> Iterator[Duty]:
    """What waits for one's word, what came back, what is asked back, what nobody can decide."""
    requests = _open_or_back(people)
    issues = _issues(people, requests)
    seen = [found for found in requests if found.subject_id in issues]
    yield from _decisions(people, seen, issues, at)
    yield from _came_back(seen, issues)
    yield from _questions(people, seen, issues)
    if any(person.leads for person in people):
        yield from _nobody_can_decide(seen, issues, at)


def _open_or_back(people: Sequence[User]) -> list[Request]:
    """Every open one, and of one's own issues what came back and nothing newer followed."""
    own = seen_by(people).worked_by(*people).live().order_by().values("pk")
    same = {name: OuterRef(name) for name in ("subject_type", "subject_id", "chain")}
    newer = Request.objects.filter(**same, pk__gt=OuterRef("pk"))
    wanted = Q(standing=Standing.WAITING) | Q(standing__in=BACK, subject_id__in=own)
    return list(Request.objects.filter(wanted, ~Exists(newer), subject_type=LABEL).with_steps())


def _decisions(
    people: Sequence[User], requests: list[Request], issues: Issues, at: datetime
) -> Iterator[Duty]:
    for person, step in awaiting(people, requests, at):
        found = step.request
        instead = step.assignee and step.assignee_id != person.pk
        whom = f" for {step.assignee}" if instead else ""
        reason = f"{step.name} of {found.title}{whom}. {step.why}"
        issue = issues[found.subject_id]
        yield _duty(issue, found, "Decide about", reason, "Decide", step.due_at)


def _came_back(requests: list[Request], issues: Issues) -> Iterator[Duty]:
    for found in requests:
        if found.standing in BACK:
            reason = f"{found.title}: {found.get_standing_display().lower()}"
            issue = issues[found.subject_id]
            yield _duty(issue, found, "Work in what came back for", reason, "Read", None)


def _questions(people: Sequence[User], requests: list[Request], issues: Issues) -> Iterator[Duty]:
    own = {found.pk: found for found in requests if found.waiting and found.requester in people}
    if not own:
        return
    asked = Inquiry.objects.filter(answered_at=None, step__request__in=own)
    for each in asked.select_related("step", "by"):
        found = own[each.step.request_id]
        reason = f"{each.by.name} asks about {found.title}: “{each.text}”"
        yield _duty(issues[found.subject_id], found, "Answer about", reason, "Answer", None)


def _nobody_can_decide(requests: list[Request], issues: Issues, at: datetime) -> Iterator[Duty]:
    for step in stuck(requests, at):
        found = step.request
        reason = f"Nobody can decide “{step.name}” of {found.title} any more"
        issue = issues[found.subject_id]
        yield _duty(issue, found, "Find an approver for", reason, "Open", step.due_at)


@finds(Wait)
def decisions_awaited(people: Sequence[User], at: datetime) -> Iterator[Wait]:
    found = list(Request.objects.waiting().filter(requester__in=people).with_steps())
    issues = _issues(people, found)
    for each in found:
        if issue := issues.get(each.subject_id):
            names = " and ".join(f"“{step.name}”" for step in asked_steps([each]))
            yield Wait(issue, f"for {names} of {each.title}", each.asked_at, each.requester)
