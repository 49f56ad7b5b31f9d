"""Which fiscal quarter a moment belongs to: decided in one named zone for everybody."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms

from emdesk.configuration.definitions import Definition, definition_of, register
from emdesk.configuration.fiscal_year import KEY, first_month
from emdesk.configuration.models import Setting
from emdesk.configuration.values import value_of
from emdesk.fiscal import Quarter
from scoping.models import ScopingIssue

ZONE = "fiscal_zone"


def zones() -> forms.Field:
    return forms.ChoiceField(choices=[(name, name) for name in sorted(available_timezones())])


register(
    Definition(
        key=ZONE,
        name="Time zone of the fiscal calendar",
        help="A quarter ends at midnight here, for everybody.",
        default="America/Los_Angeles",
        field=zones,
    )
)


def quarter_at(at: datetime) -> Quarter:
    """The fiscal quarter of this moment."""
    return quarter_of(day_at(at))


def day_at(at: datetime) -> date:
    """The day of this moment, by the clock of the fiscal calendar."""
    return at.astimezone(ZoneInfo(value_of(ZONE, at.date()))).date()


def quarter_of(day: date) -> Quarter:
    return Quarter.containing(day, first_month(day))


def proposed_quarter(issue: ScopingIssue, at: datetime) -> Quarter:
    """The opportunity's close date decides, else today (domain.md §10.6)."""
    day = issue.opportunity.close_date if issue.opportunity else None
    return quarter_of(day) if day else quarter_at(at)


def counted_quarter(issue: ScopingIssue) -> Quarter:
    """The quarter a closed issue belongs to: the one it counts in, else the one it closed in."""
    if issue.close_quarter:
        return Quarter.parse(issue.close_quarter)
    return quarter_at(issue.entered_state_at)


class FiscalCalendar:
    """The same answers for many days: all that was ever set is read once."""

    def __init__(self) -> None:
        settings = Setting.objects.filter(key__in=[KEY, ZONE]).order_by("effective_from", "pk")
        self._set = list(settings)
        self._turns = [setting.effective_from for setting in self._set]
        self._months: dict[int, int] = {}
        self._zones: dict[int, ZoneInfo] = {}

    def quarter_of(self, day: date) -> Quarter:
        turn = bisect_right(self._turns, day)
        if turn not in self._months:
            self._months[turn] = self._holding(KEY, turn)
        return Quarter.containing(day, self._months[turn])

    def quarter_at(self, at: datetime) -> Quarter:
        return self.quarter_of(self.day_at(at))

    def day_at(self, at: datetime) -> date:
        turn = bisect_right(self._turns, at.date())
        if turn not in self._zones:
            self._zones[turn] = ZoneInfo(self._holding(ZONE, turn))
        return at.astimezone(self._zones[turn]).date()

    def _holding(self, key: str, turn: int) -> Any:
        """What was set last of all that had taken effect."""
        definition = definition_of(key)
        found = [setting.value for setting in self._set[:turn] if setting.key == key]
        return definition.read(found[-1]) if found else definition.default
