"""The forecast's week: it begins on Monday where its person is, and locks once in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django import forms

from emdesk.configuration.definitions import Definition, register
from emdesk.configuration.values import values_on
from emdesk.people.models import User
from scoping.quarters import ZONE

DAY, TIME = "forecast_lock_day", "forecast_lock_time"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FRIDAY = 4
EVE = timedelta(days=1)


@dataclass(frozen=True)
class Lock:
    """When calls lock, as set on a day; ``zone`` is the desk's own, for whoever has none."""

    weekday: int
    hour: time
    zone: str

    @classmethod
    def on(cls, day: date) -> Self:
        """In one query."""
        return cls.of(values_on(day))

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Self:
        """From the settings of a day."""
        return cls(known[DAY], known[TIME], known[ZONE])

    def week(self, at: datetime, em: User | None) -> Week:
        """The week this moment is in, for an engagement manager or for the desk."""
        zone = ZoneInfo(em.time_zone if em else self.zone)
        today = at.astimezone(zone).date()
        monday = today - timedelta(days=today.weekday())
        day = monday + timedelta(days=self.weekday)
        return Week(monday, datetime.combine(day, self.hour, zone))


@dataclass(frozen=True)
class Week:
    monday: date
    locks_at: datetime

    def locked(self, at: datetime) -> bool:
        return at >= self.locks_at

    def due(self, at: datetime) -> bool:
        """From the day before it locks until it does."""
        return self.locks_at.date() - EVE <= at.astimezone(self.locks_at.tzinfo).date() and (
            not self.locked(at)
        )


def weekdays() -> forms.Field:
    return forms.TypedChoiceField(choices=list(enumerate(WEEKDAYS)), coerce=int)


def hours() -> forms.Field:
    clock: Any = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(widget=clock)


register(
    Definition(
        key=DAY,
        name="Day the forecast call locks",
        help="Each week's call is said by this day; later a lead has to reopen it.",
        default=FRIDAY,
        field=weekdays,
    )
)
register(
    Definition(
        key=TIME,
        name="Hour the forecast call locks",
        help="By the clock where the engagement manager is.",
        default=time(17),
        field=hours,
        read=time.fromisoformat,
    )
)
