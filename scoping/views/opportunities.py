"""The opportunities: a table of deals with what they add up to, its roll-up, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from emdesk.configuration.currencies import desk_currency
from emdesk.configuration.values import values_on
from emdesk.exporting import TYPES, TooMuch, download
from emdesk.money import in_full, in_short
from emdesk.people.models import User
from emdesk.web import SignedIn
from scoping import rules
from scoping.categories import ANY_QUARTER, CUMULATIVE, IN_QUARTER, Outlook, categorised, up_to
from scoping.deal_changes import WEEK
from scoping.deal_totals import Amounts, Totals, rolled_up, totals
from scoping.forms.deal_filter import DealFilter
from scoping.hygiene import Moment, checked
from scoping.listing.around import choices, heads, pager
from scoping.listing.deal_columns import DEAL_COLUMNS
from scoping.listing.deal_tables import DealTable
from scoping.models import Confidence, ForecastCategory, Layout, Opportunity
from scoping.models.opportunity import OpportunityQuerySet
from scoping.picker import notes
from scoping.targets import Asked, Reached, coverage_goal, target
from scoping.views.saved_views import opened


@dataclass(frozen=True)
class Look:
    """One look at the deals: whose, through which filters, when and in which currency."""

    user: User
    filters: DealFilter
    moment: Moment
    currency: str

    @cached_property
    def deals(self) -> OpportunityQuerySet:
        """Valued, categorised and checked; what the category asks for is not applied yet."""
        seen = Opportunity.objects.visible_to(self.user).filter(deleted=False).in_region()
        found = self.filters.applied(seen, self.moment)
        priced = found.valued(localdate(self.moment.at), self.currency)
        return categorised(priced, self.outlook, *self.filters.window)

    @cached_property
    def outlook(self) -> Outlook:
        return Outlook.on(localdate(self.moment.at))

    @property
    def table(self) -> DealTable:
        filters = self.filters
        rows = checked(filters.in_categories(self.deals), self.moment)
        return self.tabled(rows)

    def tabled(self, rows: OpportunityQuerySet) -> DealTable:
        names, keys = self.filters.columns, self.filters.keys
        return DealTable(rows, names, keys, self.user, self.moment, self.currency)


def look(user: User, data: Any, at: Any) -> Look:
    currency = desk_currency(localdate(at))
    return Look(user, DealFilter(user, data, at), Moment.of(at), currency)


def only_readers(user: User) -> None:
    if not rules.reads_deals(user):
        raise Http404


@require_safe
def opportunities(request: SignedIn) -> HttpResponse:
    only_readers(request.user)
    seen = look(request.user, request.GET, now())
    filters = seen.filters
    saved = opened(request, Layout.DEALS, filters.address(), filters.fields)
    shown = _roll_up(seen) if filters.rolls_up else _rows(seen)
    context = {"filters": filters, "query": filters.address(), "saved": saved, **summed(seen)}
    return render(request, "scoping/opportunities.html", context | shown)


@require_safe
def opportunities_export(request: SignedIn, kind: str) -> HttpResponse:
    """Every row of the filter, with the columns and in the order shown."""
    only_readers(request.user)
    if kind not in TYPES:
        raise Http404
    if not rules.exports(request.user):
        raise PermissionDenied
    seen = look(request.user, request.GET, now())
    head = [each for name in seen.filters.columns for each in DEAL_COLUMNS[name].heads]
    name = f"opportunities-{localdate(seen.moment.at)}"
    try:
        return download(kind, name, head, seen.table.file_rows())
    except TooMuch as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('scoping:opportunities')}?{seen.filters.address()}")


def _rows(seen: Look) -> dict[str, Any]:
    filters, table = seen.filters, seen.table
    count = filters.in_categories(seen.deals).count()
    table.turn_to(filters.page_number, filters.size, count)
    return {
        "count": count,
        "heads": list(heads(filters)),
        "lines": table.lines,
        "pager": pager(filters, table.page.number, count),
        "columns": list(choices(filters)),
        "exports": rules.exports(seen.user),
        "week_ago": localdate(seen.moment.at - WEEK),
        "colours": Confidence.choices,
        "beside": notes(seen.user, seen.moment.at),
    }


def _roll_up(seen: Look) -> dict[str, Any]:
    """By EM, region and total; every figure opens its deals."""
    lines = [
        (line, [_figure(seen, each, line.figures[each], **line.opens) for each in CUMULATIVE])
        for line in rolled_up(seen.deals)
    ]
    return {"rolled_up": lines, "count": len(lines) - 1, "categories": _names()}


def _names() -> list[str]:
    return [category.label for category in CUMULATIVE]


def summed(seen: Look) -> dict[str, Any]:
    """What stands above the rows and stays when they scroll."""
    filters = seen.filters
    horizon = IN_QUARTER if filters.looked_at else ANY_QUARTER
    found = totals(seen.deals, seen.outlook, horizon)
    figures = [_figure(seen, each, found.figures[each]) for each in CUMULATIVE]
    shade = [
        (
            colour,
            Confidence(colour).label,
            _figure(seen, "", amounts, confidence=[colour]),
        )
        for colour, amounts in found.colours.items()
    ]
    return {
        "summary": filters.summary,
        "figures": figures,
        "shade": shade,
        "whole": found.whole,
        "omitted": _figure(seen, ForecastCategory.OMITTED, found.omitted),
        "weighted": in_full(found.weighted, seen.currency),
        "in_quarter": bool(filters.looked_at),
        "currency": seen.currency,
        "mismatches": seen.filters.opening(mismatch="any"),
        **_towards_target(seen, found, figures),
        "told": f"{found.whole.count:,} deal{pluralize(found.whole.count)}",
    }


def _towards_target(seen: Look, found: Totals, figures: list[dict[str, Any]]) -> dict[str, Any]:
    """What each figure is of the target, and how far what is open covers what is to go."""
    quarter, whose = seen.filters.looked_at, seen.filters.whose_target
    if quarter is None or whose is None:
        return {}
    on = localdate(seen.moment.at)
    goal = target(Asked(quarter, *whose, seen.user, on, seen.currency))
    if goal is None:
        return {}
    worths = [found.figures[each].value for each in CUMULATIVE]
    reached = Reached(goal, worths[0], worths[-1] - worths[0])
    for figure, worth in zip(figures, worths, strict=True):
        figure["of_target"] = reached.percent(worth)
        figure["missing"] = in_short(goal - worth, seen.currency) if worth < goal else ""
    return {
        "target": in_full(goal, seen.currency),
        "to_go": in_full(reached.to_go, seen.currency),
        "coverage": reached.times,
        "coverage_goal": coverage_goal(quarter, seen.filters.current, values_on(on)),
    }


def _figure(seen: Look, category: str, amounts: Amounts, **changes: Any) -> dict[str, Any]:
    """Without a category, all that is open."""
    open_ones = CUMULATIVE[1:]
    wanted = up_to(category) if category in CUMULATIVE else [category] if category else open_ones
    return {
        "name": ForecastCategory(category).label if category else "",
        "amounts": amounts,
        "short": in_short(amounts.value, seen.currency),
        "full": in_full(amounts.value, seen.currency),
        "opens": seen.filters.opening(**changes, category=wanted),
    }
