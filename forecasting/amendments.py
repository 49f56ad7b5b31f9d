"""Later corrections of frozen quarters: a projection of the ledger.

A frozen quarter keeps its figures. Whenever an event changes whether, or how, an issue counts in
one, that is an amendment, numbered in the order of the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from emdesk.activity.sentences import describe
from emdesk.ledger.models import Event
from emdesk.ledger.recording import Projection
from forecasting.models import Amendment, Freeze
from scoping.models import ScopingIssue
from scoping.states import CloseReason, Outcome
from scoping.win_rate import Tally
from scoping.win_rate_axes import Basis

LABEL = ScopingIssue._meta.label_lower
FROZEN = "forecasting.quarter_frozen"
COUNTING = ("outcome", "close_quarter")
Standing = dict[str, str]


def follow(events: Sequence[Event]) -> None:
    touching = [event for event in events if event.subject_type == LABEL and _turned(event)]
    if touching and (freezes := list(Freeze.objects.all())):
        Amendment.objects.bulk_create(_derived(touching, freezes))


def rebuild() -> None:
    Amendment.objects.all().delete()
    Amendment.objects.bulk_create(_told())


def differences() -> int:
    kept = Counter(_facts(row) for row in Amendment.objects.all())
    told = Counter(_facts(row) for row in _told())
    return ((kept - told) + (told - kept)).total()


def _told() -> list[Amendment]:
    freezes = list(Freeze.objects.order_by("at"))
    if not freezes:
        return []
    frozen = Event.objects.about(*freezes).filter(verb=FROZEN)
    begun = dict(frozen.values_list("subject_id", "pk"))
    since = Event.objects.filter(
        subject_type=LABEL, pk__gt=min(begun.values()), data__changed__has_any_keys=COUNTING
    )
    told = _derived(list(since.order_by("pk")), freezes)
    return [row for row in told if row.event_id > begun[row.freeze_id]]


def _derived(events: Sequence[Event], freezes: Sequence[Freeze]) -> list[Amendment]:
    found = []
    for event, was, now in _turns(events):
        for freeze in freezes:
            before, after = (_counts(each, freeze.quarter) for each in (was, now))
            if before != after:
                found.append(Amendment(freeze=freeze, event=event, was=before, now=after))
    return found


def _counts(standing: Standing, quarter: str) -> str:
    return standing["outcome"] if standing["close_quarter"] == quarter else ""


def _turns(events: Sequence[Event]) -> list[tuple[Event, Standing, Standing]]:
    """How each event left its issue and how it found it, told back from how the issue is now.

    A row may not be saved yet when its event is heard, so what events say comes first.
    """
    rows = ScopingIssue._base_manager.filter(pk__in={event.subject_id for event in events})
    states: dict[int, Standing] = {pk: dict.fromkeys(COUNTING, "") for pk in _subjects(events)}
    states |= {row.pop("pk"): row for row in rows.values("pk", *COUNTING)}
    for event in events:
        states[event.subject_id].update({name: new for name, (_, new) in _turned(event).items()})
    found = []
    for event in reversed(events):
        state = states[event.subject_id]
        now = dict(state)
        state.update({name: old for name, (old, _) in _turned(event).items()})
        found.append((event, dict(state), now))
    return found[::-1]


def _subjects(events: Iterable[Event]) -> set[int]:
    return {event.subject_id for event in events}


def _turned(event: Event) -> dict[str, list[Any]]:
    changed = event.data.get("changed") or {}
    return {name: changed[name] for name in COUNTING if name in changed}


def _facts(row: Amendment) -> tuple[object, ...]:
    return row.freeze_id, row.event_id, row.was, row.now


AMENDMENTS = Projection("corrections of frozen quarters", follow, rebuild, differences)


# As a page shows them.


@dataclass(frozen=True)
class Corrected:
    """One amendment: what it made of the win rate, in the order of their numbers."""

    number: int
    issue: ScopingIssue | None
    was: str
    now: str
    at: datetime
    sentence: str
    reason: str
    before: Decimal | None
    after: Decimal | None


def corrections(freeze: Freeze) -> list[Corrected]:
    """From the figures as frozen, each correction by itself; in a fixed number of queries."""
    rows = list(freeze.amendments.select_related("event__actor").order_by("event"))
    issues = ScopingIssue._base_manager.in_bulk([row.event.subject_id for row in rows])
    frozen = freeze.tally(Basis.ISSUES)
    standing, found = Tally(won=frozen.won, lost=frozen.lost), []
    for number, row in enumerate(rows, 1):
        before = standing.rate
        _count(standing, row.was, -1)
        _count(standing, row.now, 1)
        found.append(
            Corrected(
                number=number,
                issue=issues.get(row.event.subject_id),
                was=_named(row.was),
                now=_named(row.now),
                at=row.event.at,
                sentence=describe(row.event),
                reason=_reason(row.event),
                before=before,
                after=standing.rate,
            )
        )
    return found


def _count(tally: Tally, outcome: str, by: int) -> None:
    if outcome == Outcome.WON:
        tally.won += by
    elif outcome == Outcome.LOST:
        tally.lost += by


def _named(outcome: str) -> str:
    return str(Outcome(outcome).label) if outcome else "Not counted"


def _reason(event: Event) -> str:
    """Why, in the words of whoever did it."""
    told = str(event.data.get("reason", "")), str(event.data.get("note", ""))
    named = CloseReason(told[0]).label if told[0] in CloseReason.values else told[0]
    return ": ".join(each for each in (str(named), told[1]) if each)
