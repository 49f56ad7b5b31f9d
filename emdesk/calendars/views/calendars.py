"""The calendars, one calendar with everything about it, and changing its week."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_http_methods, require_safe

from emdesk.calendars import editing
from emdesk.calendars.drawing import draw_week
from emdesk.calendars.forms import CalendarForm, CopyForm, HolidayForm, SpecialDayForm
from emdesk.calendars.hours import own_hours, timetable
from emdesk.calendars.models import WorkingCalendar
from emdesk.calendars.sentences import DEEDS
from emdesk.calendars.spelling import spell, spell_week
from emdesk.configuration.rules import may_change
from emdesk.ledger.models import Event
from emdesk.web import SignedIn

WEEK = timedelta(days=7)
LAST_CHANGES = 30
NINE_TO_FIVE = "09:00–17:00"


@require_safe
def calendars(request: SignedIn) -> HttpResponse:
    found = WorkingCalendar.objects.with_days().annotate(
        people_count=Count("people", distinct=True)
    )
    rows = [
        {"calendar": each, "week": spell_week(timetable(each).week)}
        for each in found.prefetch_related("segments", "territories").order_by("name")
    ]
    context = {"rows": rows, "may_change": may_change(request.user)}
    return render(request, "calendars/calendars.html", context)


@require_safe
def calendar(request: SignedIn, pk: int) -> HttpResponse:
    return calendar_page(request, pk)


def calendar_page(request: SignedIn, pk: int, **bound: BaseForm) -> HttpResponse:
    """The page of a calendar, with those of its forms that were filled in wrongly."""
    found = get_object_or_404(WorkingCalendar.objects.with_days(), pk=pk)
    today, shown = localdate(), _shown(request)
    context: dict[str, Any] = {
        "calendar": found,
        "week": spell_week(timetable(found).week),
        "days": draw_week(found, shown),
        "earlier": shown - WEEK,
        "later": shown + WEEK,
        "years": _by_year(found, today),
        "special_days": [
            {"row": row, "hours": spell(own_hours(row))} for row in found.special_days.all()
        ],
        "today": today,
        "may_change": may_change(request.user),
        "changes": _changes(found),
        "holiday_form": HolidayForm(today),
        "special_day_form": SpecialDayForm(today),
        "copy_form": CopyForm(today, initial=_place(found, today)),
    }
    status = 422 if bound else 200
    return render(request, "calendars/calendar.html", context | bound, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    _insist(request)
    usual = {f"day_{day}": NINE_TO_FIVE for day in range(5)}
    initial = {"is_active": True, "time_zone": request.user.time_zone} | usual
    form = CalendarForm(WorkingCalendar(), request.POST or None, initial=initial)
    if form.is_valid():
        made = WorkingCalendar(**form.identity())
        editing.create(made, form.week(), by=request.user, at=now())
        messages.success(request, f"{made} is made. Now copy the holidays of its country.")
        return redirect(made)
    context = {"form": form}
    return render(request, "calendars/change.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedIn, pk: int) -> HttpResponse:
    _insist(request)
    found = get_object_or_404(WorkingCalendar.objects.with_days(), pk=pk)
    form = CalendarForm(found, request.POST or None, initial=_as_it_stands(found))
    if form.is_valid() and _change(request, found, form):
        messages.success(request, f"{found} is saved.")
        return redirect(found)
    context = {"form": form, "calendar": found}
    return render(request, "calendars/change.html", context, status=422 if form.is_bound else 200)


def _change(request: SignedIn, found: WorkingCalendar, form: CalendarForm) -> bool:
    seen = form.cleaned_data["seen"] or 0
    said: dict[str, Any] = {"week": form.week(), **form.identity()}
    try:
        editing.change(found, seen=seen, by=request.user, at=now(), **said)
    except editing.Overtaken:
        form.add_error(
            None,
            "Somebody changed this calendar meanwhile. Open it again and see how it stands now.",
        )
        return False
    return True


def _as_it_stands(found: WorkingCalendar) -> dict[str, Any]:
    week = timetable(found).week
    names = ("name", "time_zone", "country", "subdivision", "is_active")
    said = {name: getattr(found, name) for name in names}
    days = {f"day_{day}": windows for day, windows in enumerate(week)}
    return said | days | {"seen": editing.latest(found)}


def _insist(request: SignedIn) -> None:
    if not may_change(request.user):
        raise PermissionDenied


def _shown(request: SignedIn) -> date:
    """The day whose week to draw, from the address; today when it names none."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return localdate()
    return min(max(day, date(1990, 1, 8)), date(2100, 12, 20))


def _place(found: WorkingCalendar, today: date) -> dict[str, Any]:
    return {"country": found.country, "subdivision": found.subdivision, "year": today.year + 1}


def _by_year(found: WorkingCalendar, today: date) -> list[dict[str, Any]]:
    years = groupby(found.holidays.all(), key=lambda holiday: holiday.day.year)
    return [
        {"year": year, "holidays": list(rows), "open": today.year <= year <= today.year + 1}
        for year, rows in years
    ]


def _changes(found: WorkingCalendar) -> list[dict[str, Any]]:
    events = Event.objects.about(found).select_related("actor").order_by("-number")
    return [
        {"event": event, "what": DEEDS[event.verb](event)}
        for event in events[:LAST_CHANGES]
        if event.verb in DEEDS
    ]
