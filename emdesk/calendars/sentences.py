"""What every event about a calendar says, after the name of who did it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from emdesk.ledger.models import Event

NAMES = {
    "name": "name",
    "time_zone": "time zone",
    "country": "country",
    "subdivision": "part of the country",
    "is_active": "whether it is offered",
    "week": "week",
}


def _added(event: Event) -> str:
    return f"made this calendar: {event.data['week']}, {event.data['time_zone']}"


def _changed(event: Event) -> str:
    parts = [
        f"{NAMES[name]} from {_value(old)} to {_value(new)}"
        for name, (old, new) in event.data["changed"].items()
    ]
    return f"changed {', and '.join(parts)}"


def _special_day_set(event: Event) -> str:
    hours = event.data["hours"] or "closed"
    return f"set {_day(event.data['day'])} ({event.data['name']}) to {hours}"


def _special_day_removed(event: Event) -> str:
    return f"took {_day(event.data['day'])} ({event.data['name']}) off the exceptional days"


def _holiday_set(event: Event) -> str:
    return f"noted a holiday on {_day(event.data['day'])}: {event.data['name']}"


def _holiday_removed(event: Event) -> str:
    return f"took {event.data['name']} on {_day(event.data['day'])} off the holidays"


def _holidays_copied(event: Event) -> str:
    days = event.data["days"]
    count = "a holiday" if len(days) == 1 else f"{len(days)} holidays"
    return f"copied {count} of {event.data['copied_from']} from {_day(days[0])} on"


DEEDS: dict[str, Callable[[Event], str]] = {
    "calendars.added": _added,
    "calendars.changed": _changed,
    "calendars.special_day_set": _special_day_set,
    "calendars.special_day_removed": _special_day_removed,
    "calendars.holiday_set": _holiday_set,
    "calendars.holiday_removed": _holiday_removed,
    "calendars.holidays_copied": _holidays_copied,
}


def _day(iso: Any) -> str:
    return f"{date.fromisoformat(str(iso)):%-d %b %Y}"


def _value(value: Any) -> str:
    return {True: "yes", False: "no", "": "nothing"}.get(value, str(value))
