"""The dated deeds that promises to a customer are kept by: what was done, when, and by whom.

A deed says in one click what no move of the card says: the call was held, the customer has the
estimate. It may have happened earlier than it is noted (domain.md §2.2, Q-08 to Q-10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.db.transaction import atomic
from django.utils.timezone import localtime

from emdesk.activity.sentences import who
from emdesk.ledger.models import Event
from emdesk.ledger.recording import append, event_of
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.clocks import PAUSED, RESUMED, SCOPING_CALL
from scoping.deeds import DEEDS, NEXT, ON_THE_WAY_TO, PEN_STATES, TAKES_PEN_BACK, Deed
from scoping.models import Meeting, MeetingKind, ScopingIssue

UNDONE = "scoping.deed_undone"
MEETING_HELD = "scoping.meeting_held"
MINUTE = timedelta(minutes=1)
Standing = Mapping[str, Event]


Knows = Callable[[ScopingIssue], Mapping[str, Any]]
knows: dict[str, Knows] = {}
"""By deed, what an upper package knows of it and its event says; it raises :class:`Refused`."""
VERBS = {deed.verb for deed in DEEDS.values()}
BY_HAND = {PAUSED: "Pause", RESUMED: "Resumption"}
HELD = Q(verb=MEETING_HELD, data__kind=SCOPING_CALL)


def standing(*issues: ScopingIssue) -> Mapping[int, Standing]:
    """For each issue the last of each deed that nobody took back, in one query."""
    found: dict[int, list[Event]] = {issue.pk: [] for issue in issues}
    events = Event.objects.filter(
        Q(verb__in=[*VERBS, *BY_HAND, UNDONE]) | HELD,
        subject_type=ScopingIssue._meta.label_lower,
        subject_id__in=list(found),
    )
    for event in events.select_related("actor").order_by("number"):
        found[event.subject_id].append(event)
    return {issue: standing_in(history) for issue, history in found.items()}


def standing_in(history: Sequence[Event]) -> Standing:
    """The same of one issue's events, in order."""
    undone = {event.data["undoes"] for event in history if event.verb == UNDONE}
    return {
        key_of(event): event for event in history if is_deed(event) and event.number not in undone
    }


def is_deed(event: Event) -> bool:
    if event.verb == MEETING_HELD:
        return event.data.get("kind") == SCOPING_CALL
    return event.verb in VERBS or event.verb in BY_HAND


def history_of(*issues: ScopingIssue) -> list[Event]:
    """All that happened to each, oldest first, for what reads more than one thing from it."""
    return list(Event.objects.about(*issues).select_related("actor"))


def key_of(event: Event) -> str:
    """Which deed an event is about."""
    if event.verb == MEETING_HELD:
        return "call_held"
    if event.verb in BY_HAND:
        return f"{event.verb.partition('.')[2]}:{event.data['policy']}"
    leg = event.data.get("leg")
    return f"leg_{leg}" if leg else event.verb.partition(".")[2]


def title_of(event: Event) -> str:
    """What a deed is called, also in the event that took it back."""
    data = event.data
    if "title" in data:
        return str(data["title"])
    if event.verb in BY_HAND:
        return f"{BY_HAND[event.verb]} of {data['name']}"
    return DEEDS[data["deed"] if event.verb == UNDONE else key_of(event)].title


def moment(event: Event) -> datetime:
    """When it happened: as dated, else when it was noted."""
    said = event.data.get("happened_at")
    return datetime.fromisoformat(said) if said else event.at


def customer_holds_pen(done: Standing) -> bool:
    given = done.get("pen_given")
    later = (done[key].number for key in TAKES_PEN_BACK if key in done)
    return given is not None and all(number < given.number for number in later)


def amiss(issue: ScopingIssue, deed: Deed, done: Standing) -> str:
    """Why a deed makes no sense as things stand; empty when it does."""
    if deed.key == "pen_given":
        if issue.state not in PEN_STATES:
            return "There is no SOW to hold a pen over yet. Move it to SOW_WIP first."
        return "The customer holds the pen already." if customer_holds_pen(done) else ""
    if deed.key == "pen_back" and not customer_holds_pen(done):
        return "The customer does not hold the pen."
    return ""


def next_deed(issue: ScopingIssue, done: Standing) -> Deed | None:
    """The first deed of its column that is still to be done."""
    wanted = (key for key in NEXT.get(issue.state, ()) if key not in done)
    return next((DEEDS[key] for key in wanted), None)


def likely_deed(issue: ScopingIssue, target: str, user: User) -> Deed | None:
    """The deed that is likely done when a card goes to this column; without looking it up."""
    deed = ON_THE_WAY_TO.get(target)
    return deed if deed and deed.allowed(issue, user) else None


def offered_deed(issue: ScopingIssue, target: str, user: User) -> Deed | None:
    """The same, if nobody noted it yet."""
    deed = likely_deed(issue, target, user)
    return None if deed and deed.key in standing(issue)[issue.pk] else deed


def note(
    issue: ScopingIssue,
    deed: Deed,
    *,
    by: User,
    at: datetime,
    happened_at: datetime | None = None,
    seen: int | None = None,
) -> Event:
    """Write a deed down. ``seen`` is the number of the last such event the person saw, 0 for none.

    Raises :class:`NotAllowed` and :class:`Refused`, each saying what would help.
    """
    with atomic():
        issue = fresh(issue)
        done = standing(issue)[issue.pk]
        _may(issue, deed, by)
        _not_meanwhile(deed, done, seen)
        if wrong := amiss(issue, deed, done):
            raise Refused(wrong)
        happened = dated(happened_at, at, first=_begun(issue, deed, done)) if happened_at else at
        data: dict[str, Any] = {**deed.data, **date_of(happened, at)}
        if deed.key == "call_held":
            data |= _hold_meeting(issue, happened)
        if deed.key in knows:
            data |= knows[deed.key](issue)
        event = event_of(issue, deed.verb, by=by, at=at, **data)
        append([event])
    return event


def take_back(
    issue: ScopingIssue, number: int, *, by: User, at: datetime, within: timedelta
) -> Event:
    """Undo one's own deed of a moment ago; the leads also undo those of others."""
    with atomic():
        issue = fresh(issue)
        found = [event for event in standing(issue)[issue.pk].values() if event.number == number]
        if not found:
            raise Refused("There is nothing to undo: it was taken back or noted again since.")
        (event,) = found
        if not (by.leads or event.actor_id == by.pk):
            raise NotAllowed(f"{who(event)} noted this and can undo it.")
        if at - event.at > within:
            minutes = int(within.total_seconds() // 60)
            raise Refused(f"This can be undone for {minutes} minutes. Ask a lead to correct it.")
        if "meeting" in event.data:
            Meeting.objects.filter(pk=event.data["meeting"]).update(held_at=None)
        named = {"deed": key_of(event), "title": title_of(event)}
        undone = event_of(issue, UNDONE, by=by, at=at, undoes=number, **named)
        append([undone])
    return undone


def may_take_back(event: Event, by: User, at: datetime, within: timedelta) -> bool:
    return (by.leads or event.actor_id == by.pk) and at - event.at <= within


def _may(issue: ScopingIssue, deed: Deed, by: User) -> None:
    if not deed.allowed(issue, by):
        raise NotAllowed(f"Its EM or a lead notes “{deed.title}”. Ask one, or leave a comment.")
    if not issue.live:
        raise Refused(f"{issue.reference} is closed. Reopen it first.")


def _not_meanwhile(deed: Deed, done: Standing, seen: int | None) -> None:
    """Whoever did not see the last one is told of it instead of noting it a second time."""
    last = done.get(deed.key)
    if seen is not None and last and last.number != seen:
        noted = f"{localtime(last.at):%-d %b, %H:%M}"
        raise Refused(f"{who(last)} noted “{deed.title}” already, on {noted}.")


def dated(happened_at: datetime, at: datetime, *, first: datetime) -> datetime:
    """A date in the past, but not before what it follows; people date by the minute."""
    if happened_at > at:
        raise Refused("This lies in the future. Note it when it has happened.")
    if happened_at + MINUTE <= first:
        start = f"{localtime(first):%-d %b %Y, %H:%M}"
        raise Refused(f"This lies before {start}, when its clock began. Check the date.")
    return max(happened_at, first)


def date_of(happened: datetime, at: datetime) -> dict[str, str]:
    """What an event says of its date, unless it is just now."""
    return {"happened_at": happened.isoformat()} if at - happened >= MINUTE else {}


def _begun(issue: ScopingIssue, deed: Deed, done: Standing) -> datetime:
    if deed.since in done:
        return moment(done[deed.since])
    if deed.entered:
        entry = Event.objects.about(issue).moves().filter(after=deed.entered).last()
        if entry:
            return entry.at
    return issue.created_at


def _hold_meeting(issue: ScopingIssue, happened: datetime) -> dict[str, Any]:
    """The planned call, if there is one that began by then, is the one that was held."""
    planned = issue.meetings.filter(
        kind=MeetingKind.SCOPING_CALL, held_at=None, cancelled_at=None, starts_at__lte=happened
    ).last()
    if planned is None:
        return {}
    Meeting.objects.filter(pk=planned.pk).update(held_at=happened)
    return {"meeting": planned.pk}


def sentence_of(event: Event) -> str:
    """What follows the name of who did it."""
    return f"{DEEDS[key_of(event)].told}{on_date(event)}"


def on_date(event: Event) -> str:
    dated = "happened_at" in event.data
    return f" on {localtime(moment(event)):%-d %b %Y, %H:%M}" if dated else ""
