"""Whose working time counts."""

from __future__ import annotations

from emdesk.calendars.models import WorkingCalendar
from emdesk.people.models import Segment, Territory, User


def calendar_of(person: User | None, region: Territory | Segment | None) -> WorkingCalendar | None:
    """The person's own calendar, else that of the region; a territory goes by its segment."""
    if person and person.calendar:
        return person.calendar
    if isinstance(region, Territory) and not region.calendar:
        region = region.segment
    return region.calendar if region else None
