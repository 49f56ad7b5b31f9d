"""The board: which cards stand in which column, how many, worth how much, how old.

A board is read in a fixed number of queries however many cards there are: one for the first
cards of every column together, one for what the column heads say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Min, Q, Sum, Window
from django.db.models.functions import RowNumber

from emdesk.money import Money
from scoping.cards import Card, brief
from scoping.categories import ANY_QUARTER, Outlook
from scoping.models import ScopingIssue, TypicalStay
from scoping.models.finding import BOARD_ORDER, ScopingIssueQuerySet
from scoping.states import DEFINITIONS, State


@dataclass
class Column:
    """One column: its head, always true for all its cards, and the cards shown so far."""

    key: str
    name: str
    definition: str = ""
    count: int = 0
    total: str = ""
    weighted: str = ""
    weights: str = ""
    oldest: str = ""
    typical: str = ""
    limit: int | None = None
    cards: list[Card] = field(default_factory=list)
    rail: bool = False
    more_url: str = ""

    @property
    def over_limit(self) -> bool:
        return self.limit is not None and self.count > self.limit

    @property
    def hidden(self) -> int:
        return self.count - len(self.cards)


@dataclass(frozen=True)
class Place:
    """Where a card stands in its column: what the board orders by, as text for an address."""

    next_step_date: date | None
    value: Decimal | None
    pk: int

    @classmethod
    def of(cls, issue: Any) -> Self:
        return cls(issue.next_step_date, issue.expected_value, issue.pk)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a place from an address; anything else begins at the top."""
        try:
            day, value, pk = text.split("_")
            when = date.fromisoformat(day) if day else None
            place = cls(when, Decimal(value) if value else None, int(pk))
        except (ValueError, InvalidOperation):
            return None
        return place if place.value is None or place.value.is_finite() else None

    def __str__(self) -> str:
        return f"{self.next_step_date or ''}_{'' if self.value is None else self.value}_{self.pk}"

    def below(self) -> Q:
        """Matches the cards that stand below this one."""
        same_value = Q(expected_value=self.value, pk__gt=self.pk)
        lower = Q(expected_value__lt=self.value) if self.value is not None else Q(pk__in=())
        unpriced = Q(expected_value=None) if self.value is not None else Q(pk__in=())
        same_day = Q(next_step_date=self.next_step_date) & (same_value | lower | unpriced)
        if self.next_step_date is None:
            return same_day
        return same_day | Q(next_step_date__gt=self.next_step_date) | Q(next_step_date=None)


def first_cards(issues: ScopingIssueQuerySet, states: Sequence[str]) -> ScopingIssueQuerySet:
    """The first page of each of these columns, in one query."""
    tops = [issues.filter(state=state).in_board_order().values("pk") for state in states]
    first, *others = (top[: settings.BOARD_PAGE] for top in tops)
    return ScopingIssue.objects.filter(pk__in=first.union(*others, all=True)).in_board_order()


def next_cards(issues: ScopingIssueQuerySet, after: Place | None) -> ScopingIssueQuerySet:
    below = issues.filter(after.below()) if after else issues
    return below.in_board_order()[: settings.BOARD_PAGE]


def first_cards_by(issues: ScopingIssueQuerySet, *keys: str) -> ScopingIssueQuerySet:
    """The first page of each group of cards that agree in ``keys``, in one query."""
    place = Window(RowNumber(), partition_by=[F(key) for key in keys], order_by=BOARD_ORDER)
    numbered = issues.annotate(place=place)
    return numbered.filter(place__lte=settings.BOARD_PAGE).in_board_order()


def heads(
    issues: ScopingIssueQuerySet, at: datetime, by: str = "state", lane: str | None = None
) -> dict[Any, Column]:
    """Column heads by key (by lane and key with ``lane``): count, total per currency, oldest."""
    return _heads(issues, at, by, lane)


def weighted_heads(
    issues: ScopingIssueQuerySet, at: datetime, outlook: Outlook, by: str = "state"
) -> dict[Any, Column]:
    """Heads of live issues that also say what these are worth by confidence, in any quarter.

    A card whose deal the CRM has deleted weighs nothing.
    """
    there = ~Q(opportunity__deleted=True)
    worth = F("expected_value") * outlook.weight(ANY_QUARTER, of="opportunity__")
    found = _heads(issues, at, by, weighted=Sum(worth, filter=there))
    for column in found.values():
        column.weights = outlook.spelled(ANY_QUARTER)
    return found


def _heads(
    issues: ScopingIssueQuerySet, at: datetime, by: str, lane: str | None = None, **more: Any
) -> dict[Any, Column]:
    keys = [lane, by] if lane else [by]
    rows = (
        issues.order_by()
        .values(*keys, "currency")
        .annotate(n=Count("*"), worth=Sum("expected_value"), first=Min("entered_state_at"), **more)
    )
    found: dict[Any, Column] = {}
    oldest: dict[Any, datetime] = {}
    for row in rows.order_by(*keys, "currency"):
        name = tuple(row[key] for key in keys) if lane else row[by]
        column = found.setdefault(name, Column(key=str(row[by]), name=""))
        column.count += row["n"]
        column.total = _added(column.total, row["worth"], row["currency"])
        column.weighted = _added(column.weighted, row.get("weighted"), row["currency"])
        oldest[name] = min(oldest.get(name, row["first"]), row["first"])
        column.oldest = brief((at - oldest[name]).total_seconds() / 86_400)
    return found


def _added(said: str, amount: Decimal | None, currency: str) -> str:
    """One currency more; sums of several are never one."""
    return " + ".join(filter(None, [said, money(amount, currency)]))


def money(amount: Decimal | None, currency: str) -> str:
    return Money(amount, currency).short if amount else ""


def named(
    column: Column | None, state: str, typical: TypicalStay | None, limits: dict[str, Any]
) -> Column:
    """A state's column with its name, meaning, limit and usual stay."""
    column = column or Column(key=state, name="")
    column.name, column.definition = State(state).label, DEFINITIONS[State(state)]
    column.typical = f"typical {brief(typical.median_days)}" if typical else ""
    column.limit = limits.get(f"wip_limit.{state}")
    column.rail = state == State.CLOSED
    return column


def of_em(column: Column | None, key: str, name: str) -> Column:
    """An engagement manager's column on the board by EM."""
    column = column or Column(key=key, name=name)
    column.key, column.name = key, name
    return column


def deal(columns: dict[Any, Column], cards: Iterable[Card], key: Callable[[Card], Any]) -> None:
    """Put each card into its column; ``key`` says which. Columns that are not shown are skipped."""
    for card in cards:
        if column := columns.get(key(card)):
            column.cards.append(card)


@dataclass
class Lane:
    """A strip of the board: one EM's, segment's or colour's cards in all columns."""

    key: str
    name: str
    columns: list[Column]

    @property
    def count(self) -> int:
        return sum(column.count for column in self.columns)


def cursor_now() -> int:
    """Where changes of the board begin that this transaction cannot see yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def changed_since(cursor: int) -> ScopingIssueQuerySet:
    """Issues written at or after ``cursor``; rows stamped by another server's past are not."""
    with connection.cursor() as sql:
        sql.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        newest = int(sql.fetchone()[0])
    return ScopingIssue.objects.filter(changed_in__gte=cursor, changed_in__lt=newest)
