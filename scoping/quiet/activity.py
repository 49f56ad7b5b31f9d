"""What counts as activity on a scoping issue: the one place that says so.

A person moved it, wrote about it or changed what it says. Giving it to somebody else, watching it
and keeping it open do not; nor does what emdesk does by itself, a sync or an import. But what an
import tells of the time before it counts on the day it happened. Upper packages add their verbs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields import DateTimeField
from django.db.models.functions import Coalesce, Greatest

from emdesk.ledger.models import Event, EventQuerySet, Origin
from scoping.deeds import DEEDS
from scoping.models import Imported, ScopingIssue

LABEL = ScopingIssue._meta.label_lower
ADMITTED = [Origin.PERSON, Origin.DEMO]
COUNTS = {
    "activity.commented": "a note",
    "activity.comment_edited": "a note",
    "files.stored": "a file, such as an estimate or a SOW",
    "scoping.amended": "a change of labels or facts",
    "scoping.triaged": "a verdict in triage",
    "scoping.status_set": "a change of EM_Status",
    "scoping.answered": "an answer",
    "scoping.asked": "a question to the requester",
    "scoping.absorbed": "a duplicate merged into it",
    "scoping.meeting_planned": "a call or meeting",
    "scoping.meeting_held": "a call or meeting",
    "scoping.meeting_noted": "a call or meeting",
    "scoping.meeting_cancelled": "a call or meeting",
    "scoping.scheduling_begun": "the scheduling intake",
    "scoping.scheduling_amended": "the scheduling intake",
    **{deed.verb: "a dated deed, such as a call or an estimate sent" for deed in DEEDS.values()},
}


def counts(*verbs: str, called: str) -> None:
    """What an upper package's event is called, when a person does it."""
    COUNTS.update(dict.fromkeys(verbs, called))


def activity() -> EventQuerySet:
    """Every event that counts by itself: a person's move, and what is named above."""
    found = Event.objects.filter(subject_type=LABEL, actor__isnull=False, origin__in=ADMITTED)
    return found.filter(~Q(before=F("after")) | Q(verb__in=[*COUNTS]))


def is_activity(event: Event) -> bool:
    """The same of one event."""
    by_a_person = event.actor_id is not None and event.origin in ADMITTED
    return by_a_person and (event.before != event.after or event.verb in COUNTS)


def last_activity(issue: ScopingIssue, history: Sequence[Event]) -> datetime:
    """The moment that :func:`with_activity` finds, from all the issue's events in order."""
    done = [event.at for event in history if is_activity(event)]
    told = [event.at for event in history if _told_on_arrival(event, history[0])]
    return max([done[-1] if done else issue.created_at, *told])


def _told_on_arrival(event: Event, came: Event) -> bool:
    moved = event.before != event.after and event.origin == Origin.IMPORT
    return moved and came.recorded_at is not None and event.at <= came.recorded_at


def with_activity(issues: QuerySet[ScopingIssue]) -> QuerySet[Any]:
    """With ``active_at`` and the key of the event that says so, ``activity``.

    Where nobody did anything here, what was imported says it, else when the issue was raised.
    """
    last = activity().filter(subject_id=OuterRef("pk")).order_by("-number")
    done = Coalesce(Subquery(last.values("at")[:1]), F("created_at"))
    told = Case(
        When(Exists(Imported.objects.filter(issue=OuterRef("pk"))), then=Subquery(_imported("at"))),
        default=Value(None),
        output_field=DateTimeField(),
    )
    return issues.annotate(active_at=Greatest(done, told), activity=Subquery(last.values("pk")[:1]))


def _imported(field: str) -> QuerySet[Event]:
    """The last move an import tells of that was made before the issue came here."""
    about = Event.objects.filter(subject_type=LABEL, subject_id=OuterRef("pk"))
    came = Event.objects.filter(subject_type=LABEL, subject_id=OuterRef("subject_id"), number=1)
    told = about.filter(origin=Origin.IMPORT, at__lte=Subquery(came.values("recorded_at")[:1]))
    found: QuerySet[Event] = told.moves().order_by("-at", "-number").values(field)[:1]
    return found
