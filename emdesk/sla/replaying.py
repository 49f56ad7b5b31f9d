"""What a policy would have made of the clocks of a past quarter: counted, nothing written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils.timezone import make_aware

from emdesk.calendars.models import CalendarVersion
from emdesk.configuration.fiscal_year import first_month
from emdesk.fiscal import Quarter
from emdesk.sla.course import Course, Cycle, course_of
from emdesk.sla.models import LIVE, Clock, CountsIn, Policy
from emdesk.sla.projecting import stories
from emdesk.sla.reckoning import clock_of
from emdesk.sla.signs import Watch, labels, watched

MOST = 5_000
OUTCOMES = ("met", "late", "overdue", "running", "cancelled")


@dataclass
class Replay:
    """How the clocks that started in a quarter went, and would have gone."""

    quarter: Quarter
    then: Counter[str] = field(default_factory=Counter)
    now: Counter[str] = field(default_factory=Counter)
    different: int = 0
    complete: bool = True

    @property
    def total(self) -> int:
        return self.then.total()

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        return [(outcome, self.then[outcome], self.now[outcome]) for outcome in OUTCOMES]


def replay(policy: Policy, today: date, at: datetime) -> Replay:
    """The last whole fiscal quarter under ``policy``, which need not be stored."""
    month = first_month(today)
    quarter = Quarter.containing(today, month).previous
    found = Replay(quarter)
    begins = make_aware(datetime.combine(quarter.starts(month), time.min))
    ends = make_aware(datetime.combine(quarter.ends(month) + timedelta(days=1), time.min))
    clocks = Clock.objects.filter(
        key=policy.key, started_at__gte=begins, started_at__lt=ends
    ).select_related("policy", "calendar")
    for label in labels():
        own = list(clocks.filter(subject_type=label).order_by("-started_at")[: MOST + 1])
        found.complete &= len(own) <= MOST
        if watch := watched(label):
            _play(found, watch, own[:MOST], policy, at)
    return found


def _play(found: Replay, watch: Watch, clocks: list[Clock], policy: Policy, at: datetime) -> None:
    subjects = {clock.subject_id for clock in clocks}
    told = {subject: course_of(chain, watch) for subject, chain in stories(watch, subjects)}
    calendars = _calendars(watch, clocks) if policy.counts_in_calendar else {}
    for clock in clocks:
        course = told.get(clock.subject_id)
        cycle = _cycle_of(clock, course)
        if course is None or cycle is None:
            continue
        calendar = clock.calendar or calendars.get((clock.subject_id, clock.number))
        place, legs = (watch.label, clock.subject_id), watch.legs.get(clock.key, ())
        would = clock_of(place, cycle, course, policy, calendar, legs)
        before, after = _outcome(clock, at), _outcome(would, at)
        found.then[before] += 1
        found.now[after] += 1
        found.different += before != after


def _cycle_of(clock: Clock, course: Course | None) -> Cycle | None:
    cycles = course.cycles if course else []
    mine = (each for each in cycles if (each.key, each.number) == (clock.key, clock.number))
    return next(mine, None)


def _calendars(watch: Watch, clocks: list[Clock]) -> dict[tuple[int, int], CalendarVersion]:
    """The calendar each of these clocks would count in: what was settled once, else as it is."""
    subjects = {clock.subject_id for clock in clocks}
    now = watch.calendars(subjects)
    chosen = {
        (clock.subject_id, clock.number): now[clock.subject_id]
        for clock in clocks
        if clock.subject_id in now
    }
    kept = CountsIn.objects.filter(
        subject_type=watch.label, subject_id__in=subjects, key__in={each.key for each in clocks}
    )
    settled = kept.select_related("calendar")
    return chosen | {(each.subject_id, each.number): each.calendar for each in settled}


def _outcome(clock: Clock, at: datetime) -> str:
    if clock.state in LIVE:
        return "overdue" if clock.due_at and clock.due_at <= at else "running"
    return str(clock.state)
