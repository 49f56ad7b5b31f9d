"""The duties scoping brings to My day, in the words of the EM handbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import get_current_timezone

from emdesk.approvals.models import Request
from emdesk.desk.duties import Appointment, Button, Class, Duty, Wait, finds
from emdesk.people.models import Coverage, Role, User
from scoping import rules
from scoping.awaited import any_marked, awaited_of, marks
from scoping.deeds import Deed
from scoping.models import Meeting, ScopingIssue
from scoping.models.finding import ScopingIssueQuerySet
from scoping.promises import next_deed, standing
from scoping.quiet.silences import silent
from scoping.states import ArchitectHelp, CloseReason, EmStatus, Review, State, WaitingOn

LABEL = ScopingIssue._meta.label_lower
SCOPING, SOW = Class.EARLY_SCOPING, Class.SOW_PROCESSING


@dataclass(frozen=True)
class Work:
    """What an issue in one column asks of its EM, and the move that would be the answer."""

    rank: Class
    verb: str
    reason: str
    deed: str
    to: State | None


WAITING_FOR: dict[str, str] = {
    WaitingOn.ACCOUNT_TEAM: "the account team",
    WaitingOn.CUSTOMER: "the customer",
    WaitingOn.INTERNAL: "a colleague in services",
}
WORK = {
    State.OPEN: Work(
        SCOPING,
        "Make first contact on",
        "Nobody has reviewed it yet",
        "Ask for information",
        State.AWAITING_DISCOVERY,
    ),
    State.AWAITING_DISCOVERY: Work(
        SCOPING,
        "Gather what is missing for",
        "An estimate needs more information",
        "Start strawman",
        State.STRAWMAN_WIP,
    ),
    State.STRAWMAN_WIP: Work(
        SCOPING,
        "Finish the strawman for",
        "The estimate is in work",
        "Send estimate",
        State.ESTIMATE_FEEDBACK,
    ),
    State.ESTIMATE_FEEDBACK: Work(
        SCOPING,
        "Work in the feedback for",
        "The estimate is out for feedback",
        "Start SOW",
        State.SOW_WIP,
    ),
    State.SOW_WIP: Work(
        SOW,
        "Draft the SOW for",
        "The customer wants to move on",
        "Ask for approval",
        State.READY_FOR_APPROVAL,
    ),
    State.READY_FOR_APPROVAL: Work(
        SOW, "Get the SOW approved for", "It waits for PS leadership", "Open", None
    ),
    State.APPROVED: Work(
        SOW,
        "Get the SOW stamped and signed for",
        "PS leadership approved it",
        "Close",
        State.CLOSED,
    ),
}


def seen_by(people: Sequence[User]) -> ScopingIssueQuerySet:
    """What one person may see, or a lead's team of engagement managers, who see everything."""
    if any(rules.sees_every_issue(person) for person in people):
        return ScopingIssue.objects.all()
    return ScopingIssue.objects.visible_to(people[0]) if people else ScopingIssue.objects.none()


@finds(Duty)
def issues_to_work(people: Sequence[User], at: datetime) -> Iterator[Duty]:
    """One's own live issues whose next action is one's own, or whose next step is due."""
    today = at.astimezone(get_current_timezone()).date()
    mine = seen_by(people).worked_by(*people).live().with_people()
    turn = ~Q(em_status=EmStatus.WAITING) | Q(next_step_date__lte=today)
    due_for_review = Q(state=State.ON_HOLD, review_date__lte=today)
    issues = list(mine.filter((turn & ~Q(state=State.ON_HOLD)) | due_for_review))
    done = standing(*issues)
    for issue in issues:
        yield _work(issue, _noting(issue, next_deed(issue, done[issue.pk])))


def _noting(issue: ScopingIssue, deed: Deed | None) -> Button | None:
    if deed is None:
        return None
    fields = (("seen", "0"), ("next", reverse("desk:day")))
    return Button(deed.button, reverse("scoping:deed", args=[issue.pk, deed.key]), fields)


def _work(issue: ScopingIssue, also: Button | None) -> Duty:
    if issue.state == State.ON_HOLD:
        held = f"On hold: {issue.hold_reason}. The review date has come"
        resume = _move("Resume", issue, State(issue.held_from))
        return _duty(issue, Class.ISSUE_HYGIENE, "Decide about", held, resume, issue.review_date)
    work = WORK[State(issue.state)]
    reason = issue.next_step or f"{work.reason}; no next step is written down"
    button = _move(work.deed, issue, work.to) if work.to else _open(work.deed, issue)
    return _duty(issue, work.rank, work.verb, reason, button, issue.next_step_date, also)


@finds(Duty)
def issues_to_triage(people: Sequence[User], at: datetime) -> Iterable[Duty]:
    """Issues nobody has yet, in a territory or segment one covers; all of them for leads."""
    if not any(person.leads or person.has(Role.EM) for person in people):
        return
    waiting = ScopingIssue.objects.live().unassigned().with_people()
    if not any(person.leads for person in people):
        covered = Coverage.objects.in_force(at.date()).filter(user__in=people)
        parts = list(covered.values_list("territory_id", "segment_id"))
        waiting = waiting.filter(
            Q(account__sales_territory__in=[territory for territory, _ in parts if territory])
            | Q(segment__in=[segment for _, segment in parts if segment])
            | Q(account__segment__in=[segment for _, segment in parts if segment])
        )
    for issue in waiting:
        reason = "Nobody has it yet"
        yield _duty(issue, Class.TERRITORY, "Triage", reason, _triage(issue))


@finds(Duty)
def closes_to_note(people: Sequence[User], at: datetime) -> Iterator[Duty]:
    """What emdesk closed with its opportunity, until it is noted; what nobody has, for leads."""
    ours = Q(engagement_manager__in=people)
    if any(person.leads for person in people):
        ours |= Q(engagement_manager=None)
    for issue in seen_by(people).filter(ours, close_to_note=True).with_people():
        outcome = issue.get_outcome_display().lower()
        reason = f"{issue.reference} was {outcome} with its opportunity"
        if issue.close_reason == CloseReason.TIMED_OUT:
            reason = f"{issue.reference} was closed lost after two months without activity"
        yield _duty(issue, Class.ISSUE_HYGIENE, "Look at", reason, _open("Look", issue))


@finds(Duty)
def quiet_issues(people: Sequence[User], at: datetime) -> Iterator[Duty]:
    """What the two-months rule has told of and will close; what nobody has, for leads."""
    ours = Q(engagement_manager__in=people)
    if any(person.leads for person in people):
        ours |= Q(engagement_manager=None)
    quiet = silent(seen_by(people).filter(ours), at)
    told = [each for each in quiet if each.silence.asks(each.today)]
    issues = ScopingIssue.objects.with_people().in_bulk([each.pk for each in told])
    for each in told:
        silence, issue = each.silence, issues[each.pk]
        closes = silence.closes_on(each.today)
        since = f"Nobody has worked on it since {silence.active_on:%-d %b}"
        reason = f"{since}; it closes as lost after {closes:%-d %b}"
        button = Button("Keep open", reverse("scoping:keep", args=[issue.pk]))
        verb = "Keep open or let close"
        yield _duty(issue, Class.ISSUE_HYGIENE, verb, reason, button, closes)


@finds(Duty)
def approvals_and_help(people: Sequence[User], at: datetime) -> Iterator[Duty]:
    """SOWs that wait for PS leadership, and issues whose EM asks a technical architect."""
    if any(person.has(Role.PS_LEADERSHIP) for person in people):
        ready = ScopingIssue.objects.filter(state=State.READY_FOR_APPROVAL).with_people()
        put = Request.objects.waiting().filter(subject_type=LABEL).values("subject_id")
        for issue in ready.exclude(engagement_manager__in=people).exclude(pk__in=put):
            reason = "Account team, customer and revenue have agreed"
            approve = _move("Approve", issue, State.APPROVED)
            yield _duty(issue, SOW, "Approve the SOW of", reason, approve)
    if any(person.has(Role.TECHNICAL_ARCHITECT) for person in people):
        asked = Q(architect_help=ArchitectHelp.ASKED) | Q(architect_review=Review.NEEDED)
        mine = Q(technical_architect=None) | Q(technical_architect__in=people)
        waiting = Request.objects.waiting().filter(subject_type=LABEL).values("subject_id")
        helped = ScopingIssue.objects.live().filter(asked & mine).exclude(pk__in=waiting)
        for issue in helped.with_people():
            reason = "The EM asks for a technical architect"
            yield _duty(issue, SCOPING, "Help scope", reason, _open("Open", issue))


@finds(Duty)
def questions_to_answer(people: Sequence[User], at: datetime) -> Iterator[Duty]:
    """For the account team: issues whose EM waits for them, and what upper packages add."""
    team = [person for person in people if person.has(Role.ACCOUNT_TEAM)]
    if not team:
        return
    ours = Q(requester__in=team) | Q(account_team__in=team)
    found = ScopingIssue.objects.live().annotate(**marks()).filter(ours)
    found = found.filter(Q(waiting_on=WaitingOn.ACCOUNT_TEAM) | any_marked())
    for issue in found.with_people().distinct():
        if issue.waiting_on == WaitingOn.ACCOUNT_TEAM:
            reason = issue.next_step or "The EM waits for information about the customer's need"
            yield _duty(issue, SCOPING, "Answer the EM about", reason, _open("Answer", issue))
        for each in awaited_of(issue):
            yield _duty(issue, SOW, each.verb, each.reason, each.button(issue))


@finds(Wait)
def issues_waiting(people: Sequence[User], at: datetime) -> Iterator[Wait]:
    waiting = seen_by(people).worked_by(*people).live().filter(em_status=EmStatus.WAITING)
    for issue in waiting.with_people():
        if issue.state == State.ON_HOLD:
            until = f"on hold until {issue.review_date:%-d %b}"
            yield Wait(issue, until, issue.entered_state_at, issue.engagement_manager)
        else:
            whom = WAITING_FOR.get(issue.waiting_on, "others")
            yield Wait(issue, f"for {whom}", issue.em_status_at, issue.engagement_manager)


@finds(Appointment)
def meetings_today(people: Sequence[User], at: datetime) -> Iterator[Appointment]:
    zone = get_current_timezone()
    today = at.astimezone(zone).date()
    start = datetime.combine(today, time.min, zone)
    end = datetime.combine(today, time.max, zone)
    meetings = Meeting.objects.filter(starts_at__range=(start, end), cancelled_at=None)
    meetings = meetings.filter(issue__in=seen_by(people))
    mine = Q(people__in=people) | Q(issue__engagement_manager__in=people)
    for meeting in meetings.filter(mine).select_related("issue__account").distinct():
        yield Appointment(meeting.get_kind_display(), meeting.issue, meeting.starts_at)


@finds(Appointment)
def due_today(people: Sequence[User], at: datetime) -> Iterator[Appointment]:
    today = at.astimezone(get_current_timezone()).date()
    mine = seen_by(people).worked_by(*people).live().with_people()
    for issue in mine.filter(next_step_date=today):
        yield Appointment(issue.next_step, issue)


def _open(label: str, issue: ScopingIssue) -> Button:
    return Button(label, issue.get_absolute_url())


def _triage(issue: ScopingIssue) -> Button:
    """Its place in the queue; what nobody has further on is assigned on its own page."""
    if issue.state != State.OPEN:
        return _open("Triage", issue)
    return Button("Triage", f"{reverse('scoping:triage')}?issue={issue.pk}")


def _move(label: str, issue: ScopingIssue, to: State) -> Button:
    fields = (("to", str(to)), ("seen", str(issue.moves)), ("next", reverse("desk:day")))
    return Button(label, reverse("scoping:move", args=[issue.pk]), fields)


def _duty(
    issue: ScopingIssue,
    rank: Class,
    verb: str,
    reason: str,
    button: Button,
    due: date | None = None,
    also: Button | None = None,
) -> Duty:
    return Duty(
        rank=rank,
        verb=verb,
        subject=issue,
        reason=reason,
        button=button,
        also=also,
        due=due,
        worth=issue.expected_value,
        since=issue.entered_state_at,
        owner=issue.engagement_manager,
    )
