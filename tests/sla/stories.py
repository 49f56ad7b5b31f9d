"""Telling stories of issues to the real application, with a pencil's record beside them."""

from __future__ import annotations

from datetime import timedelta

from emdesk.ledger.models import Event
from emdesk.ledger.recording import record
from emdesk.sla.models import Clock
from emdesk.sla.signs import ANNOUNCEMENTS
from tests.factories import NOON, make_ready_issue

HOUR = timedelta(hours=1)
DEEDS = {
    "contact": "scoping.reminded",
    "call": "scoping.call_held",
    "estimate": "scoping.estimate_delivered",
    "intent": "scoping.intent_confirmed",
    "draft": "scoping.draft_delivered",
    "final": "scoping.content_final",
    "sent": "scoping.stamped_sow_sent",
    "pen": "scoping.pen_given",
    "pen back": "scoping.pen_back",
    "halt": "scoping.clock_paused",
    "go on": "scoping.clock_resumed",
}


def deed(issue, name, at=NOON, *, by=None, on=None, **data):
    """Note a dated deed; ``on`` is the date a person gave it."""
    dated = {"happened_at": on.isoformat()} if on else {}
    return record(issue, DEEDS[name], by=by or issue.engagement_manager, at=at, **dated, **data)


def take_back(issue, event, at=NOON):
    return record(
        issue, "scoping.deed_undone", by=issue.engagement_manager, at=at, undoes=event.number
    )


def clock(issue, key):
    """The newest clock of an issue for one promise."""
    return Clock.objects.about(issue).filter(key=key).select_related("policy").order_by("pk").last()


def clocks(issue):
    return list(Clock.objects.about(issue).select_related("policy").order_by("key", "number"))


def called(at=NOON, **fields):
    """An issue whose scoping call was held."""
    issue = make_ready_issue(at=at, **fields)
    deed(issue, "call", at)
    return issue


def announced(*subjects):
    """What the ledger says was announced about these, in order."""
    found = Event.objects.about(*subjects).filter(verb__in=ANNOUNCEMENTS)
    return [(event.verb, event.data["policy"], event.data["mark"]) for event in found]
