"""Whose working time counts."""

from __future__ import annotations

from emdesk.calendars.models import WorkingCalendar
from emdesk.people.models import Segment, Territory, User


def calendar_of(
    person: User | None, *regions: Territory | Segment | None
) -> WorkingCalendar | None:
    """The person's own calendar, else that of the first region that has one."""
    if person and person.calendar:
        return person.calendar
    chosen = (_calendar(region) for region in regions if region)
    return next((calendar for calendar in chosen if calendar), None)


def _calendar(region: Territory | Segment) -> WorkingCalendar | None:
    """A territory without its own goes by that of its segment."""
    if isinstance(region, Territory) and not region.calendar:
        return region.segment.calendar if region.segment else None
    return region.calendar
