"""What a card on the board shows, worked out once for each card and person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from emdesk.money import Money
from emdesk.people.models import User
from emdesk.sla.chips import Chip, chip_in_brief
from scoping.card_markup import card_markup
from scoping.models import ScopingIssue, TypicalStay
from scoping.models.finding import ScopingIssueQuerySet
from scoping.states import State

Typical = dict[str, TypicalStay]
SHOWN = (
    *("pk", "state", "moves", "changed_in", "entered_state_at", "held_from", "closed_from"),
    *("title", "account__name", "expected_value", "currency", "segment_id", "segment__name"),
    *("engagement_manager_id", "engagement_manager__name", "em_status", "outcome"),
    *("next_step", "next_step_date", "opportunity__confidence", "clock"),
)


@dataclass(slots=True)
class Card:
    """One narrow row of the board, in the order of ``SHOWN``, and what follows from it."""

    pk: int
    state: str
    moves: int
    changed_in: int
    entered_state_at: datetime
    held_from: str
    closed_from: str
    title: str
    account: str
    expected_value: Decimal | None
    currency: str
    segment_id: int | None
    segment: str | None
    engagement_manager_id: int | None
    manager: str | None
    em_status: str
    outcome: str
    next_step: str
    next_step_date: date | None
    confidence: str | None
    clock: dict[str, Any] | None
    deed: str = "move"
    legal: str = ""
    age_short: str = ""
    typical_short: str = ""
    staleness: str = ""
    next_step_state: str = ""
    chip: Chip | None = None

    @property
    def value_short(self) -> str:
        value = self.expected_value
        return "" if value is None else Money(value, self.currency).short

    @property
    def html(self) -> SafeString:
        return card_markup(self)


def cards(
    issues: ScopingIssueQuerySet, user: User, at: datetime, typical: Typical, deed: str = "move"
) -> list[Card]:
    """The cards of these issues for this person; ``deed`` is what the Move link leads to."""
    usual = {state: brief(stay.median_days) for state, stay in typical.items()}
    found = [Card(*row) for row in issues.with_clock().values_list(*SHOWN)]
    today = localdate(at)
    for card in found:
        days = days_in_column(card, at)
        card.deed, card.legal = deed, legal_targets(card, user)
        card.age_short = brief(days)
        card.typical_short = usual.get(card.state, "")
        card.staleness = stale(days, typical.get(card.state))
        card.next_step_state = next_step_state(card, today)
        card.chip = chip_in_brief(card.clock, at)
    return found


def legal_targets(card: Card, user: User) -> str:
    """The columns a person may drop a card on by the rules of the machine, with spaces between.

    A rule that asks for more than a card knows fails loudly; then ``SHOWN`` wants that field.
    """
    return " ".join(
        {
            move.target
            if isinstance(move.target, str)
            else ScopingIssue.returns_to(card, move.name)  # type: ignore[arg-type]
            for move in moves_from(card.state)
            if move.permission(card, user)
        }
    )


@cache
def moves_from(state: str) -> tuple[Any, ...]:
    transitions = ScopingIssue._meta.get_field("state").get_all_transitions(ScopingIssue)
    return tuple(each for each in transitions if each.source == state)


def typical_stays() -> Typical:
    return {stay.state: stay for stay in TypicalStay.objects.all()}


def days_in_column(card: Card | ScopingIssue, at: datetime) -> float:
    return (at - card.entered_state_at).total_seconds() / 86_400


def brief(days: float) -> str:
    """``6 d``, or ``5 h`` on the first day."""
    return f"{days:.0f} d" if days >= 1 else f"{max(days, 0) * 24:.0f} h"


def stale(days: float, typical: TypicalStay | None) -> str:
    """Past the median, past the 85th percentile, or neither."""
    if typical is None or days < typical.median_days:
        return ""
    return "p85" if days >= typical.p85_days else "p50"


def next_step_state(card: Card, today: date) -> str:
    if card.state == State.CLOSED:
        return "over"
    if not card.next_step:
        return "none"
    if card.next_step_date is None or card.next_step_date > today:
        return "later"
    return "today" if card.next_step_date == today else "overdue"
