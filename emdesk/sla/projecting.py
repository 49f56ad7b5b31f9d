"""Clocks as a projection of the ledger.

A subject's clocks are always derived from its whole story, so a batch, one event after the other
and a rebuild come to the same rows. Only an announcement is noted without reading the story:
it changes nothing but what was announced.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain as joined
from itertools import groupby, islice
from typing import Any

from django.db import connection
from django.db.models import F, Q

from emdesk.copying import copy
from emdesk.ledger.models import Event, EventQuerySet
from emdesk.ledger.recording import Projection
from emdesk.sla.course import QUIET, course_of
from emdesk.sla.hearing import touched
from emdesk.sla.models import Clock
from emdesk.sla.noting import note
from emdesk.sla.reckoning import clock_of
from emdesk.sla.rows import facts, write
from emdesk.sla.settling import Settled
from emdesk.sla.signs import ANNOUNCEMENTS, COLUMNS, OWN, Chain, Told, Watch, labels, watched
from emdesk.sla.versions import Versions

BATCH = 1_000
Known = dict[tuple[int, int], datetime]
KNOWN = """
SELECT subject_id, number, recorded_at FROM ledger_event
 WHERE subject_type = %s AND subject_id = ANY(%s)
"""


def follow(events: Sequence[Event]) -> None:
    """Keep up with new events; those that say nothing to clocks cost nothing."""
    if all(event.verb in ANNOUNCEMENTS for event in events):
        note(events)
        return
    for label in {event.subject_type for event in events}:
        if watch := watched(label):
            _follow(watch, [event for event in events if event.subject_type == label])


def _follow(watch: Watch, events: Sequence[Event]) -> None:
    heard = [event for event in events if event.verb in OWN or watch.matters(event)]
    if not heard:
        return
    gone = {event.subject_id for event in heard if event.moved and not event.after}
    raised = {event.subject_id for event in heard if event.moved and not event.before}
    if gone:
        Clock.objects.filter(subject_type=watch.label, subject_id__in=gone).delete()
    if raised:
        copy(Clock, _derived(watch, _new_chains(watch, events, raised)))
    going_on = {event.subject_id for event in heard} - raised - gone
    if going_on and (changed := touched(watch, heard, going_on)):
        rederive(watch, changed)


def rederive(watch: Watch, subjects: Iterable[int]) -> None:
    """Bring the clocks of these subjects to what their whole story says."""
    subjects = set(subjects)
    write(watch.label, subjects, list(_derived(watch, stories(watch, subjects))))


def rebuild() -> None:
    Clock.objects.all().delete()
    for label in labels():
        if watch := watched(label):
            for batch in _batches(_chains(_stored(watch))):
                copy(Clock, _derived(watch, batch))


def differences() -> int:
    kept = Counter(facts(clock) for clock in Clock.objects.iterator())
    told: Counter[Any] = Counter()
    for label in labels():
        if watch := watched(label):
            for batch in _batches(_chains(_stored(watch))):
                told.update(facts(clock) for clock in _derived(watch, batch, keep=False))
    return ((kept - told) + (told - kept)).total()


def stories(watch: Watch, subjects: Iterable[int]) -> Iterator[tuple[int, Chain]]:
    """What the ledger tells of these subjects, as far as clocks hear it."""
    return _chains(_stored(watch).filter(subject_id__in=set(subjects)))


def _stored(watch: Watch) -> EventQuerySet:
    """The events that matter, each subject's in order."""
    moved = ~Q(before=F("after"))
    found = Event.objects.filter(subject_type=watch.label)
    return found.filter(moved | Q(verb__in=OWN) | watch.stored).order_by("subject_id", "number")


def _chains(events: EventQuerySet) -> Iterator[tuple[int, Chain]]:
    rows = events.values_list("subject_id", *COLUMNS).iterator(chunk_size=5_000)
    for subject, told in groupby(rows, key=lambda row: row[0]):
        story = [Told(*row[1:]) for row in told]
        if not (story[-1].moved and not story[-1].after):
            yield subject, story


def _new_chains(
    watch: Watch, events: Sequence[Event], raised: set[int]
) -> Iterator[tuple[int, Chain]]:
    """The stories of subjects that begin here, without asking for what was just written."""
    stories: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        if event.subject_id in raised:
            stories[event.subject_id].append(event)
    quiet = [subject for subject, own in stories.items() if own[0].origin in QUIET]
    known = _known(watch, quiet) if quiet else {}
    for subject, own in stories.items():
        numbered = enumerate(own, 1)
        yield (
            subject,
            [Told.of(each, place, known.get((subject, place))) for place, each in numbered],
        )


def _known(watch: Watch, subjects: list[int]) -> Known:
    """When the database had what came in from elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [watch.label, subjects])
        return {(subject, number): at for subject, number, at in cursor.fetchall()}


def _derived(
    watch: Watch, stories: Iterable[tuple[int, Chain]], *, keep: bool = True
) -> Iterator[Clock]:
    """The clocks these stories tell of. Without ``keep`` nothing is settled for ever."""
    versions, label = Versions(), watch.label
    courses = [(subject, course_of(chain, watch)) for subject, chain in stories]
    settled = Settled(watch, versions, courses, keep=keep)
    for subject, course in courses:
        for cycle in course.cycles:
            policy = settled.policy(cycle)
            if policy is not None:
                calendar = settled.calendar(subject, cycle, policy)
                legs = watch.legs.get(cycle.key, ())
                yield clock_of((label, subject), cycle, course, policy, calendar, legs)


def _batches(chains: Iterator[tuple[int, Chain]]) -> Iterator[Iterator[tuple[int, Chain]]]:
    for first in chains:
        yield joined([first], islice(chains, BATCH - 1))


CLOCKS = Projection("clocks", follow, rebuild, differences)
