"""Who hears of what happens to scoping issues, and why (domain.md §12.1)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse
from django.utils.timezone import localdate

from emdesk.approvals.links import link_to
from emdesk.approvals.models import Request
from emdesk.configuration.values import value_of
from emdesk.ledger.models import Event
from emdesk.notifications.audiences import About, Heard, about, hears
from emdesk.notifications.kinds import TALK, By, Tab, kind
from emdesk.notifications.models import Mail
from emdesk.notifications.returned import answers_for
from emdesk.people.models import Role, User
from emdesk.workflow import MOVED_BACK
from scoping.estimating.limits import REVIEW_ABOVE
from scoping.headlines import timed_out
from scoping.models import ScopingIssue
from scoping.states import Review, State

ASSIGNED = kind("assigned", "Work given to you", "An issue becomes yours.", called=True)
READY = kind("ready", "Ready for you", "An estimate, a SOW or an answer you waited for.")
ASKED = kind(
    *("asked", "Decisions asked of you", "A review or an approval waits for your word."),
    tab=Tab.APPROVALS,
)
DECIDED = kind(
    *("decided", "Decisions on your work", "What reviewers and approvers said."),
    tab=Tab.APPROVALS,
)
WARNED = kind("warned", "A promise runs out", "Half or most of its time is used.", tab=Tab.SLA)
BREACHED = kind(
    *("breached", "A promise is broken", "Told at any hour, and also while you are away."),
    tab=Tab.SLA,
    pierces=True,
)
MOVED = kind("moved", "How your issues move", "Steps, holds and closes by others.", By.DIGEST)
CALLS = kind("calls", "Calls and meetings", "Planned, held or cancelled.", By.DIGEST)
FACTS = kind("facts", "Facts of your deals", "Confidence, value, customer information.", By.DIGEST)
QUIET = kind("quiet", "Issues gone quiet", "Nobody works on yours: it closes as lost soon, or did.")
INTAKE = kind("intake", "New requests", "For those who see to triage.", By.DIGEST)

OF_VERSIONS = {f"scoping.estimate_{name}" for name in ("sent", "accepted", "rework")}
LABEL = ScopingIssue._meta.label_lower
LINE_ABOVE = "engagement_manager__reports_to__reports_to__reports_to"
NAMED = {
    "technical_architect": "you are its technical architect",
    "delivery_manager": "you are its delivery manager",
    "project_manager": "you are its project manager",
}


def load_issues(pks: Collection[int]) -> Iterable[ScopingIssue]:
    """With account, team and those above the EM, in one query."""
    members = ScopingIssue.account_team.through._base_manager
    team = members.filter(scopingissue=OuterRef("pk")).order_by("user").values("user")
    found = ScopingIssue._base_manager.filter(pk__in=pks).select_related("account", LINE_ABOVE)
    return found.annotate(team=ArraySubquery(team))


links: dict[str, Callable[[Event], str]] = {}  # where notices of an upper package's verbs lead


def link(event: Event, subject: Any) -> str:
    if event.verb in links:
        return links[event.verb](event)
    if event.verb == "activity.commented":
        return reverse("activity:show", args=[event.data["comment"]])
    if event.verb.startswith("approvals."):
        return link_to(event.data["request"], event.at)
    if event.verb == "scoping.fell_silent":
        return reverse("scoping:keep", args=[event.subject_id])
    if event.verb in OF_VERSIONS:
        return reverse("scoping:estimate_version", args=[event.subject_id, event.data["version"]])
    return str(subject.get_absolute_url())


about(
    LABEL,
    About(load_issues, ScopingIssue.objects.visible_to, link, lambda issue: str(issue.title)),
)


def responsible(mail: Mail) -> Iterable[User]:
    """A mail about an issue that came back is its EM's to know."""
    about = mail.event.subject_id if mail.event else 0
    return User.objects.active().filter(scoping_issues=about)


answers_for(LABEL, responsible)


# Whom an issue concerns.


def manager(issue: Any, kind: str) -> Heard:
    return Heard("you are its engagement manager", kind, [issue.engagement_manager_id])


def account_team(issue: Any, kind: str) -> Iterator[Heard]:
    yield Heard("you asked for it", kind, [issue.requester_id])
    yield Heard("you are on its account team", kind, issue.team)


def everybody_on(issue: Any, kind: str) -> Iterator[Heard]:
    yield manager(issue, kind)
    yield from account_team(issue, kind)
    for field, because in NAMED.items():
        yield Heard(because, kind, [getattr(issue, f"{field}_id")])


def changed_to(event: Event, field: str) -> Any:
    """What a field was set to by this event; None when it was not."""
    return event.data.get("changed", {}).get(field, [None, None])[1]


# Coming in.


@hears("scoping.opened")
def opened(event: Event, issue: Any) -> Iterator[Heard]:
    yield Heard("you asked for it", INTAKE, [issue.requester_id])
    if issue.engagement_manager_id:
        yield Heard("it was raised for you", ASSIGNED, [issue.engagement_manager_id])
    else:
        yield Heard("you see to triage", INTAKE, roles=[Role.EM_LEAD])


@hears("scoping.triaged", "scoping.assigned", "scoping.amended")
def given(event: Event, issue: Any) -> Iterator[Heard]:
    """Who is named on it by this event, then whom the EM's name interests."""
    if new := changed_to(event, "engagement_manager_id"):
        yield Heard("it is yours now", ASSIGNED, [new])
        yield from account_team(issue, MOVED)
    for field, because in NAMED.items():
        review = ASKED if field != "project_manager" else ASSIGNED
        yield Heard(because, review, [changed_to(event, f"{field}_id")])


@hears("scoping.asked", "scoping.clock_paused", "scoping.clock_resumed")
def asked(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, FACTS)


@hears("scoping.answered")
def answered(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, READY)


@hears("scoping.ask_failed")
def ask_failed(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, READY)
    if issue.engagement_manager_id is None:
        yield Heard("you see to triage", READY, roles=[Role.EM_LEAD])


# Moving.


@hears("scoping.send_estimate", "scoping.estimate_delivered", "scoping.draft_delivered")
def ready(event: Event, issue: Any) -> Iterator[Heard]:
    yield from account_team(issue, READY)
    yield from everybody_on(issue, MOVED)


@hears(
    *("scoping.rework_estimate", "scoping.intent_confirmed", "scoping.content_final"),
    *("scoping.pen_given", "scoping.pen_back"),
)
def feedback(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, READY)
    yield from account_team(issue, MOVED)


@hears("scoping.ask_account_team")
def waits_for_the_account_team(event: Event, issue: Any) -> Iterator[Heard]:
    yield from account_team(issue, READY)
    yield manager(issue, MOVED)


@hears("scoping.reminded")
def reminded(event: Event, issue: Any) -> Iterator[Heard]:
    yield from account_team(issue, ASKED)
    yield Heard(NAMED["technical_architect"], ASKED, [issue.technical_architect_id])


@hears("scoping.request_approval")
def approval_asked(event: Event, issue: Any) -> Iterator[Heard]:
    """Where emdesk asks them about the SOW itself, that is said once."""
    if not Request.objects.about(issue).waiting().exists():
        yield Heard("you approve SOWs", ASKED, roles=[Role.PS_LEADERSHIP])
        yield Heard("you review revenue", ASKED, roles=[Role.REVENUE])
    yield from everybody_on(issue, MOVED)


@hears("scoping.approve", "scoping.return_sow", "scoping.reopen_sow")
def decided(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, DECIDED)
    if event.after == State.APPROVED:
        yield Heard("you stamp what is approved", ASKED, roles=[Role.LEGAL])
    yield from account_team(issue, MOVED)


@hears("scoping.stamped_sow_sent", "scoping.leg_done")
def out_for_signature(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, DECIDED)
    if event.verb == "scoping.stamped_sow_sent":
        yield from account_team(issue, READY)
        yield Heard("you book signed deals", READY, roles=[Role.DEAL_DESK])


@hears("scoping.fell_silent", "scoping.lose")
def quiet(event: Event, issue: Any) -> Iterator[Heard]:
    """Before the two-months rule closes it, and when it did."""
    if event.verb == "scoping.fell_silent" or timed_out(event):
        yield manager(issue, QUIET)
        if issue.engagement_manager_id is None:
            yield Heard("nobody has it and you see to triage", QUIET, roles=[Role.EM_LEAD])


@hears(
    "scoping.start_strawman",
    "scoping.start_sow",
    "scoping.revise_scope",
    "scoping.hold",
    "scoping.resume",
    "scoping.win",
    "scoping.lose",
    "scoping.dismiss",
    "scoping.reopen",
    "scoping.absorbed",
    "scoping.revived",
    f"scoping.{MOVED_BACK}",
    "scoping.deed_undone",
)
def moved(event: Event, issue: Any) -> Iterator[Heard]:
    yield from everybody_on(issue, MOVED)


# Talk, calls and facts.


@hears("activity.commented")
def talk(event: Event, subject: Any) -> Iterator[Heard]:
    if isinstance(subject, ScopingIssue):
        yield from everybody_on(subject, TALK)


@hears(
    "scoping.meeting_planned",
    "scoping.meeting_held",
    "scoping.meeting_cancelled",
    "scoping.call_held",
)
def calls(event: Event, issue: Any) -> Iterator[Heard]:
    yield from everybody_on(issue, CALLS)


@hears("scoping.amended")
def facts(event: Event, issue: Any) -> Iterator[Heard]:
    old, new = event.data.get("changed", {}).get("expected_value", [None, None])
    if new:
        yield from _over_the_threshold(event, issue, Decimal(old or 0), Decimal(new))
    for field in ("architect_review", "delivery_review"):
        if changed_to(event, field) == Review.APPROVED:
            yield manager(issue, DECIDED)
    yield manager(issue, FACTS)


def _over_the_threshold(event: Event, issue: Any, old: Decimal, new: Decimal) -> Iterator[Heard]:
    above = value_of(REVIEW_ABOVE, localdate(event.at))
    if old <= above < new:
        because = f"it is over {above:,.0f} now, which needs the architect's review"
        yield Heard(because, ASKED, [issue.technical_architect_id])
        yield Heard(because, READY, [issue.engagement_manager_id])


@hears("scoping.scheduling_begun", "scoping.scheduling_amended")
def scheduling(event: Event, issue: Any) -> Iterator[Heard]:
    yield Heard(NAMED["project_manager"], READY, [issue.project_manager_id])
    yield manager(issue, FACTS)
