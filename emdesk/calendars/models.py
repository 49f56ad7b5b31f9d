"""Working calendars as rows: the week, days that differ, holidays, and how it all was when."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.urls import reverse

from emdesk.calendars.hours import Timetable
from emdesk.calendars.zones import valid_time_zone

DAY_MINUTES = 24 * 60
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
BOTH_ENDS = Value("[]")


def in_order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(opens__gte=0, closes__gt=F("opens"), closes__lte=DAY_MINUTES),
        violation_error_message="Working time ends after it starts, at 24:00 at the latest.",
    )


def within_reach(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(day__range=(FIRST_DAY, LAST_DAY)),
        violation_error_message="This day is out of reach. Check the year.",
    )


def never_twice(name: str, owner: str, opens: Any, closes: Any) -> ExclusionConstraint:
    """No two windows of the same owner overlap."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            (Func(F(owner), F(owner), BOTH_ENDS, function="int8range"), RangeOperators.OVERLAPS),
            (Func(opens, closes, function="int4range"), RangeOperators.OVERLAPS),
        ],
        violation_error_message="These working times overlap.",
    )


class WorkingCalendarQuerySet(models.QuerySet["WorkingCalendar"]):
    def offered(self) -> WorkingCalendarQuerySet:
        """What people and regions may choose."""
        return self.filter(is_active=True)

    def with_days(self) -> WorkingCalendarQuerySet:
        """With everything a timetable is made of, in five queries however many calendars."""
        return self.prefetch_related("openings", "special_days__openings", "holidays")


WorkingCalendarManager = models.Manager.from_queryset(WorkingCalendarQuerySet)


class WorkingCalendar(models.Model):
    """When people of one place work. ``country`` and ``subdivision`` are where holidays come from.

    The database refuses one without any working time in its week.
    """

    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64, validators=[valid_time_zone])
    country = models.CharField(max_length=2, blank=True)
    subdivision = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(
        "offered",
        default=True,
        help_text="People and regions may choose it. Those who have it keep it.",
    )

    objects: ClassVar[WorkingCalendarManager[WorkingCalendar]] = WorkingCalendarManager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="calendars_calendar_name",
                violation_error_message="There is a calendar of this name.",
            ),
            models.CheckConstraint(
                name="calendars_calendar_place",
                condition=Q(subdivision="") | ~Q(country=""),
                violation_error_message="Choose a country for this subdivision.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("calendars:calendar", args=[self.pk])

    @property
    def place(self) -> str:
        return "-".join(part for part in (self.country, self.subdivision) if part)


class Opening(models.Model):
    """Working time of a weekday, in minutes since midnight; Monday is 0, 24:00 is 1440."""

    calendar = models.ForeignKey(WorkingCalendar, models.CASCADE, related_name="openings")
    weekday = models.PositiveSmallIntegerField()
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            in_order("calendars_opening_in_order"),
            models.CheckConstraint(
                name="calendars_opening_weekday", condition=Q(weekday__range=(0, 6))
            ),
            never_twice(
                "calendars_opening_once",
                "calendar",
                F("weekday") * DAY_MINUTES + F("opens"),
                F("weekday") * DAY_MINUTES + F("closes"),
            ),
        ]

    def __str__(self) -> str:
        return f"weekday {self.weekday}, minutes {self.opens} to {self.closes}"


class SpecialDay(models.Model):
    """A day unlike its weekday: closed, or with openings of its own. It wins over a holiday."""

    calendar = models.ForeignKey(WorkingCalendar, models.CASCADE, related_name="special_days")
    day = models.DateField()
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "day"],
                name="calendars_special_day_once",
                violation_error_message="This day is already an exceptional one. Change that one.",
            ),
            within_reach("calendars_special_day_within_reach"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.day:%-d %b %Y}"


class SpecialOpening(models.Model):
    """Working time of an exceptional day, as :class:`Opening`."""

    special_day = models.ForeignKey(SpecialDay, models.CASCADE, related_name="openings")
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["opens"]
        constraints = [
            in_order("calendars_special_opening_in_order"),
            never_twice("calendars_special_opening_once", "special_day", F("opens"), F("closes")),
        ]

    def __str__(self) -> str:
        return f"minutes {self.opens} to {self.closes}"


class Holiday(models.Model):
    """A day off. ``copied_from`` names the place it was copied from until somebody edits it."""

    calendar = models.ForeignKey(WorkingCalendar, models.CASCADE, related_name="holidays")
    day = models.DateField()
    name = models.CharField(max_length=200)
    copied_from = models.CharField(max_length=43, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "day"],
                name="calendars_holiday_once",
                violation_error_message="This day is already a holiday.",
            ),
            within_reach("calendars_holiday_within_reach"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.day:%-d %b %Y}"


class CalendarVersionQuerySet(models.QuerySet["CalendarVersion"]):
    def newest(self) -> CalendarVersionQuerySet:
        """One a calendar: how it is now."""
        return self.order_by("calendar_id", "-number").distinct("calendar_id")


CalendarVersionManager = models.Manager.from_queryset(CalendarVersionQuerySet)


class CalendarVersion(models.Model):
    """A calendar's hours as they were from a moment on. Never altered, so that what was counted
    by them can be counted again."""

    calendar = models.ForeignKey(WorkingCalendar, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    since = models.DateTimeField()
    hours = models.JSONField(encoder=DjangoJSONEncoder)

    objects: ClassVar[CalendarVersionManager[CalendarVersion]] = CalendarVersionManager()

    class Meta:
        ordering = ["calendar", "number"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendars_version_in_turn")
        ]

    def __str__(self) -> str:
        return f"{self.calendar}, version {self.number}"

    @property
    def timetable(self) -> Timetable:
        return Timetable.from_json(self.hours)
