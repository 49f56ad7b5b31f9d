"""The forecast of a quarter: its page and its files."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from emdesk.exporting import download
from emdesk.fiscal import Quarter
from emdesk.people.models import User
from emdesk.web import SignedIn
from forecasting.attained import AttainedShown
from forecasting.booked_margin import booked_margins
from forecasting.call_forms import own_form
from forecasting.calls import Calls
from forecasting.calls_shown import CallsShown, asking
from forecasting.clari import CRM_USERS, HEAD, period, quotas, unknown
from forecasting.forecast import Forecast
from forecasting.forecast_page import ForecastPage
from forecasting.line_markup import attained_lines, call_lines, forecast_lines
from forecasting.readers import for_readers
from forecasting.roll_up import Line
from forecasting.rules import calls as may_call
from forecasting.rules import reads_calls, sees_forecast_calls
from forecasting.trust_rules import reads_trust
from scoping import rules
from scoping.categories import CUMULATIVE, HORIZONS
from scoping.quarters import quarter_at


@require_safe
@for_readers
def running(request: SignedIn) -> HttpResponse:
    """The quarter that runs now."""
    return forecast(request, str(quarter_at(now())))


@require_safe
@for_readers
def forecast(request: SignedIn, label: str) -> HttpResponse:
    page = page_asked(request, label)
    context = {
        "page": page,
        "forecast": page.forecast,
        "exports": rules.exports(request.user),
        "reads_trust": reads_trust(request.user),
        "call_mode": sees_forecast_calls(request.user),
        "lines": forecast_lines([*page.lines, page.sums], targeted=page.targeted),
    }
    if reads_calls(request.user):
        context |= _called(page, request.user)
    return render(request, "forecasting/forecast.html", context)


@require_safe
@for_readers
def export(request: SignedIn, label: str) -> HttpResponse:
    """The table as the page shows it."""
    if not rules.exports(request.user):
        raise PermissionDenied
    page = page_asked(request, label)
    roll, currency = page.roll, page.forecast.currency
    head = [page.title, "Deals", *page.categories]
    head += [f"Weighted {name}" for name in HORIZONS.values()]
    lines = [_cells(line) for line in (*roll.lines, roll.whole)]
    if page.targeted:
        head += ["Target", "To go"]
        for cells, shown in zip(lines, [*page.lines, page.sums], strict=True):
            cells += [shown.reached.target, shown.reached.to_go] if shown.reached else [None] * 2
    name = f"forecast-{page.forecast.quarter}-by-{page.by}"
    rows = ([*line, currency] for line in lines)
    return download("csv", name, [*head, "Currency"], rows)


@require_safe
@for_readers
def clari(request: SignedIn, label: str) -> HttpResponse:
    """The plans of the quarter as Clari's quota upload; its cells as Clari reads them."""
    if not reads_calls(request.user):
        raise Http404
    if not rules.exports(request.user):
        raise PermissionDenied
    asked = page_asked(request, label).forecast
    rows = quotas(asked.targets, asked.quarter, asked.known[CRM_USERS])
    return download("csv", f"clari-quotas-{period(asked.quarter)}", HEAD, rows)


def _called(page: ForecastPage, user: User) -> dict[str, Any]:
    """The week's calls, and the form for one's own while it may be said."""
    found = Calls(page.forecast, page.by_em)
    shown = CallsShown(found)
    attained = AttainedShown(page.forecast, page.by_em)
    plans = attained.lines
    context: dict[str, Any] = {
        "calls": shown,
        "call_lines": call_lines(shown.lines, "em") + call_lines([shown.desk], "total"),
        "attained": attained,
        "attained_lines": plans
        and attained_lines(plans, "em") + attained_lines([attained.whole], "total"),
        "margins": booked_margins(
            user, [page.forecast.window], localdate(page.forecast.at), page.forecast.currency
        ),
        "clari_url": reverse("forecasting:clari", args=[str(page.forecast.quarter)]),
        "unknown": unknown(page.forecast.targets, page.forecast.known[CRM_USERS]),
        "plans_url": page.address(name="plans"),
    }
    if found.open and may_call(user, user):
        line = found.line(user)
        if not line.locked:
            context |= {"form": own_form(line), **asking(shown, line)}
    return context


def page_asked(request: SignedIn, label: str) -> ForecastPage:
    """Of the quarter in the address, or 404."""
    forecast = Forecast(quarter_asked(label), request.user, now())
    return ForecastPage(forecast, request.GET.get("by", ""))


def quarter_asked(label: str) -> Quarter:
    try:
        return Quarter.parse(label)
    except ValueError as broken:
        raise Http404 from broken


def _cells(line: Line) -> list[Any]:
    name = f"{line.name}, {line.region or 'No region'}" if line.kind == "em" else line.name
    figures = [line.figures[each] for each in CUMULATIVE]
    weighted = (round(worth, 2) for worth in line.weighted.values())
    return [name, figures[-1].count, *(each.value for each in figures), *weighted]
