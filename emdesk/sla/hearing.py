"""Whose clocks new events can change at all, so that most moves cost one look and no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from emdesk.ledger.models import Event
from emdesk.sla.models import LIVE, Clock
from emdesk.sla.signs import OWN, Kind, Sign, Told, Watch

Ran = list[tuple[str, datetime | None]]  # key of each clock, and its end
BEGINS = {Kind.START, Kind.RESTART, Kind.SINCE, Kind.CARRY}
LASTS = {Kind.PAUSE, Kind.RESUME, Kind.TURN}


def touched(watch: Watch, events: Sequence[Event], subjects: set[int]) -> set[int]:
    """Those of these subjects whose rows may differ after the events; none of them is missing."""
    found = {event.subject_id for event in events if _unmakes(watch, event)} & subjects
    asking = subjects - found
    if not asking:
        return found
    ran: dict[int, Ran] = defaultdict(list)
    clocks = Clock.objects.filter(subject_type=watch.label, subject_id__in=asking)
    for subject, key, state, end in clocks.values_list("subject_id", "key", "state", "stopped_at"):
        ran[subject].append((key, None if state in LIVE else end))
    for event in events:
        if event.subject_id in asking:
            signs = watch.read(Told.of(event, event.number))
            if _touches(signs, ran[event.subject_id]):
                found.add(event.subject_id)
    return found


def _unmakes(watch: Watch, event: Event) -> bool:
    return event.verb in OWN or watch.takes_back(event)


def _touches(signs: Sequence[Sign], ran: Ran) -> bool:
    return any(_matters(sign, ran) for sign in signs)


def _matters(sign: Sign, ran: Ran) -> bool:
    if sign.kind in BEGINS:
        return True
    if sign.kind == Kind.STOP and not sign.implied:
        return any(key == sign.about for key, _ in ran)
    if sign.kind in {Kind.STOP, Kind.LEG, Kind.HALT, Kind.GO_ON}:
        return (sign.about, None) in ran
    if sign.kind in LASTS:
        return any(end is None or sign.at <= end for _, end in ran)
    return any(end is None for _, end in ran)
