"""How long issues stay in each column, derived from the ledger, and how long they usually do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db import connection
from django.db.transaction import atomic

from emdesk.copying import copy, maker
from emdesk.ledger.models import Event, EventQuerySet
from emdesk.ledger.recording import Projection
from scoping.models import ScopingIssue, Stay, TypicalStay

LABEL = ScopingIssue._meta.label_lower
make = maker(Stay)
LOOKED_BACK = timedelta(days=365)
ENOUGH = 5
MEASURE = """
SELECT state, count(*),
       percentile_cont(ARRAY[0.5, 0.85]) WITHIN GROUP (
         ORDER BY extract(epoch FROM left_at - entered_at) / 86400)
  FROM scoping_stay
 WHERE left_at > %s AND state <> 'closed'
 GROUP BY state
HAVING count(*) >= %s
"""


def measure(at: datetime) -> None:
    """Take the median and 85th percentile of the last year's finished stays anew."""
    with atomic(), connection.cursor() as cursor:
        cursor.execute(MEASURE, [at - LOOKED_BACK, ENOUGH])
        found = [
            TypicalStay(state=state, stays=stays, median_days=half, p85_days=most, measured_at=at)
            for state, stays, (half, most) in cursor.fetchall()
        ]
        TypicalStay.objects.all().delete()
        TypicalStay.objects.bulk_create(found)


def follow(events: Sequence[Event]) -> None:
    """Keep up with new events: one move directly, many by deriving their issues anew."""
    moves = [event for event in events if event.subject_type == LABEL and event.moved]
    if len(moves) == 1 and not _begins_anew(moves[0]):
        Stay.objects.follow(moves[0])
    elif moves:
        raised = {event.subject_id for event in moves if not event.before}
        told = [event for event in moves if event.subject_id in raised]
        going_on = {event.subject_id for event in moves} - raised
        Stay.objects.filter(issue__in=going_on).delete()
        copy(Stay, derived(sorted(told, key=lambda event: event.subject_id)))
        copy(Stay, derived(_moves().filter(subject_id__in=going_on)))


def rebuild() -> None:
    Stay.objects.all().delete()
    copy(Stay, derived(_moves()))


def differences() -> int:
    kept = Counter(_facts(stay) for stay in Stay.objects.all())
    told = Counter(_facts(stay) for stay in derived(_moves()))
    return ((kept - told) + (told - kept)).total()


def derived(moves: Iterable[Event]) -> list[Stay]:
    """The stays these moves tell of; ``moves`` come by issue, each issue's in order."""
    chains = groupby(moves, key=lambda event: event.subject_id)
    return [stay for _, chain in chains for stay in _stays_of(chain)]


def _stays_of(moves: Iterable[Event]) -> list[Stay]:
    stays: list[Stay] = []
    for event in moves:
        if not event.after:
            stays.clear()
        elif event.verb == "scoping.moved_back":
            stays.pop()
            stays[-1].left_at = None
        else:
            if _begins_anew(event):
                stays.clear()
            if stays:
                stays[-1].left_at = event.at
            at, state = event.at, event.after
            stays.append(make(issue_id=event.subject_id, state=state, entered_at=at))
    return stays


def _begins_anew(event: Event) -> bool:
    """An import that learned the whole history tells it from the start; what it told before goes."""
    return "anew" in event.data


def _moves() -> EventQuerySet:
    return Event.objects.filter(subject_type=LABEL).moves().order_by("subject_id", "number")


def _facts(stay: Stay) -> tuple[object, ...]:
    return stay.issue_id, stay.state, stay.entered_at, stay.left_at


STAYS = Projection("stays in columns", follow, rebuild, differences)
