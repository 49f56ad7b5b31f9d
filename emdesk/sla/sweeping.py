"""Telling the ledger which marks were reached: each once, however many sweep at the same time.

A batch is one transaction: subjects are locked first, as every writer does, and those that
somebody else holds are left for the next pass. What a clock is due for is asked again under the
lock. After downtime one pass catches up: marks that a later one overtook are folded into it.
A clock that fails rests for a while and keeps nobody else waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.apps import apps
from django.db.models import F, Q
from django.db.transaction import atomic

from emdesk.ledger.models import Event
from emdesk.ledger.recording import append, event_about
from emdesk.sla.models import Clock
from emdesk.sla.reckoning import Terms
from emdesk.sla.signs import BREACHED, ESCALATED, WARNED
from emdesk.sla.states import BREACH

BATCH = 200
LONGEST = timedelta(seconds=20)
ON_TIME = timedelta(minutes=2)
REST, LONGEST_REST = timedelta(minutes=1), timedelta(hours=1)
log = logging.getLogger(__name__)


@dataclass
class Swept:
    """What a pass came to, in clocks, and whether it came to its end."""

    announced: int = 0
    stumbled: int = 0
    finished: bool = False


def sweep(at: datetime, longest: timedelta = LONGEST) -> Swept:
    """Announce every mark that was reached by ``at``, a moment of the database's clock.

    After ``longest`` it stops between two batches; another pass goes on where it stopped.
    """
    swept = Swept()
    last: tuple[datetime, int] | None = None
    began = monotonic()
    while monotonic() - began < longest.total_seconds():
        batch = _next(at, last)
        if not batch:
            swept.finished = True
            break
        last = batch[-1]
        keys = [pk for _, pk in batch]
        try:
            swept.announced += announce(keys, at)
        except Exception:
            log.exception("A batch of clocks failed; each is tried by itself.")
            _one_by_one(keys, at, swept)
    return swept


def announce(keys: Sequence[int], at: datetime) -> int:
    """Announce what these clocks are due for, together or not at all; how many were."""
    with atomic():
        clocks = _locked(keys, at)
        events = [event for clock in clocks if (event := announcement(clock, at))]
        if events:
            append(events)
    return len(events)


def announcement(clock: Clock, at: datetime) -> Event | None:
    """The event that tells of the highest mark reached, and names those it overtook."""
    marks = Terms.of(clock).passed(clock.noted, at)
    if not marks:
        return None
    mark, reached = marks[-1]
    policy = clock.policy
    return event_about(
        (clock.subject_type, clock.subject_id),
        WARNED if mark < BREACH else BREACHED if mark == BREACH else ESCALATED,
        by=None,
        at=at,
        policy=clock.key,
        name=policy.name,
        clock=clock.number,
        mark=mark,
        folded=[each for each, _ in marks[:-1]],
        reached=reached.isoformat(),
        late=at - reached > ON_TIME,
        started=clock.started_at.isoformat(),
        due=clock.due_at.isoformat() if clock.due_at else None,
        turn=clock.turn,
        tells=policy.tells_at_last([each for each, _ in marks]),
    )


def _next(at: datetime, after: tuple[datetime, int] | None) -> list[tuple[datetime, int]]:
    """The next clocks of this pass; none is looked at twice."""
    due = Clock.objects.due_for_a_mark(at)
    if after:
        due = due.filter(Q(next_at__gt=after[0]) | Q(next_at=after[0], pk__gt=after[1]))
    found: Any = due.order_by("next_at", "pk").values_list("next_at", "pk")[:BATCH]
    return list(found)


def _locked(keys: Sequence[int], at: datetime) -> list[Clock]:
    """Those that are still due, their subjects locked. What somebody else holds is left out."""
    about = Clock.objects.filter(pk__in=keys).values_list("subject_type", "subject_id")
    found: list[Clock] = []
    of: dict[str, set[int]] = {}
    for label, subject in about:
        of.setdefault(label, set()).add(subject)
    for label, subjects in sorted(of.items()):
        rows = apps.get_model(label)._base_manager.filter(pk__in=subjects).order_by("pk")
        mine = rows.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
        due = Clock.objects.due_for_a_mark(at).filter(
            pk__in=keys, subject_type=label, subject_id__in=list(mine)
        )
        found += due.prefetch_related("policy", "calendar").order_by("pk")
    return found


def _one_by_one(keys: Sequence[int], at: datetime, swept: Swept) -> None:
    for pk in keys:
        try:
            swept.announced += announce([pk], at)
        except Exception:
            log.exception("Clock %s failed and rests for a while.", pk)
            swept.stumbled += 1
            _let_rest(pk, at)


def _let_rest(pk: int, at: datetime) -> None:
    clock = Clock.objects.filter(pk=pk)
    stumbles = clock.values_list("stumbles", flat=True).first() or 0
    rest = min(REST * 2**stumbles, LONGEST_REST)
    clock.update(stumbles=F("stumbles") + 1, resting_until=at + rest)
