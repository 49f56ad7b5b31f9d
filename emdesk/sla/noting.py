"""Noting announcements on the clocks they are about: a mark, and when the next one falls."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from emdesk.ledger.models import Event
from emdesk.sla.models import Clock, State
from emdesk.sla.reckoning import Terms
from emdesk.sla.states import BREACH

NOTED = """
UPDATE sla_clock clock
   SET noted = clock.noted || told.mark::smallint, state = told.state, stumbles = 0, resting_until = NULL,
       breached_at = told.breached, next_at = told.next
  FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::timestamptz[], %s::timestamptz[])
       AS told (id, mark, state, breached, next)
 WHERE clock.id = told.id
"""


def note(events: Sequence[Event]) -> None:
    """All events are announcements. One about a clock that went meanwhile is kept by the ledger."""
    about = {(event.subject_type, event.subject_id) for event in events}
    rows = Clock.objects.filter(
        subject_type__in={label for label, _ in about}, subject_id__in={pk for _, pk in about}
    ).prefetch_related("policy", "calendar")
    clocks = {(each.subject_type, each.subject_id, each.key, each.number): each for each in rows}
    changed: dict[int, tuple[object, ...]] = {}
    for event in events:
        place = (event.subject_type, event.subject_id, event.data["policy"], event.data["clock"])
        if clock := clocks.get(place):
            changed[clock.pk] = _noted(clock, event)
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(NOTED, [list(column) for column in zip(*changed.values(), strict=True)])


def _noted(clock: Clock, event: Event) -> tuple[object, ...]:
    mark = event.data["mark"]
    clock.noted = [*clock.noted, mark]
    if mark >= BREACH:
        clock.state = State.BREACHED
        clock.breached_at = clock.breached_at or event.at
    return (
        clock.pk,
        mark,
        str(clock.state),
        clock.breached_at,
        Terms.of(clock).next_mark(clock.noted),
    )
