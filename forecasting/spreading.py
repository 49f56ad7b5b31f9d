"""When the hours of an estimate are worked: from which day on, for how long, how much of it when.

Source: domain.md §11.1 (lead time), §6.2 (duration = delivery hours ÷ planned hours a week, one
at a time), §7.1 (of 424 hours a quarter 70 % are used: 23 a week).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django import forms

from emdesk.configuration.definitions import Definition, register
from scoping.models import Opportunity
from scoping.pricing import QUARTER, ZERO
from sow.fields import day_of

LEAD, PER_WEEK = "delivery_lead_weeks", "delivery_week_hours"
WORKDAYS, HOURS_A_WEEK = 5, 168
LAST = date(9000, 1, 1)
"""No day after it is reckoned with, so that weeks can be added to any."""


@dataclass(frozen=True)
class Spread:
    """``starts`` is None while no month is known; ``days`` are Monday to Friday."""

    starts: date | None
    days: int
    why: str

    def parts(self, hours: Decimal, months: Sequence[date]) -> list[Decimal]:
        """Hours in each month, by its first day, then in all later ones, then without a month.

        In quarter hours, as timesheets are kept; they add up to all of them.
        """
        if self.starts is None:
            return [*(ZERO for _ in months), ZERO, hours]
        ends = [*months[1:], _next(months[-1])]
        done = [ZERO, *(self._worked(hours, self.starts, day) for day in ends)]
        return [*(after - before for before, after in pairwise(done)), hours - done[-1], ZERO]

    def _worked(self, hours: Decimal, starts: date, until: date) -> Decimal:
        days = min(weekdays(starts, until), self.days)
        return (hours * days / self.days / QUARTER).to_integral_value(ROUND_HALF_UP) * QUARTER


def spread(
    delivery: Decimal,
    written: Mapping[str, str],
    deal: Opportunity | None,
    known: Mapping[str, Any],
    today: date,
) -> Spread:
    """By the fields of the SOW, else by the deal's close date; what has not begun begins today."""
    wanted = day_of(written.get("start_date") or "")
    closes = deal.close_date if deal else None
    if wanted:
        starts, why = wanted, "start in the SOW"
    elif closes:
        starts = min(closes, LAST) + timedelta(weeks=known[LEAD])
        why = f"close date and {known[LEAD]} weeks"
    else:
        return Spread(None, 1, "no close date" if deal else "no opportunity")
    if starts < today:
        starts, why = today, f"{why}, which has passed"
    ends = day_of(written.get("end_date") or "")
    if ends and ends >= starts:
        return Spread(starts, max(weekdays(starts, min(ends, LAST) + timedelta(days=1)), 1), why)
    weekly = _weekly(written.get("weekly_hours") or "") or known[PER_WEEK]
    days = (delivery * WORKDAYS / weekly).to_integral_value(ROUND_CEILING)
    return Spread(starts, max(int(days), 1), why)


def months_from(day: date, count: int) -> list[date]:
    """The first day of this month and of those after it."""
    found = [day.replace(day=1)]
    while len(found) < count:
        found.append(_next(found[-1]))
    return found


def weekdays(first: date, until: date) -> int:
    """Mondays to Fridays from a day on, up to another that no longer counts."""
    weeks, rest = divmod(max((until - first).days, 0), 7)
    return weeks * WORKDAYS + sum((first.weekday() + day) % 7 < WORKDAYS for day in range(rest))


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _weekly(text: str) -> Decimal | None:
    """What people wrote, where it is a number of hours that fits into a week."""
    try:
        told = Decimal(text.strip())
    except InvalidOperation:
        return None
    return told if told.is_finite() and 1 <= told <= HOURS_A_WEEK else None


register(
    Definition(
        key=LEAD,
        name="Weeks from close to start of delivery",
        help="Expected delivery hours begin so long after a deal's close date, unless its SOW "
        "says when.",
        default=4,
        field=lambda: forms.IntegerField(min_value=0, max_value=52),
    )
)
register(
    Definition(
        key=PER_WEEK,
        name="Delivery hours a week",
        help="So many hours of one engagement are delivered in a week, unless its SOW says how "
        "many.",
        default=Decimal(23),
        field=lambda: forms.DecimalField(
            min_value=1, max_value=HOURS_A_WEEK, max_digits=5, decimal_places=2
        ),
        read=Decimal,
    )
)
