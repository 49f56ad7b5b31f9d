"""What people fill in about a calendar: its week, days that differ, holidays and where from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from emdesk.calendars.hours import Windows
from emdesk.calendars.models import Holiday, SpecialDay, WorkingCalendar
from emdesk.calendars.public_holidays import countries, public_holidays, trouble
from emdesk.calendars.spelling import LONGEST, WEEKDAYS, NotWorkingTime, read, spell
from emdesk.calendars.zones import time_zones
from emdesk.web import DayInput

FURTHEST_YEARS = 20
EVERY_PLACE = [("", "None")]


class WorkingTime(forms.CharField):
    """One day's windows, written like ``09:00–12:00, 13:00–17:00``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=LONGEST, **kwargs)

    def clean(self, value: Any) -> Windows:
        try:
            return read(super().clean(value))
        except NotWorkingTime as wrong:
            raise ValidationError(str(wrong)) from None

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else spell(value)


class PlaceFields(forms.Form):
    """A country and, where it has them, a part of it with holidays of its own."""

    country = forms.ChoiceField(choices=lambda: EVERY_PLACE + countries(), required=False)
    subdivision = forms.CharField(
        max_length=40,
        required=False,
        help_text="Part of the country with holidays of its own, such as BY in Germany.",
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        country, part = said.get("country", ""), said.get("subdivision", "").strip()
        if part and not country:
            self.add_error("country", "Choose the country of this part.")
        elif country and (wrong := trouble(country, part)):
            self.add_error("subdivision", wrong)
        return said | {"subdivision": part}


class CalendarForm(PlaceFields):
    """A whole calendar but for its days: seven texts make the week."""

    name = forms.CharField(max_length=80)
    time_zone = forms.ChoiceField(choices=time_zones)
    is_active = forms.BooleanField(
        label="Offered", required=False, help_text="People and regions may choose it."
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    order = ["name", "time_zone", *(f"day_{day}" for day in range(7)), "country"]

    def __init__(self, calendar: WorkingCalendar, *args: Any, **kwargs: Any) -> None:
        self.calendar = calendar
        super().__init__(*args, **kwargs)
        for day, name in enumerate(WEEKDAYS):
            self.fields[f"day_{day}"] = WorkingTime(label=name)
        self.order_fields(self.order)

    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{day}"] for day in range(7)]

    def week(self) -> Sequence[Windows]:
        return tuple(self.cleaned_data[f"day_{day}"] for day in range(7))

    def identity(self) -> dict[str, Any]:
        names = ("name", "time_zone", "country", "subdivision", "is_active")
        return {name: self.cleaned_data[name] for name in names}

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        days = [f"day_{day}" for day in range(7)]
        if not any(said.get(day) or day in self.errors for day in days):
            self.add_error(None, "This week has no working time. Give at least one day some.")
        named = WorkingCalendar.objects.filter(name__iexact=said.get("name", ""))
        if named.exclude(pk=self.calendar.pk).exists():
            self.add_error("name", "There is a calendar of this name.")
        return said


class DayForm(forms.ModelForm):  # type: ignore[type-arg]
    """A day of a calendar, within reach of today."""

    day = forms.DateField(
        widget=DayInput(),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if abs(day.year - self.today.year) > FURTHEST_YEARS:
            raise ValidationError(
                f"{day:%-d %B %Y} is more than {FURTHEST_YEARS} years away. Check the year."
            )
        return day


class HolidayForm(DayForm):
    prefix = "holiday"

    class Meta:
        model = Holiday
        fields = ["day", "name"]


class SpecialDayForm(DayForm):
    prefix = "special"
    hours = WorkingTime(
        label="Working time", help_text="Such as 09:00–12:00. Empty: closed all day."
    )

    class Meta:
        model = SpecialDay
        fields = ["day", "name"]


class CopyForm(PlaceFields):
    """Whose holidays of which year to copy."""

    year = forms.IntegerField()

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, last = today.year - FURTHEST_YEARS, today.year + FURTHEST_YEARS
        self.fields["year"] = forms.IntegerField(min_value=first, max_value=last)
        self.fields["country"].required = True

    def found(self) -> dict[date, str]:
        said = self.cleaned_data
        return public_holidays(said["country"], said["subdivision"], [said["year"]])

    @property
    def place(self) -> str:
        said = self.cleaned_data
        return "-".join(filter(None, (said["country"], said["subdivision"])))
