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
from scoping.quarters import FiscalCalendar, day_at
from scoping.quiet.activity import LABEL, with_activity
from scoping.quiet.days import SIX_WEEKS, Keep, Mark, Silence, Told, held_until
from scoping.states import State

KEPT, WARNED = "scoping.kept", "scoping.fell_silent"
GRACE = "quiet_grace_days"
MARGIN = timedelta(days=2)  # a day may have 25 hours
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

    pk: int
    silence: Silence
    activity: int | None
    value: Decimal | None
    currency: str


class Calendar:
    """The days of the rule: which it is now, and how long grace is."""

    def __init__(self, at: datetime) -> None:
        self.fiscal = FiscalCalendar()
        self.today = day_at(at)
        self.grace: int = value_of(GRACE, self.today)


def silent(
    issues: ScopingIssueQuerySet, at: datetime, *, ahead: timedelta = timedelta()
) -> list[Quiet]:
    """Those whose first mark falls by tonight, or in as many days ``ahead``; first to close first."""
    calendar = Calendar(at)
    found = with_activity(issues.live()).filter(active_at__lt=at - SIX_WEEKS + ahead + MARGIN)
    quiet = quiets(found, calendar)
    until = calendar.today + ahead
    reached = [each for each in quiet if each.silence.marks[0][1] <= until or each.silence.kept]
    return sorted(reached, key=lambda each: (each.silence.closes_on(calendar.today), each.pk))


def quiets(issues: QuerySet[ScopingIssue], calendar: Calendar) -> list[Quiet]:
    """The silence of each of these issues, which are :func:`with_activity`."""
    rows = list(issues.order_by().values_list(*READ))
    said = _said([row[0] for row in rows], calendar)
    return [_quiet(row, calendar, *said[row[0]]) for row in rows]


def _said(
    pks: Sequence[int], calendar: Calendar
) -> defaultdict[int, tuple[Keep | None, tuple[Told, ...]]]:
    """The last keep and every notice, by issue."""
    found: defaultdict[int, tuple[Keep | None, tuple[Told, ...]]] = defaultdict(lambda: (None, ()))
    about = Event.objects.filter(subject_type=LABEL, verb__in=[KEPT, WARNED], subject_id__in=pks)
    for event in about.order_by("subject_id", "number"):
        keep, told = found[event.subject_id]
        if event.verb == KEPT:
            keep = _keep(event, calendar)
        else:
            told = (*told, _told(event.data))
        found[event.subject_id] = keep, told
    return found


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
    active_on = calendar.fiscal.day_at(active_at)
    if state == State.ON_HOLD:
        active_on = max(active_on, held_until(calendar.fiscal.day_at(entered_at), review))
    return Quiet(pk, Silence(active_on, calendar.grace, keep, told), activity, value, currency)


def worth(quiet: Iterable[Quiet]) -> dict[str, Decimal]:
    """What these issues are worth together, by currency; amounts are never added across."""
    sums: dict[str, Decimal] = {}
    for each in quiet:
        if each.value is not None:
            sums[each.currency] = sums.get(each.currency, Decimal(0)) + each.value
    return dict(sorted(sums.items()))
