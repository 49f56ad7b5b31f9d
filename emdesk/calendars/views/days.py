"""The days of a calendar: exceptional ones, holidays, and copying a year of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_http_methods, require_POST

from emdesk.calendars import editing
from emdesk.calendars.forms import CopyForm, DayForm, HolidayForm, SpecialDayForm
from emdesk.calendars.hours import own_hours
from emdesk.calendars.models import Holiday, SpecialDay, WorkingCalendar
from emdesk.calendars.views.calendars import calendar_page
from emdesk.configuration.rules import may_change
from emdesk.ledger.models import Event
from emdesk.web import SignedIn

Day = Holiday | SpecialDay


@require_POST
def add_holiday(request: SignedIn, pk: int) -> HttpResponse:
    row = Holiday(calendar=_calendar(request, pk))
    form = HolidayForm(localdate(), request.POST, instance=row)
    if _kept(request, form):
        return redirect(row.calendar)
    return calendar_page(request, pk, holiday_form=form)


@require_POST
def add_special_day(request: SignedIn, pk: int) -> HttpResponse:
    row = SpecialDay(calendar=_calendar(request, pk))
    form = SpecialDayForm(localdate(), request.POST, instance=row)
    if _kept(request, form):
        return redirect(row.calendar)
    return calendar_page(request, pk, special_day_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def holiday(request: SignedIn, pk: int, row: int) -> HttpResponse:
    found = get_object_or_404(Holiday, pk=row, calendar=_calendar(request, pk))
    return _edit(request, found, HolidayForm(localdate(), request.POST or None, instance=found))


@require_http_methods(["GET", "HEAD", "POST"])
def special_day(request: SignedIn, pk: int, row: int) -> HttpResponse:
    found = get_object_or_404(SpecialDay, pk=row, calendar=_calendar(request, pk))
    usual = {"hours": own_hours(found)}
    form = SpecialDayForm(localdate(), request.POST or None, instance=found, initial=usual)
    return _edit(request, found, form)


def _edit(request: SignedIn, row: Day, form: DayForm) -> HttpResponse:
    calendar = row.calendar
    if "remove" in request.POST:
        editing.remove(row, by=request.user, at=now())
        messages.success(request, f"{row.name} is removed.")
        return redirect(calendar)
    if _kept(request, form):
        return redirect(calendar)
    context = {"form": form, "calendar": calendar, "is_holiday": isinstance(row, Holiday)}
    return render(request, "calendars/day.html", context, status=422 if form.is_bound else 200)


def _kept(request: SignedIn, form: DayForm) -> bool:
    if not form.is_valid():
        return False
    who: dict[str, Any] = {"by": request.user, "at": now()}
    try:
        if isinstance(form, SpecialDayForm):
            editing.keep_special_day(form.instance, form.cleaned_data["hours"], **who)
        else:
            editing.keep_holiday(form.instance, **who)
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    messages.success(request, f"{form.instance} is saved.")
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: SignedIn, pk: int) -> HttpResponse:
    """First what would be copied, then those days of it that stayed ticked."""
    calendar = _calendar(request, pk)
    said = request.POST or request.GET or None
    if not said:
        return redirect(calendar)
    form = CopyForm(localdate(), said)
    if not form.is_valid():
        return calendar_page(request, pk, copy_form=form)
    found = form.found()
    if request.method == "POST":
        who: dict[str, Any] = {"by": request.user, "at": now()}
        count = editing.copy_holidays(calendar, _ticked(found, said), place=form.place, **who)
        messages.success(request, f"{count} holiday{'s' * (count != 1)} copied.")
        return redirect(calendar)
    context = {"calendar": calendar, "form": form, "days": _preview(calendar, found)}
    return render(request, "calendars/copy.html", context | {"place": form.place})


def _ticked(found: dict[date, str], said: QueryDict | None) -> dict[date, str]:
    ticked = set(said.getlist("day")) if said else set()
    return {day: name for day, name in found.items() if day.isoformat() in ticked}


def _preview(calendar: WorkingCalendar, found: dict[date, str]) -> list[dict[str, Any]]:
    """Each day, the row already there, and whether somebody once took it off."""
    there = {row.day: row for row in calendar.holidays.filter(day__in=found)}
    gone = Event.objects.about(calendar).filter(verb="calendars.holiday_removed")
    removed = {date.fromisoformat(data["day"]) for data in gone.values_list("data", flat=True)}
    return [
        {"day": day, "name": name, "there": there.get(day), "removed": day in removed}
        for day, name in found.items()
    ]


def _calendar(request: SignedIn, pk: int) -> WorkingCalendar:
    """For those who may change it."""
    found = get_object_or_404(WorkingCalendar, pk=pk)
    if not may_change(request.user):
        raise PermissionDenied
    return found
