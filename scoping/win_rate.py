"""Win rate: won ÷ (won + lost), counted, by the quarter a deal closed in (domain.md §10.6).

Open, uncounted and deleted deals stand nowhere in it, nor do issues whose labels contradict each
other until a person decides. Nothing closed gives no rate, which is not a rate of nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from emdesk.people.models import User
from scoping import rules
from scoping.interval import FEW, Interval, wilson
from scoping.models import Opportunity, ScopingIssue, Stage
from scoping.states import CloseReason, Outcome
from scoping.win_rate_axes import CURRENCY, Axis, Basis, axes

MILLIONTH = Decimal("0.000001")
EVERYTHING = Q()


@dataclass
class Tally:
    """How many were won and lost, and what those are worth that have a value in our currency.

    ``timed_out`` and ``to_partner`` are among the lost, ``priced`` among all that closed.
    """

    key: str = ""
    won: int = 0
    lost: int = 0
    won_value: Decimal | None = None
    lost_value: Decimal | None = None
    timed_out: int = 0
    to_partner: int = 0
    priced: int = 0

    @property
    def closed(self) -> int:
        return self.won + self.lost

    @property
    def rate(self) -> Decimal | None:
        return _share(self.won, self.closed)

    @property
    def adjusted(self) -> Decimal | None:
        """The rate among deals a customer decided on: neither timed out nor moved to a partner."""
        return _share(self.won, self.closed - self.timed_out - self.to_partner)

    @property
    def value_rate(self) -> Decimal | None:
        won = self.won_value or Decimal(0)
        return _share(won, won + (self.lost_value or Decimal(0)))

    @property
    def interval(self) -> Interval | None:
        return wilson(self.won, self.closed)

    @property
    def few(self) -> bool:
        return self.closed < FEW

    def add(self, other: Tally) -> None:
        for name in ("won", "lost", "timed_out", "to_partner", "priced"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.won_value = _sum(self.won_value, other.won_value)
        self.lost_value = _sum(self.lost_value, other.lost_value)


@dataclass(frozen=True)
class WinRate:
    """The whole, and its parts along one axis. What the axis does not name is in the whole only."""

    total: Tally
    rows: list[Tally]
    unnamed: Tally


def win_rate(basis: Basis, by: str, user: User | None = None, within: Q = EVERYTHING) -> WinRate:
    """Closed deals of the desk, or those ``user`` may count, along one of the axes."""
    axis = axes(basis)[by]
    total, unnamed, rows = Tally(), Tally(), dict[str, Tally]()
    for names, counted in tallies(basis, axis, countable(basis, user).filter(within)):
        total.add(counted)
        for key in axis.keys(*names):
            part = rows.setdefault(key, Tally(key)) if key else unnamed
            part.add(counted)
    return WinRate(total, sorted(rows.values(), key=lambda row: axis.place(row.key)), unnamed)


def countable(basis: Basis, user: User | None = None) -> QuerySet[Any]:
    """All issues or deals, closed or not, that ``user`` may count; without one, the whole desk's."""
    found = ScopingIssue.objects if basis == Basis.ISSUES else Opportunity.objects
    if user is None or rules.reads_whole_win_rate(user):
        return found.all()
    return found.visible_to(user)


def outcomes(basis: Basis) -> tuple[Q, Q]:
    """What counts as won, and as lost."""
    if basis == Basis.ISSUES:
        return Q(outcome=Outcome.WON), Q(outcome=Outcome.LOST)
    return Q(stage=Stage.WON, deleted=False), Q(stage=Stage.LOST, deleted=False)


def lost_for(basis: Basis, reason: CloseReason) -> Q:
    """What was lost for one reason; the CRM's deals carry none."""
    if basis == Basis.ISSUES:
        return outcomes(basis)[1] & Q(close_reason=reason)
    return Q(pk__in=())


def tallies(
    basis: Basis, axis: Axis, records: QuerySet[Any]
) -> Iterator[tuple[tuple[Any, ...], Tally]]:
    """For each group of closed records, in one statement: its fields and its tally."""
    won, lost = outcomes(basis)
    value = "expected_value" if basis == Basis.ISSUES else "amount"
    ours = Q(currency=CURRENCY, **{f"{value}__isnull": False})
    counted = axis.grouped(records.filter(won | lost)).annotate(
        n_won=Count("pk", filter=won),
        n_lost=Count("pk", filter=lost),
        worth_won=Sum(value, filter=won & ours),
        worth_lost=Sum(value, filter=lost & ours),
        n_timed_out=Count("pk", filter=lost_for(basis, CloseReason.TIMED_OUT)),
        n_to_partner=Count("pk", filter=lost_for(basis, CloseReason.PARTNER)),
        n_priced=Count("pk", filter=ours),
    )
    nothing = None if basis == Basis.ISSUES else Decimal(0)
    width = len(axis.fields)
    for row in counted:
        won_count, lost_count, won_value, lost_value, timed_out, to_partner, priced = row[width:]
        yield (
            row[:width],
            Tally(
                won=won_count,
                lost=lost_count,
                won_value=nothing if won_value is None else won_value,
                lost_value=nothing if lost_value is None else lost_value,
                timed_out=timed_out,
                to_partner=to_partner,
                priced=priced,
            ),
        )


def as_json(found: WinRate) -> dict[str, Any]:
    rows = [{"key": tally.key} | _figures(tally) for tally in found.rows]
    return {"total": _figures(found.total), "rows": rows}


def _figures(tally: Tally) -> dict[str, Any]:
    return {
        "won": tally.won,
        "lost": tally.lost,
        "win_rate": None if tally.rate is None else float(tally.rate),
        "won_value": None if tally.won_value is None else float(tally.won_value),
    }


def as_table(found: WinRate, by: str) -> Iterable[str]:
    """For people: one line a row, the whole last; a dash where nothing closed."""
    width = max(len(by), *(len(tally.key) for tally in found.rows), 5)
    titles = f"{'won':>7}  {'lost':>7}  {'rate':>7}  {'won value':>16}  95 % interval"
    yield f"{by:<{width}}  {titles}"
    for name, tally in [*((row.key, row) for row in found.rows), ("total", found.total)]:
        rate = "—" if tally.rate is None else f"{tally.rate:.1%}"
        value = "—" if tally.won_value is None else f"{tally.won_value:,.2f}"
        sure = f"{tally.interval or '—'}{' (few)' if tally.few else ''}"
        yield f"{name:<{width}}  {tally.won:>7}  {tally.lost:>7}  {rate:>7}  {value:>16}  {sure}"


def _share(some: Decimal | int, of: Decimal | int) -> Decimal | None:
    return (Decimal(some) / of).quantize(MILLIONTH) if of else None


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one + (other or 0)
