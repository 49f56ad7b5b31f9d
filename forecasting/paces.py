"""Pacing as its page shows it: a line for each quarter, a row for each week, ways to the deals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString

from emdesk.fiscal import Quarter
from emdesk.money import SYMBOLS, in_full, in_short
from emdesk.people.models import User
from forecasting.charts import Drawing
from forecasting.course_charts import Course as Drawn
from forecasting.course_charts import courses
from forecasting.forms import NOBODY, ForecastForm
from forecasting.pacing import MEASURES, Course, Pacing
from forecasting.rules import reads_calls
from forecasting.spelling import percent
from forecasting.targets import Targets
from scoping.models import ForecastCategory
from scoping.quarters import FiscalCalendar


class PacingForm(ForecastForm):
    """Also which figure."""

    measure = forms.ChoiceField(
        label="Figure",
        required=False,
        choices=[("", ForecastCategory.COMMIT.label)]
        + [each for each in MEASURES.items() if each[0] != ForecastCategory.COMMIT],
    )
    field_order = ("quarter", "measure")

    @property
    def narrowing(self) -> Q:
        """As deals were when they were kept."""
        found, said = Q(), self.said
        for name, field in (("em", "engagement_manager"), ("segment", "segment")):
            if value := said.get(name):
                found &= Q(**{field: None if value == NOBODY else value})
        if region := said.get("region"):
            found &= Q(region="" if region == NOBODY else region)
        return found


@dataclass(frozen=True)
class Cell:
    """``url`` opens its deals."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Paces:
    form: PacingForm
    pacing: Pacing

    @classmethod
    def by_address(cls, request: HttpRequest, user: User, at: datetime) -> Self:
        said = QueryDict(mutable=True)
        for name, value in request.GET.items():
            said[name] = str(value).replace("\0", "")
        calendar = FiscalCalendar()
        running = calendar.quarter_at(at)
        form = PacingForm(said, user, running)
        told = form.said.get("quarter")
        quarter = Quarter.parse(told) if told else running
        measure = form.said.get("measure", str(ForecastCategory.COMMIT))
        return cls(form, Pacing(quarter, measure, form.narrowing, user, at, calendar))

    @property
    def measure(self) -> str:
        return MEASURES[self.pacing.measure]

    @property
    def heads(self) -> list[str]:
        return [course.quarter.written for course in self.pacing.courses]

    def lines(self, *, opens: bool) -> list[tuple[str, list[Cell], str]]:
        """Each week: the cells of its quarters, the mean of the earlier ones."""
        found = []
        for week in self.pacing.weeks:
            cells = [self._cell(course, week, opens) for course in self.pacing.courses]
            found.append((f"Week {week}", cells, self._full(self.pacing.usual(week))))
        return found

    @cached_property
    def _won(self) -> list[Decimal]:
        return [self.pacing.ended_at(each) for each in self.pacing.courses]

    @property
    def ends(self) -> list[str]:
        """What was won in each, so far or in all."""
        return [self._full(each) for each in self._won]

    @property
    def sentence(self) -> str:
        pacing, week = self.pacing, self.pacing.this.last_week
        if week is None:
            return f"{pacing.quarter.written} has no snapshot yet."
        stood = in_short(pacing.this.values[week], pacing.currency)
        told = f"In week {week} of {pacing.quarter.written}, {self.measure} stood at {stood}"
        if pacing.ahead is None:
            return f"{told}. No earlier quarter has a snapshot of that week."
        by = in_short(abs(pacing.ahead), pacing.currency)
        way = "above" if pacing.ahead > 0 else "below"
        said = f"{by} {way}" if pacing.ahead else "the same as"
        return f"{told}, {said} the mean of the same week in earlier quarters."

    @cached_property
    def plan(self) -> Decimal | None:
        """What is to be booked, for whoever reads plans; segments have none."""
        pacing, said = self.pacing, self.form.said
        em, region = said.get("em"), said.get("region")
        if not reads_calls(pacing.user) or "segment" in said or em == NOBODY:
            return None
        today = pacing.calendar.day_at(pacing.at)
        where = "" if region == NOBODY else region
        targets = Targets(pacing.quarter, today, pacing.currency)
        return targets.of(where, int(em) if em else None).bookings

    @property
    def against_plan(self) -> str:
        """The gap to go is what of the plan is not won yet; empty without a plan."""
        if not self.plan:
            return ""
        won = self._won[0]
        gap = max(self.plan - won, Decimal(0))
        plan, to_go = (in_short(each, self.pacing.currency) for each in (self.plan, gap))
        return f"Plan {plan}: {percent(won / self.plan)} of it won, {to_go} to go."

    @property
    def drawing(self) -> SafeString:
        """This quarter in front of the earlier ones."""
        pacing = self.pacing
        tick = f"{SYMBOLS.get(pacing.currency, f'{pacing.currency} ')}{{:,.0f}}k"
        drawn = [self._drawn(each, "faint") for each in reversed(pacing.earlier)]
        drawn.append(self._drawn(pacing.this, "this"))
        title = f"{self.measure} by week, {pacing.quarter.written} and earlier quarters"
        level = None if self.plan is None else (float(self.plan), "Plan")
        steps = [str(week) for week in pacing.weeks]
        return courses(Drawing("pacing", title, self.sentence), steps, drawn, tick, level)

    def url(self, name: str = "pacing", **more: str) -> str:
        return f"{reverse(f'forecasting:{name}')}?{urlencode(self.form.said | more)}"

    @property
    def cells(self) -> list[list[Any]]:
        """For a file."""
        pacing = self.pacing
        return [
            [week, *(each.values.get(week) for each in pacing.courses), pacing.usual(week)]
            for week in pacing.weeks
        ]

    def _cell(self, course: Course, week: int, opens: bool) -> Cell:  # noqa: FBT001
        if week not in course.values:
            return Cell("—")
        where = {"of": str(course.quarter), "week": str(week)}
        url = self.url("pacing_rows", **where) if opens else ""
        return Cell(self._full(course.values[week]), url)

    def _drawn(self, course: Course, kind: str) -> Drawn:
        values = [self._float(course.values.get(week)) for week in self.pacing.weeks]
        told = "; ".join(
            f"week {week} {in_short(value, self.pacing.currency)}"
            for week, value in sorted(course.values.items())
        )
        return Drawn(kind, str(course.quarter), f"{course.quarter.written}: {told}", values)

    def _full(self, value: Decimal | None) -> str:
        return "—" if value is None else in_full(round(value, 2), self.pacing.currency)

    @staticmethod
    def _float(value: Decimal | None) -> float | None:
        return None if value is None else float(value)
