"""What an address of the forecast's changes asks for; what it says wrongly is the usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from emdesk.fiscal import Quarter
from emdesk.people.models import User
from emdesk.web import DayInput
from forecasting.forms import ForecastForm
from forecasting.waterfall import Scope, Waterfall, waterfall
from scoping.quarters import FiscalCalendar

ALL = "all"
WEEK = timedelta(days=7)
EARLIEST = date(2000, 1, 1)


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DayInput())


class ChangesForm(ForecastForm):
    """Also from when to when."""

    since, until = _day("From the end of"), _day("To the end of")
    field_order = ("since", "until", "quarter")

    def __init__(self, data: QueryDict, user: User, running: Quarter) -> None:
        super().__init__(data, user, running, (ALL, "Every quarter"))


@dataclass(frozen=True)
class Asked:
    """``quarter`` is None for every quarter."""

    form: ChangesForm
    first: date
    last: date
    quarter: Quarter | None
    calendar: FiscalCalendar

    @classmethod
    def by_address(cls, request: HttpRequest, user: User, at: datetime) -> Self:
        said = QueryDict(mutable=True)
        for name, value in request.GET.items():
            said[name] = str(value).replace("\0", "")
        calendar = FiscalCalendar()
        today = calendar.day_at(at)
        running = calendar.quarter_of(today)
        form = ChangesForm(said, user, running)
        told: dict[str, Any] = form.said
        last = max(min(told.get("until", today), today), EARLIEST + WEEK)
        first = max(min(told.get("since", last - WEEK), last), EARLIEST)
        form.data = {**form.data, "since": str(first), "until": str(last)}
        chosen = told.get("quarter")
        quarter = None if chosen == ALL else Quarter.parse(chosen) if chosen else running
        return cls(form, first, last, quarter, calendar)

    @property
    def scope(self) -> Scope:
        spans = self.calendar.days(self.quarter) if self.quarter else ()
        named = {name: self.form.said.get(name, "") for name in ("em", "segment", "region")}
        return Scope(spans, **named)

    def told(self, user: User, at: datetime) -> Waterfall:
        return waterfall(self.first, self.last, self.scope, at=at, user=user)

    @property
    def which(self) -> str:
        return self.quarter.written if self.quarter else "every quarter"

    @property
    def periods(self) -> list[tuple[str, str, str]]:
        """Usual spans of time that end on the same day: key, name and address of each."""
        begins = self.last - WEEK
        if self.quarter and (days := self.calendar.days(self.quarter)):
            begins = min(days[0][0] - timedelta(days=1), self.last)
        spans = (("1", "One week", self.last - WEEK), ("4", "Four weeks", self.last - 4 * WEEK))
        return [
            (str(first), name, self.url(since=str(first)))
            for _, name, first in (*spans, ("q", "Since the quarter began", begins))
        ]

    def url(self, name: str = "waterfall", **more: str) -> str:
        """With both days, so that what one passes on stays what one saw."""
        days = {"since": str(self.first), "until": str(self.last)}
        said = self.form.said | days | more
        return f"{reverse(f'forecasting:{name}')}?{urlencode(said)}"
