"""Win rate: won ÷ (won + lost), counted, by the quarter a deal closed in (domain.md §10.6).

Open, uncounted and deleted deals stand nowhere in it, nor do issues whose labels contradict each
other until a person decides. Nothing closed gives no rate, which is not a rate of nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from emdesk.fiscal import Quarter
from emdesk.people.models import User
from scoping import rules
from scoping.models import Opportunity, ScopingIssue, Stage
from scoping.quarters import FiscalCalendar
from scoping.states import Outcome

CURRENCY = "USD"
MILLIONTH = Decimal("0.000001")
Key = Callable[..., str]


class Basis(StrEnum):
    ISSUES = "issues"
    OPPORTUNITIES = "opportunities"


@dataclass
class Tally:
    """How many were won and lost, and what the won ones are worth in our own currency."""

    key: str = ""
    won: int = 0
    lost: int = 0
    won_value: Decimal | None = None

    @property
    def rate(self) -> Decimal | None:
        closed = self.won + self.lost
        return (Decimal(self.won) / closed).quantize(MILLIONTH) if closed else None

    def add(self, won: int, lost: int, value: Decimal | None) -> None:
        self.won += won
        self.lost += lost
        if value is not None:
            self.won_value = (self.won_value or Decimal(0)) + value


@dataclass(frozen=True)
class WinRate:
    """The whole, and its parts along one axis. What the axis does not name is in the whole only."""

    total: Tally
    rows: list[Tally]
    unnamed: Tally


@dataclass(frozen=True)
class Axis:
    """What to group by: stored fields, and how they are spelled as one key."""

    fields: tuple[str, ...]
    key: Key = lambda name: name or ""


def win_rate(basis: Basis, by: str, user: User | None = None) -> WinRate:
    """Every closed deal of the desk, or that ``user`` may count, along one of :func:`axes`."""
    axis = axes(basis)[by]
    total, unnamed, rows = Tally(), Tally(), dict[str, Tally]()
    for names, won, lost, value in _counted(basis, axis, user):
        key = axis.key(*names)
        part = rows.setdefault(key, Tally(key)) if key else unnamed
        part.add(won, lost, value)
        total.add(won, lost, value)
    return WinRate(total, sorted(rows.values(), key=_in_order), unnamed)


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


def axes(basis: Basis) -> Mapping[str, Axis]:
    return _axes_of_issues() if basis == Basis.ISSUES else _axes_of_deals()


def _axes_of_issues() -> dict[str, Axis]:
    return {
        "quarter": Axis(("close_quarter",)),
        "segment": Axis(("segment__name",)),
        "em": Axis(("engagement_manager__email",), _handle),
        "office": Axis(("opportunity__office",)),
        "owner": Axis(("opportunity__owner",)),
        "product": Axis(("opportunity__product",)),
        "sector": Axis(("account__sector",)),
        "type": Axis(("opportunity__kind",)),
    }


def _axes_of_deals() -> dict[str, Axis]:
    calendar = FiscalCalendar()

    def quarter(day: date) -> str:
        return str(calendar.quarter_of(day))

    return {
        "quarter": Axis(("close_date",), quarter),
        "segment": Axis(("segment__name",)),
        "em": Axis(("engagement_manager__name",)),
        "office": Axis(("office",)),
        "owner": Axis(("owner",)),
        "product": Axis(("product",)),
        "sector": Axis(("account__sector",)),
        "type": Axis(("kind",)),
        "office_and_quarter": Axis(
            ("office", "close_date"),
            lambda office, day: f"{office} {quarter(day)}" if office else "",
        ),
    }


def _counted(
    basis: Basis, axis: Axis, user: User | None
) -> Iterator[tuple[tuple[Any, ...], int, int, Decimal | None]]:
    """For each group: its fields, won, lost, and the value of the won ones in our currency."""
    won, lost = outcomes(basis)
    value = "expected_value" if basis == Basis.ISSUES else "amount"
    groups = countable(basis, user).filter(won | lost).order_by().values_list(*axis.fields)
    counted = groups.annotate(
        n_won=Count("pk", filter=won),
        n_lost=Count("pk", filter=lost),
        worth=Sum(value, filter=won & Q(currency=CURRENCY)),
    )
    nothing = None if basis == Basis.ISSUES else Decimal(0)
    for *names, n_won, n_lost, worth in counted:
        yield tuple(names), n_won, n_lost, nothing if worth is None else worth


def _handle(email: str | None) -> str:
    """The part of an address that boards and trackers know a person by."""
    return (email or "").partition("@")[0]


def _in_order(tally: Tally) -> tuple[Any, ...]:
    """Quarters by time, everything else by name."""
    try:
        quarter = Quarter.parse(tally.key)
    except ValueError:
        return (1, tally.key)
    return (0, quarter)


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
    yield f"{by:<{width}}  {'won':>7}  {'lost':>7}  {'rate':>7}  {'won value':>16}"
    for tally in [*found.rows, Tally("total", **_parts(found.total))]:
        rate = "—" if tally.rate is None else f"{tally.rate:.1%}"
        value = "—" if tally.won_value is None else f"{tally.won_value:,.2f}"
        yield f"{tally.key:<{width}}  {tally.won:>7}  {tally.lost:>7}  {rate:>7}  {value:>16}"


def _parts(tally: Tally) -> dict[str, Any]:
    return {"won": tally.won, "lost": tally.lost, "won_value": tally.won_value}
