"""Who hears of what happens to statements of work, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from emdesk.ledger.models import Event
from emdesk.notifications.audiences import Heard, headlines, hears
from emdesk.notifications.kinds import MENTION, TALK
from scoping.notices import ASKED as DECISIONS
from scoping.notices import FACTS, READY, everybody_on, links, manager
from sow.commenting import COMMENTED, REOPENED, RESOLVED
from sow.pen import ASKED, BACK, TAKEN_OVER
from sow.redlines import REDLINED
from sow.reviewing import REVIEW_ANSWERED


@hears(COMMENTED)
def commented(event: Event, issue: Any) -> Iterator[Heard]:
    yield Heard("you are mentioned", MENTION, event.data["mentions"])
    yield from everybody_on(issue, TALK)


@hears(RESOLVED, REOPENED)
def settled(event: Event, issue: Any) -> Iterator[Heard]:
    yield Heard("you wrote the comment", TALK, [event.data["author"]])


@hears(ASKED)
def pen_asked(event: Event, issue: Any) -> Iterator[Heard]:
    """Whoever holds it; where it lies with a party, the EM brings it back."""
    yield Heard("you hold the pen", DECISIONS, [event.data.get("holder")])
    yield manager(issue, READY)


@hears(BACK)
def pen_back(event: Event, issue: Any) -> Iterator[Heard]:
    yield Heard("you asked for the pen", READY, [event.data.get("asked")])
    yield manager(issue, READY)


@hears(TAKEN_OVER)
def pen_taken_over(event: Event, issue: Any) -> Iterator[Heard]:
    yield Heard("you held the pen", READY, [event.data.get("was")])


@hears(REDLINED)
def redlined(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, READY)
    yield from everybody_on(issue, FACTS)


@hears(REVIEW_ANSWERED)
def answered(event: Event, issue: Any) -> Iterator[Heard]:
    yield Heard("you sent it to the customer", READY, [event.data["sender"]])
    yield manager(issue, READY)
    yield from everybody_on(issue, FACTS)


headlines(
    {
        COMMENTED: lambda event: f"a comment on “{event.data['title']}”",
        RESOLVED: "a comment is resolved",
        REOPENED: "a comment is open again",
        ASKED: lambda event: f"the pen of {event.data['sow']} is asked for",
        BACK: lambda event: f"the pen of {event.data['sow']} is back",
        TAKEN_OVER: lambda event: f"the pen of {event.data['sow']} was taken over",
        REVIEW_ANSWERED: lambda event: f"{event.data['who']} answered about {event.data['sow']}",
        REDLINED: lambda event: f"{event.data['author']} changed {event.data['sow']}",
    }
)


def _at_the_sow(event: Event) -> str:
    return reverse("sow:statement", args=[event.subject_id])


def _at_the_comments(event: Event) -> str:
    return f"{_at_the_sow(event)}#comments"


def _at_the_changes(event: Event) -> str:
    return reverse("sow:redline", args=[event.subject_id, event.data["redline"]])


links[REDLINED] = _at_the_changes
links.update(dict.fromkeys((ASKED, BACK, TAKEN_OVER, REVIEW_ANSWERED), _at_the_sow))
links.update(dict.fromkeys((COMMENTED, RESOLVED, REOPENED), _at_the_comments))
