"""What changed about a deal between two days, when, and by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from emdesk.ledger.models import Event, Origin
from emdesk.money import in_full
from emdesk.people.models import Segment, User
from forecasting.models import Snapshot
from forecasting.rewinding import CHANGING, DEAL
from forecasting.waterfall import Movement, Reason
from scoping.models import Opportunity

STAGE, DATE, COUNTS = {"stage"}, {"close_date"}, {"stage", "deleted"}
VALUE = {"quoted_value", "services_value", "amount", "currency"}
PLACE = {"engagement_manager_id", "segment_id", "office"}
FIELDS = {
    **dict.fromkeys((Reason.WON, Reason.LOST, Reason.REOPENED), STAGE),
    **dict.fromkeys((Reason.NEW, Reason.REMOVED), COUNTS),
    **dict.fromkeys((Reason.PULLED_IN, Reason.SLIPPED_IN), DATE),
    **dict.fromkeys((Reason.PUSHED, Reason.BROUGHT_FORWARD), DATE),
    **dict.fromkeys((Reason.UP, Reason.DOWN), VALUE),
    **dict.fromkeys((Reason.MOVED_IN, Reason.MOVED_OUT), PLACE),
}


@dataclass(frozen=True)
class Line:
    """A deal's movement in words; ``at`` and ``by`` of the last change that made it so."""

    move: Movement
    deal: Opportunity
    em: str
    what: str
    amount: str
    at: datetime | None
    by: str


class Explained:
    """These movements, for whoever asks what is behind a bar."""

    def __init__(self, moves: Sequence[Movement], currency: str) -> None:
        self.moves, self.currency = moves, currency
        rows = [row for move in moves for row in (move.before, move.after) if row]
        self._people = dict(
            User.objects.filter(pk__in={row.engagement_manager_id for row in rows}).values_list(
                "pk", "name"
            )
        )
        named = Segment.objects.filter(pk__in={row.segment_id for row in rows})
        self._segments = {each.pk: each.label for each in named}

    def lines(self, since: datetime, until: datetime) -> list[Line]:
        deals = Opportunity.objects.select_related("account").in_bulk(
            [move.deal for move in self.moves]
        )
        last = _last_changes(self.moves, since, until)
        return [
            self._line(move, deals[move.deal], last.get(move.deal))
            for move in self.moves
            if move.deal in deals
        ]

    def _line(self, move: Movement, deal: Opportunity, event: Event | None) -> Line:
        now = move.after or move.before
        em = self._person(now.engagement_manager_id) if now else ""
        amount = in_full(move.amount, self.currency)
        at, by = (event.at, _author(event)) if event else (None, "")
        return Line(move, deal, em, self.what(move), amount, at, by)

    def what(self, move: Movement) -> str:
        """From what to what; of what stood on one day alone, what it was then."""
        was, now = move.before, move.after
        if was is None or now is None:
            only = was or now
            return "" if only is None else f"{'Created' if was is None else 'Gone'}, {_stage(only)}"
        if move.reason in (Reason.MOVED_IN, Reason.MOVED_OUT):
            return "; ".join(self._places(was, now))
        return _said(move.reason, was, now)

    def _places(self, was: Snapshot, now: Snapshot) -> list[str]:
        pairs = (
            ("EM", *(self._person(row.engagement_manager_id) for row in (was, now))),
            ("Segment", *(self._segments.get(row.segment_id or 0, "none") for row in (was, now))),
            ("Region", *(row.region or "none" for row in (was, now))),
        )
        return [f"{name} {old} → {new}" for name, old, new in pairs if old != new]

    def _person(self, pk: int | None) -> str:
        return self._people.get(pk or 0, "Nobody")


def _said(reason: Reason, was: Snapshot, now: Snapshot) -> str:
    if FIELDS.get(reason) is DATE:
        return f"Close date {_day(was.close_date)} → {_day(now.close_date)}"
    if FIELDS.get(reason) is VALUE:
        return f"{_money(was.booking_value, was)} → {_money(now.booking_value, now)}"
    if reason == Reason.CURRENCY:
        old, new = (_money(row.desk_value, None, row.desk_currency) for row in (was, now))
        return f"{_money(now.booking_value, now)}: {old} → {new}"
    if reason == Reason.SAME:
        return _stage(now)
    return f"{_stage(was)} → {_stage(now)}"


def _last_changes(
    moves: Sequence[Movement], since: datetime, until: datetime
) -> Mapping[int, Event]:
    reasons = {move.deal: move.reason for move in moves}
    events = Event.objects.filter(
        subject_type=DEAL, subject_id__in=reasons, verb__in=CHANGING, at__gt=since, at__lte=until
    )
    found: dict[int, Event] = {}
    for event in events.select_related("actor").order_by("subject_id", "number"):
        told = {*event.data.get("changed", {}), *event.data.get("was", {})}
        wanted = FIELDS.get(reasons[event.subject_id], set())
        if told & wanted or (not told and reasons[event.subject_id] == Reason.NEW):
            found[event.subject_id] = event
    return found


def _author(event: Event) -> str:
    if event.actor is not None:
        return str(event.actor.name)
    return "an import" if event.origin == Origin.IMPORT else "emdesk"


def _stage(row: Snapshot) -> str:
    return str(row.get_stage_display())


def _day(day: date | None) -> str:
    return f"{day.day} {day:%b %Y}" if day else "none"


def _money(value: Decimal | None, row: Snapshot | None, currency: str = "") -> str:
    if value is None:
        return "no value" if row else "no rate"
    return in_full(value, row.currency if row else currency)
