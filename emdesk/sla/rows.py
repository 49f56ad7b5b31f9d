"""Bringing stored clocks to what they should be, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from emdesk.copying import copy
from emdesk.sla.models import Clock

DERIVED = (
    *("policy_id", "calendar_id", "state", "started_at", "due_at", "paused_at", "stopped_at"),
    *("breached_at", "pauses", "legs", "turn", "noted", "next_at"),
)
CHANGED = [name.removesuffix("_id") for name in DERIVED]
Key = tuple[int, str, int]


def facts(clock: Clock) -> tuple[Any, ...]:
    """What the ledger says of a clock, to compare."""
    values = (getattr(clock, name) for name in DERIVED)
    return (clock.subject_type, *key_of(clock), *map(_comparable, values))


def _comparable(value: Any) -> Any:
    return repr(value) if isinstance(value, list) else value


def key_of(clock: Clock) -> Key:
    return clock.subject_id, clock.key, clock.number


def write(label: str, subjects: Iterable[int], derived: Sequence[Clock]) -> None:
    """Replace the clocks of these subjects. Ended ones go first: only one of a kind is live."""
    stored = Clock.objects.filter(subject_type=label, subject_id__in=subjects)
    have = {key_of(clock): clock for clock in stored}
    want = {key_of(clock): clock for clock in derived}
    changed = []
    for key, clock in want.items():
        old = have.get(key)
        if old and facts(old) != facts(clock):
            clock.pk = old.pk
            changed.append(clock)
    gone = [clock.pk for key, clock in have.items() if key not in want]
    if gone:
        Clock.objects.filter(pk__in=gone).delete()
    for live in (False, True):
        if rows := [clock for clock in changed if clock.live == live]:
            _update(rows)
    copy(Clock, [clock for key, clock in want.items() if key not in have])


def _update(rows: Sequence[Clock]) -> None:
    if len(rows) == 1:
        rows[0].save(update_fields=CHANGED)
    else:
        Clock.objects.bulk_update(rows, CHANGED, batch_size=500)
