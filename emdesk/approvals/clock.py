"""The working clock of an approver: when an answer is due, and when they are reminded."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from emdesk.approvals.eligible import deciders, today_of
from emdesk.approvals.models import Step
from emdesk.calendars.hours import Hours, due, timetable
from emdesk.configuration.values import value_of
from emdesk.people.models import User

MARKS = (50, 80, 100, 200)
DUE = 100


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
    step.due_at = reached(step, DUE, at)
    step.remind_at = reached(step, MARKS[0], at)


def stop(step: Step) -> None:
    step.remind_at = None


def passed(step: Step, at: datetime) -> int:
    """The highest mark reached by ``at`` that nobody was told of; 0 for none."""
    new = [mark for mark in MARKS if mark > step.reminded and reached(step, mark, at) <= at]
    return max(new, default=0)


def told(step: Step, mark: int, at: datetime) -> None:
    """A mark was told; wait for the next one."""
    step.reminded = mark
    later = [each for each in MARKS if each > mark]
    step.remind_at = reached(step, later[0], at) if later else None


def reached(step: Step, mark: int, at: datetime) -> datetime:
    """When so many percent of the office hours are spent: by whoever works first, of several."""
    begin = step.clock_from or at
    hours = value_of(step.declared.hours, localdate(begin))
    budget = timedelta(hours=hours) * mark / DUE
    calendars = {user.calendar for user in asked_people(step, at)} or {None}
    tables = [timetable(calendar) if calendar else None for calendar in calendars]
    return min(due(begin, budget, Hours.OFFICE, table) for table in tables)
