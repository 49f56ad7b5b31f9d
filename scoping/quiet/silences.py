"""Who has been silent for how long, read from the ledger in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from emdesk.configuration.definitions import Definition, register
from emdesk.configuration.values import value_of
from emdesk.ledger.models import Event
from scoping.models import ScopingIssue
from scoping.models.finding import ScopingIssueQuerySet
from scoping.quarters import FiscalCalendar
from scoping.quiet.activity import LABEL, last_activity, with_activity
from scoping.quiet.days import SIX_WEEKS, Keep, Mark, Silence, Told, held_until
from scoping.states import State

KEPT, WARNED = "scoping.kept", "scoping.fell_silent"
GRACE = "quiet_grace_days"
MARGIN = timedelta(days=2)  # a day may have 25 hours
Heard = tuple[Keep | None, tuple[Told, ...]]  # the last keep, and every notice
READ = (
    *("pk", "state", "entered_state_at", "review_date", "active_at", "activity"),
    *("expected_value", "currency"),
)

register(
    Definition(
        key=GRACE,
        name="Days of grace after two months without activity",
        help="For this long an issue stays open after its two months, counted from the first notice.",
        default=14,
        field=lambda: forms.IntegerField(min_value=1, max_value=90),
    )
)


@dataclass(frozen=True)
class Quiet:
    """A live issue nobody works on: what the rule knows of it. ``activity`` is an event's key."""

    today: date

    pk: int
    silence: Silence
    activity: int | None
    value: Decimal | None
    currency: str


class Calendar:
    """The days of the rule: which it is now, and how long grace is."""

    def __init__(self, at: datetime) -> None:
        self.fiscal = FiscalCalendar()
        self.today = self.fiscal.day_at(at)
        self.grace: int = value_of(GRACE, self.today)


def silent(
    issues: ScopingIssueQuerySet, at: datetime, *, ahead: timedelta = timedelta()
) -> list[Quiet]:
    """Those whose first mark falls by tonight, or in as many days ``ahead``; first to close first."""
    found = with_activity(issues.live()).filter(active_at__lt=at - SIX_WEEKS + ahead + MARGIN)
    rows = _rows(found)
    if not rows:
        return []
    calendar = Calendar(at)
    quiet = _quiets(rows, calendar)
    until = calendar.today + ahead
    reached = [each for each in quiet if each.silence.marks[0][1] <= until or each.silence.kept]
    return sorted(reached, key=lambda each: (each.silence.closes_on(calendar.today), each.pk))


def quiets(issues: QuerySet[Any], calendar: Calendar) -> list[Quiet]:
    """The silence of each of these issues, which are :func:`with_activity`."""
    return _quiets(_rows(issues), calendar)


def _rows(issues: QuerySet[Any]) -> list[Any]:
    return list(issues.order_by().values_list(*READ))


def _quiets(rows: Sequence[Any], calendar: Calendar) -> list[Quiet]:
    said = _said([row[0] for row in rows], calendar)
    return [_quiet(row, calendar, *said[row[0]]) for row in rows]


def silence_in(history: Sequence[Event], issue: ScopingIssue, calendar: Calendar) -> Silence:
    """The same of one issue, from all its events in order."""
    keep, told = _heard(history, calendar)
    row = (issue.state, issue.entered_state_at, issue.review_date, last_activity(issue, history))
    return Silence(_active_on(calendar, *row), calendar.grace, keep, told)


def _said(pks: Sequence[int], calendar: Calendar) -> dict[int, Heard]:
    """The last keep and every notice, by issue."""
    about = Event.objects.filter(subject_type=LABEL, verb__in=[KEPT, WARNED], subject_id__in=pks)
    events = defaultdict[int, list[Event]](list)
    for event in about.order_by("subject_id", "number"):
        events[event.subject_id].append(event)
    return {pk: _heard(events[pk], calendar) for pk in pks}


def _heard(history: Sequence[Event], calendar: Calendar) -> Heard:
    """Of events in order."""
    kept = [event for event in history if event.verb == KEPT]
    told = tuple(_told(event.data) for event in history if event.verb == WARNED)
    return _keep(kept[-1], calendar) if kept else None, told


def _keep(event: Event, calendar: Calendar) -> Keep:
    until = date.fromisoformat(event.data["until"])
    return Keep(until, calendar.fiscal.day_at(event.at), event.data["reason"])


def _told(data: dict[str, Any]) -> Told:
    due, night = date.fromisoformat(data["due"]), date.fromisoformat(data["night"])
    return Told(Mark(data["mark"]), due, night)


def _quiet(
    row: Sequence[Any], calendar: Calendar, keep: Keep | None, told: tuple[Told, ...]
) -> Quiet:
    pk, state, entered_at, review, active_at, activity, value, currency = row
    active_on = _active_on(calendar, state, entered_at, review, active_at)
    silence = Silence(active_on, calendar.grace, keep, told)
    return Quiet(calendar.today, pk, silence, activity, value, currency)


def _active_on(
    calendar: Calendar, state: str, entered_at: datetime, review: date | None, active_at: datetime
) -> date:
    active_on = calendar.fiscal.day_at(active_at)
    if state == State.ON_HOLD and review is not None:
        return max(active_on, held_until(calendar.fiscal.day_at(entered_at), review))
    return active_on


def worth(quiet: Iterable[Quiet]) -> dict[str, Decimal]:
    """What these issues are worth together, by currency; amounts are never added across."""
    sums: dict[str, Decimal] = {}
    for each in quiet:
        if each.value is not None:
            sums[each.currency] = sums.get(each.currency, Decimal(0)) + each.value
    return dict(sorted(sums.items()))
