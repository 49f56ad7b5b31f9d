"""The plans of a quarter: all of them, one told anew, a table checked and then taken in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.views.decorators.http import require_POST, require_safe

from emdesk.money import in_full
from emdesk.web import SignedIn
from forecasting import planning, rules
from forecasting.forecast_page import ForecastPage
from forecasting.models import Plan
from forecasting.plan_forms import PlanForm, TableForm
from forecasting.readers import for_readers
from forecasting.targets import FIELDS
from forecasting.views.forecast import page_asked


@require_safe
@for_readers
def plans(request: SignedIn, label: str) -> HttpResponse:
    page = _page(request, label)
    asked = request.GET.get("plan", "")
    chosen = [plan for plan in page.forecast.targets.plans if str(plan.pk) == asked]
    return _shown(request, page, form=PlanForm(plan=chosen[0] if chosen else None))


@require_POST
@for_readers
def set_plan(request: SignedIn, label: str) -> HttpResponse:
    page = _page(request, label, keeps=True)
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _shown(request, page, form=form, status=422)
    said, told = form.cleaned_data, form.told
    whose = page.forecast.quarter, said["region"], said["engagement_manager"]
    forecast = page.forecast
    planning.set_plan(*whose, told, forecast.currency, by=request.user, at=forecast.at)
    messages.success(request, "The plan is written down.")
    return redirect("forecasting:plans", label)


@require_POST
@for_readers
def table(request: SignedIn, label: str) -> HttpResponse:
    """Checked first; with ``go`` taken in, all of it or nothing."""
    page = _page(request, label, keeps=True)
    form, lines = TableForm(request.POST, request.FILES), list[planning.Planned]()
    quarter, currency = page.forecast.quarter, page.forecast.currency
    if form.is_valid():
        try:
            lines = planning.read_table(form.cleaned_data["text"], quarter)
        except ValueError as refused:
            form.add_error(None, str(refused))
    wrong = [line for line in lines if line.problem]
    if lines and not wrong and "go" in request.POST:
        by, at = request.user, page.forecast.at
        count = planning.carry_out(quarter, lines, currency, by=by, at=at)
        messages.success(request, f"{count} plan{pluralize(count)} written down.")
        return redirect("forecasting:plans", label)
    context = {"checked": lines, "wrong": wrong, "text": form.cleaned_data.get("text", "")}
    status = 422 if form.errors or wrong else 200
    return _shown(request, page, table_form=form, status=status, **context)


def _page(request: SignedIn, label: str, *, keeps: bool = False) -> ForecastPage:
    if not rules.reads_calls(request.user):
        raise Http404
    if keeps and not rules.keeps_plans(request.user):
        raise PermissionDenied
    return page_asked(request, label)


def _shown(
    request: SignedIn, page: ForecastPage, *, status: int = 200, **context: Any
) -> HttpResponse:
    keeps = rules.keeps_plans(request.user)
    context = {"form": PlanForm(), "table_form": TableForm()} | context if keeps else {}
    context |= {"page": page, "forecast": page.forecast, "keeps": keeps}
    plans = sorted(page.forecast.targets.plans, key=_place)
    context["plans"] = [(plan, [_spelled(plan, name) for name in FIELDS]) for plan in plans]
    return render(request, "forecasting/plans.html", context, status=status)


def _spelled(plan: Plan, name: str) -> str:
    worth = getattr(plan, name)
    return "–" if worth is None else in_full(worth, plan.currency)


def _place(plan: Plan) -> tuple[Any, ...]:
    """The region's own plan below those of its people."""
    em = plan.engagement_manager
    return (plan.region, em is None, str(em))
