"""Why the open forecast of one day is not that of another: every deal for one reason.

Opening + what came in − what left ± what changed = closing, to the cent, because each deal is told
by where it stood on both days and by nothing else. What came in and closed in between stood in
neither, and is told apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import Q, TextChoices

from emdesk.configuration.currencies import desk_currency
from emdesk.people.models import User
from forecasting.as_at import Past, end_of
from forecasting.models import Snapshot
from scoping.hygiene import OPEN
from scoping.models import ForecastCategory, Opportunity, Stage
from scoping.models.opportunity import CLOSED
from scoping.quarters import on_days
from scoping.rules import reads_whole_win_rate

COUNTED = {
    str(each)
    for each in (ForecastCategory.COMMIT, ForecastCategory.BEST_CASE, ForecastCategory.PIPELINE)
}
ANY, NOBODY = "", "none"
Span = tuple[date, date]
Row = Snapshot | None


class Reason(TextChoices):
    """In the order of the bars."""

    NEW = "new", "New"
    REOPENED = "reopened", "Reopened"
    PULLED_IN = "pulled_in", "Pulled in"
    SLIPPED_IN = "slipped_in", "Slipped in"
    MOVED_IN = "moved_in", "Moved in"
    UP = "up", "Value up"
    DOWN = "down", "Value down"
    CURRENCY = "currency", "Exchange rates"
    PUSHED = "pushed", "Pushed out"
    BROUGHT_FORWARD = "brought_forward", "Brought forward"
    MOVED_OUT = "moved_out", "Moved out"
    REMOVED = "removed", "Removed"
    LOST = "lost", "Lost"
    WON = "won", "Won"
    SAME = "same", "Unchanged"


@dataclass(frozen=True)
class Scope:
    """Which deals one looks at: dated in these days, if any, and whose and where."""

    spans: Sequence[Span] = ()
    em: str = ANY
    segment: str = ANY
    region: str = ANY

    def dated(self, row: Snapshot) -> bool:
        day = row.close_date
        return not self.spans or (
            day is not None and any(first <= day <= last for first, last in self.spans)
        )

    def chosen(self, row: Snapshot) -> bool:
        wanted = ((self.em, row.engagement_manager_id), (self.segment, row.segment_id))
        return all(asked in (ANY, str(has or NOBODY)) for asked, has in wanted) and (
            self.region in (ANY, row.region or NOBODY)
        )

    def counts(self, row: Row) -> bool:
        return row is not None and row.category in COUNTED and self.dated(row) and self.chosen(row)

    @property
    def relevant(self) -> Q:
        """Deals that count as they stand."""
        return Q(stage__in=OPEN) & (on_days("close_date", self.spans) if self.spans else Q())


@dataclass(frozen=True)
class Movement:
    """One deal, on both days, and the one reason for what it adds or takes.

    ``opens`` and ``closes`` are what it weighs in opening and closing, None where it is not in it.
    """

    reason: Reason
    before: Row
    after: Row
    amount: Decimal
    opens: Decimal | None = None
    closes: Decimal | None = None

    @property
    def deal(self) -> int:
        row = self.after or self.before
        return row.opportunity_id if row else 0


@dataclass
class Bar:
    """``unpriced`` have no value or no rate: they are counted and weigh nothing."""

    deals: int = 0
    amount: Decimal = Decimal(0)
    unpriced: int = 0

    def add(self, amount: Decimal, rows: Iterable[Row]) -> None:
        self.deals += 1
        self.amount += amount
        self.unpriced += any(row is not None and row.desk_value is None for row in rows)


@dataclass
class Waterfall:
    """Between the ends of two days; amounts in ``currency``."""

    first: date
    last: date
    currency: str
    opening: Bar = field(default_factory=Bar)
    closing: Bar = field(default_factory=Bar)
    movements: list[Movement] = field(default_factory=list)
    passed: list[Movement] = field(default_factory=list)

    @cached_property
    def bars(self) -> Mapping[Reason, Bar]:
        """Of each reason there is."""
        found: dict[Reason, Bar] = {}
        for move in self.movements:
            ends = ((move.before, move.opens), (move.after, move.closes))
            rows = [row for row, weight in ends if weight is not None]
            found.setdefault(move.reason, Bar()).add(move.amount, rows)
        return {reason: found[reason] for reason in Reason if reason in found}

    @property
    def change(self) -> Decimal:
        return self.closing.amount - self.opening.amount

    @property
    def standing_before(self) -> list[Movement]:
        """The deals of the opening, each with what it weighed there."""
        found = [
            replace(each, amount=each.opens) for each in self.movements if each.opens is not None
        ]
        return _largest_first(found)

    @property
    def standing_after(self) -> list[Movement]:
        found = [
            replace(each, amount=each.closes) for each in self.movements if each.closes is not None
        ]
        return _largest_first(found)

    def because_of(self, reason: Reason) -> list[Movement]:
        return _largest_first([move for move in self.movements if move.reason == reason])


def waterfall(
    first: date, last: date, scope: Scope, *, at: datetime, user: User | None = None
) -> Waterfall:
    """From the end of one day to that of another, or until now; over the deals ``user`` is on, if that is all."""
    past = Past(first, at, scope.relevant)
    currency = desk_currency(last, min(end_of(last), at))
    after, before = past.on(last, currency), past.on(first, currency)
    found = Waterfall(first, last, currency)
    if user is not None and not reads_whole_win_rate(user):
        seen = set(Opportunity.objects.visible_to(user).values_list("pk", flat=True))
        after, before = _only(after, seen), _only(before, seen)
    compare(found, before, after, scope)
    return found


def compare(
    found: Waterfall, before: Iterable[Snapshot], after: Iterable[Snapshot], scope: Scope
) -> None:
    """Put each deal of these two days where it belongs."""
    then = {row.opportunity_id: row for row in before}
    now = {row.opportunity_id: row for row in after}
    for pk in sorted(then.keys() | now.keys()):
        was, is_now = then.get(pk), now.get(pk)
        stood, stands = scope.counts(was), scope.counts(is_now)
        opens = _worth(was) if stood else None
        closes = _worth(is_now) if stands else None
        if opens is not None:
            found.opening.add(opens, [was])
        if closes is not None:
            found.closing.add(closes, [is_now])
        if stood or stands:
            reason = _reason(was, is_now, stood=stood, stands=stands, scope=scope)
            amount = (closes or Decimal(0)) - (opens or Decimal(0))
            found.movements.append(Movement(reason, was, is_now, amount, opens, closes))
        elif _passed(was, is_now, scope):
            ended = Reason.WON if is_now and is_now.stage == Stage.WON else Reason.LOST
            found.passed.append(Movement(ended, was, is_now, _worth(is_now)))


def _reason(was: Row, is_now: Row, *, stood: bool, stands: bool, scope: Scope) -> Reason:
    if stood and stands and was and is_now:
        return _changed(was, is_now)
    if stands and is_now:
        return _came(was, scope)
    return _left(is_now, scope)


def _changed(was: Snapshot, is_now: Snapshot) -> Reason:
    delta = _worth(is_now) - _worth(was)
    if not delta:
        return Reason.SAME
    if (was.booking_value, was.currency) == (is_now.booking_value, is_now.currency):
        return Reason.CURRENCY
    return Reason.UP if delta > 0 else Reason.DOWN


def _came(was: Row, scope: Scope) -> Reason:
    """What the deal was when it did not count: its stage decides first, then its date."""
    if was is None or not (was.category in COUNTED or was.stage in CLOSED):
        return Reason.NEW
    if was.stage in CLOSED:
        return Reason.REOPENED
    if scope.dated(was):
        return Reason.MOVED_IN
    later = was.close_date is not None and was.close_date > scope.spans[-1][1]
    return Reason.PULLED_IN if later else Reason.SLIPPED_IN


def _left(is_now: Row, scope: Scope) -> Reason:
    if is_now is None or not (is_now.category in COUNTED or is_now.stage in CLOSED):
        return Reason.REMOVED
    if is_now.stage in CLOSED:
        return Reason.WON if is_now.stage == Stage.WON else Reason.LOST
    if scope.dated(is_now):
        return Reason.MOVED_OUT
    earlier = is_now.close_date is not None and is_now.close_date < scope.spans[0][0]
    return Reason.BROUGHT_FORWARD if earlier else Reason.PUSHED


def _passed(was: Row, is_now: Row, scope: Scope) -> bool:
    """Whether it came in and closed in between."""
    closed_before = was is not None and was.stage in CLOSED
    if is_now is None or is_now.stage not in CLOSED or closed_before:
        return False
    return scope.dated(is_now) and scope.chosen(is_now)


def _largest_first(moves: list[Movement]) -> list[Movement]:
    return sorted(moves, key=lambda move: (-abs(move.amount), move.deal))


def _worth(row: Row) -> Decimal:
    return (row.desk_value if row else None) or Decimal(0)


def _only(rows: Iterable[Snapshot], seen: Collection[int]) -> list[Snapshot]:
    return [row for row in rows if row.opportunity_id in seen]
