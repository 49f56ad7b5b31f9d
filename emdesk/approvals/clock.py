"""The working clock of an approver: when an answer is due, and when they are reminded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.timezone import localdate

from emdesk.approvals.eligible import deciders, today_of
from emdesk.approvals.models import Step
from emdesk.calendars.hours import Hours, Timetable, Window, due, timetable
from emdesk.configuration.values import value_of
from emdesk.people.models import User

MARKS = (50, 80, 100, 200)
DUE = 100
NINE_TO_FIVE = (Window(9 * 60, 17 * 60),)
USUAL_WEEK = (*[NINE_TO_FIVE] * 5, (), ())


def asked_people(step: Step, at: datetime) -> list[User]:
    """Whose word is awaited: the stand-in, the one named, or everybody who may."""
    assignee, delegate = step.assignee, step.delegate
    if assignee is None:
        return deciders(step, at)
    here = delegate is not None and delegate.is_active
    if delegate and here and step.stands_in(delegate, today_of(delegate, at)):
        return [delegate]
    return [assignee]


def wind(step: Step, at: datetime) -> None:
    """Let the clock run from now on; the row is not saved."""
    step.clock_from, step.reminded = at, 0
    tables = _tables(step, at)
    step.due_at = _reached(step, DUE, tables)
    step.remind_at = _reached(step, MARKS[0], tables)


def stop(step: Step) -> None:
    step.remind_at = None


def passed(step: Step, at: datetime) -> int:
    """The highest mark reached by ``at`` that nobody was told of; 0 for none."""
    tables = _tables(step, at)
    new = [mark for mark in MARKS if mark > step.reminded and _reached(step, mark, tables) <= at]
    return max(new, default=0)


def told(step: Step, mark: int, at: datetime) -> None:
    """A mark was told; wait for the next one."""
    step.reminded = mark
    later = [each for each in MARKS if each > mark]
    step.remind_at = _reached(step, later[0], _tables(step, at)) if later else None


def _tables(step: Step, at: datetime) -> list[Timetable]:
    """When those work who are asked. Who chose no calendar works the usual week where they are."""
    people = asked_people(step, at)
    chosen = {user.calendar for user in people if user.calendar}
    zones = {user.time_zone for user in people if user.calendar is None}
    if not people:
        zones = {"UTC"}
    usual = [Timetable(ZoneInfo(zone), USUAL_WEEK) for zone in sorted(zones)]
    return [timetable(calendar) for calendar in chosen] + usual


def _reached(step: Step, mark: int, tables: Sequence[Timetable]) -> datetime:
    """When so many percent of the office hours are spent: by whoever works first, of several."""
    begin: Any = step.clock_from
    hours = value_of(step.declared.hours, localdate(begin))
    budget = timedelta(hours=hours) * mark / DUE
    return min(due(begin, budget, Hours.OFFICE, table) for table in tables)
