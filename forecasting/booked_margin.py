"""The margin at which deals were booked, by engagement manager.

Source: domain.md §13: booking margin is a goal from Senior on; §7.1: what is shown of a person is
the margin at booking; §7.2: (net price − COGS) ÷ net price, both as frozen with the version booked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from emdesk.configuration.currencies import Sheet, sheets_until
from emdesk.people.models import User
from emdesk.people.models.role import Level
from forecasting.rules import sees_every_margin, sees_own_margin
from scoping.models import ScopingIssue
from scoping.pricing import ZERO, percent_of
from scoping.quarters import on_days
from sow.models import Done, Version

WITH_GOAL = tuple(Level)[tuple(Level).index(Level.SENIOR) :]
BOOKED = "statement__booking"
BASIS = "statement__issue__change_order__basis"
NET, COGS = "content__totals__net", "costs__total__cogs"


@dataclass(frozen=True)
class Booking:
    """Its amounts in the desk's currency; None where a line has no cost, or the currency no rate."""

    issue: ScopingIssue
    on: date
    net: Decimal | None
    cogs: Decimal | None

    @property
    def known(self) -> bool:
        return self.net is not None and self.cogs is not None

    @property
    def percent(self) -> Decimal | None:
        return _percent([self])


@dataclass
class Margin:
    """What one person booked, or everybody shown."""

    name: str
    bookings: list[Booking] = field(default_factory=list)

    @property
    def known(self) -> list[Booking]:
        return [each for each in self.bookings if each.known]

    @property
    def percent(self) -> Decimal | None:
        return _percent(self.known)

    @property
    def unknown(self) -> int:
        return len(self.bookings) - len(self.known)


def booked_margins(
    user: User, days: Sequence[tuple[date, date]], on: date, currency: str, where: Q | None = None
) -> list[Margin]:
    """Of those whom a margin is a goal of and whose cost ``user`` sees; all together last.

    In two statements, or none for who sees no cost. ``where`` narrows the issues, by a path from
    the statement of work.
    """
    every = sees_every_margin(user)
    if not every and not sees_own_margin(user):
        return []
    found = _booked(days).filter(where or Q())
    if not every:
        found = found.filter(statement__issue__engagement_manager=user)
    rows = list(found)
    sheets = sheets_until(on) if rows else []
    people: dict[int, Margin] = {}
    for row in rows:
        em = row.statement.issue.engagement_manager
        people.setdefault(em.pk, Margin(em.name)).bookings.append(_booking(row, sheets, currency))
    lines = sorted(people.values(), key=lambda each: each.name)
    whole = [booking for each in lines for booking in each.bookings]
    return [*lines, Margin("Together", whole)] if len(lines) > 1 else lines


def _booked(days: Sequence[tuple[date, date]]) -> Any:
    """The versions that were booked on these days, one for each deal, with what they froze."""
    told = Version.objects.filter(
        on_days(f"{BOOKED}__on", days),
        **{f"{BOOKED}__key": Done.BOOKED, f"{BOOKED}__until": None},
        number=F(f"{BOOKED}__version"),
        statement__issue__engagement_manager__level__in=WITH_GOAL,
    )
    return (
        told.annotate(
            booked_on=F(f"{BOOKED}__on"),
            currency=F("estimate_version__currency"),
            net=F(f"estimate_version__{NET}"),
            cogs=F(f"estimate_version__{COGS}"),
            amends=F(BASIS),
            net_before=F(f"{BASIS}__{NET}"),
            cogs_before=F(f"{BASIS}__{COGS}"),
        )
        .select_related("statement__issue__account", "statement__issue__engagement_manager")
        .defer("content", "difference")
        .order_by("booked_on", "pk")
    )


def _booking(row: Any, sheets: Sequence[Sheet], currency: str) -> Booking:
    """By the rates of the day it was booked; of a change order, what it added."""
    held = [rates for begins, rates in sheets if begins <= row.booked_on]
    rate = Decimal(1) if row.currency == currency else None
    if rate is None and held:
        rate = held[-1].between(row.currency, currency)
    net, cogs = _added(row.net, row.net_before, row), _added(row.cogs, row.cogs_before, row)
    in_ours = (
        None if each is None or rate is None else round(each * rate, 2) for each in (net, cogs)
    )
    return Booking(row.statement.issue, row.booked_on, *in_ours)


def _added(now: str | None, before: str | None, row: Any) -> Decimal | None:
    if now is None or (row.amends and before is None):
        return None
    return Decimal(now) - Decimal(before or 0)


def _percent(bookings: Iterable[Booking]) -> Decimal | None:
    """Of all together, so that large ones weigh as they are; None while none is known."""
    known = [each for each in bookings if each.known]
    net = sum((each.net or ZERO for each in known), ZERO)
    return percent_of(net - sum((each.cogs or ZERO for each in known), ZERO), net)
