"""Along what the win rate is told: the axes of issues and of the CRM's deals, and their keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When

from emdesk.fiscal import Quarter
from scoping.quarters import FiscalCalendar, during, on_days
from scoping.states import CloseReason, Service

CURRENCY = "USD"
# Deal sizes of domain.md §10.2, by value in our own currency.
SIZES = (
    ("Jumbo, 100k and more", Decimal(100_000)),
    ("Big, 25k to 100k", Decimal(25_000)),
    ("Medium, 5k to 25k", Decimal(5_000)),
    ("Small, under 5k", Decimal(0)),
)
Key = Callable[..., str | tuple[str, ...]]


class Basis(StrEnum):
    ISSUES = "issues"
    OPPORTUNITIES = "opportunities"


class QuarterOf(StrEnum):
    """The quarter a deal counts in: by the book that in which it closed, else where it began."""

    CLOSE = "close"
    OPENING = "opening"

    def holds(self, basis: Basis, quarter: Quarter) -> Q:
        """The records that count in this quarter."""
        calendar = FiscalCalendar()
        if basis == Basis.OPPORTUNITIES:
            day = "close_date" if self == QuarterOf.CLOSE else "engaged_on"
            return on_days(day, calendar.days(quarter))
        if self == QuarterOf.CLOSE:
            return Q(close_quarter=str(quarter))
        return during("created_at", calendar.moments(quarter))


@dataclass(frozen=True)
class Axis:
    """What to group by: fields, how they are spelled as a key or as several, and what makes them.

    Keys in ``order`` come as they stand there, quarters by time, all others by name.
    """

    fields: tuple[str, ...]
    key: Key = lambda name: name or ""
    made: Callable[[], Mapping[str, Any]] = dict
    order: Sequence[str] = ()

    def keys(self, *names: Any) -> tuple[str, ...]:
        """Where a record with these values belongs; the empty key is nowhere."""
        found = self.key(*names)
        return found if isinstance(found, tuple) else (found,)

    def grouped(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """A statement of its own for each group, told apart by the axis alone."""
        found: QuerySet[Any] = records.order_by().annotate(**self.made()).values_list(*self.fields)
        return found

    def place(self, key: str) -> tuple[Any, ...]:
        """What rows are sorted by."""
        if key in self.order:
            return (0, self.order.index(key))
        try:
            quarter = Quarter.parse(key)
        except ValueError:
            return (2, key)
        return (1, quarter)


def axes(basis: Basis) -> Mapping[str, Axis]:
    return _axes_of_issues() if basis == Basis.ISSUES else _axes_of_deals()


def _axes_of_issues() -> dict[str, Axis]:
    calendar = FiscalCalendar()
    return {
        "quarter": Axis(("close_quarter",)),
        "segment": Axis(("segment__name",)),
        "em": Axis(("engagement_manager__email",), _handle),
        "office": Axis(("opportunity__office",)),
        "source": Axis(("services_calculator",), _source),
        "size": _size("expected_value"),
        "service": Axis(("services",), _services),
        "owner": Axis(("opportunity__owner",)),
        "product": Axis(("opportunity__product",)),
        "sector": Axis(("account__sector",)),
        "type": Axis(("opportunity__kind",)),
        "opened": Axis(
            ("opened_on",),
            _by_day(calendar),
            made=lambda: {"opened_on": calendar.day_of("created_at")},
        ),
        "reason": Axis(("close_reason",), _reason),
    }


def _axes_of_deals() -> dict[str, Axis]:
    calendar = FiscalCalendar()
    quarter = _by_day(calendar)
    return {
        "quarter": Axis(("close_date",), quarter),
        "segment": Axis(("segment__name",)),
        "em": Axis(("engagement_manager__name",)),
        "office": Axis(("office",)),
        "source": Axis(("source",)),
        "size": _size("amount"),
        "owner": Axis(("owner",)),
        "product": Axis(("product",)),
        "sector": Axis(("account__sector",)),
        "type": Axis(("kind",)),
        "opened": Axis(("engaged_on",), quarter),
        "office_and_quarter": Axis(
            ("office", "close_date"),
            lambda office, day: f"{office} {quarter(day)}" if office else "",
        ),
    }


def _by_day(calendar: FiscalCalendar) -> Callable[[date | None], str]:
    return lambda day: str(calendar.quarter_of(day)) if day else ""


def _size(value: str) -> Axis:
    sizes = [When(**{f"{value}__gte": least}, then=Value(name)) for name, least in SIZES]
    foreign = When(~Q(currency=CURRENCY), then=Value(""))
    made = {"size": Case(foreign, *sizes, default=Value(""))}
    return Axis(("size",), made=lambda: made, order=[name for name, _ in SIZES])


def _handle(email: str | None) -> str:
    """The part of an address that boards and trackers know a person by."""
    return (email or "").partition("@")[0]


def _source(calculator: bool) -> str:  # noqa: FBT001 (a column's value)
    return "Services Calculator" if calculator else "Raised by hand"


def _services(services: Iterable[str]) -> tuple[str, ...]:
    """One that asks for several counts under each, and in the whole once."""
    return tuple(str(Service(each).label) for each in dict.fromkeys(services)) or ("",)


def _reason(reason: str) -> str:
    return str(CloseReason(reason).label) if reason else ""
