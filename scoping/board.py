"""The board: which cards stand in which column, how many, worth how much, how old.

A board is read in a fixed number of queries however many cards there are: one for the first
cards of every column together, one for what the column heads say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from scoping.models import Confidence, ScopingIssue, TypicalStay
from scoping.models.finding import BOARD_ORDER, ScopingIssueQuerySet
from scoping.states import DEFINITIONS, State

DEAL = ("opportunity__stage", "opportunity__confidence", "opportunity__deleted")


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
    keys = (lane, by) if lane else (by,)
    return {
        key if lane else key[0]: _head(str(key[-1]), rows, at)
        for key, rows in _counted(issues, keys).items()
    }


def weighted_heads(
    issues: ScopingIssueQuerySet, at: datetime, outlook: Outlook, by: str = "state"
) -> dict[Any, Column]:
    """Heads of live issues that also say what these are worth by confidence, in any quarter."""
    found: dict[Any, Column] = {}
    for (key,), rows in _counted(issues, (by,), *DEAL).items():
        found[key] = column = _head(str(key), rows, at)
        column.weighted = _summed((row["currency"], _weighed(row, outlook)) for row in rows)
        column.weights = outlook.spelled(ANY_QUARTER)
    return found


def _counted(
    issues: ScopingIssueQuerySet, keys: Sequence[str], *apart: str
) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """By key, how many cards, worth how much and since when: a row per currency and ``apart``."""
    rows = (
        issues.order_by()
        .values(*keys, *apart, "currency")
        .annotate(n=Count("*"), worth=Sum("expected_value"), first=Min("entered_state_at"))
        .order_by(*keys, "currency")
    )
    found = defaultdict(list)
    for row in rows:
        found[tuple(row[key] for key in keys)].append(row)
    return found


def _head(key: str, rows: Sequence[Mapping[str, Any]], at: datetime) -> Column:
    oldest = min(row["first"] for row in rows)
    return Column(
        key=key,
        name="",
        count=sum(row["n"] for row in rows),
        total=_summed((row["currency"], row["worth"]) for row in rows),
        oldest=brief((at - oldest).total_seconds() / 86_400),
    )


def _weighed(row: Mapping[str, Any], outlook: Outlook) -> Decimal:
    """A card without a deal is Grey; one whose deal the CRM has deleted weighs nothing."""
    stage, colour, deleted = (row[name] for name in DEAL)
    share = 0 if deleted else outlook.weighs(stage, colour or Confidence.GREY, ANY_QUARTER)
    return (row["worth"] or 0) * Decimal(share)


def _summed(amounts: Iterable[tuple[str, Decimal | None]]) -> str:
    """What each currency comes to; sums of several are never one."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in amounts:
        sums[currency] += amount or 0
    return " + ".join(filter(None, (money(amount, each) for each, amount in sums.items())))


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
