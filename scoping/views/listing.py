"""The list of issues, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from emdesk.exporting import TYPES, TooMuch, download
from emdesk.people.models import User
from emdesk.web import SignedIn
from scoping import rules
from scoping.forms.listing import ListFilter
from scoping.listing.around import choices, heads, pager, totals
from scoping.listing.columns import COLUMNS
from scoping.listing.tables import IssueTable
from scoping.models import Layout, ScopingIssue
from scoping.models.finding import ScopingIssueQuerySet
from scoping.states import State
from scoping.views.saved_views import opened


@dataclass(frozen=True)
class Look:
    """One look at the list: whose, through which filters, at which issues and when."""

    user: User
    filters: ListFilter
    issues: ScopingIssueQuerySet
    at: datetime

    @property
    def table(self) -> IssueTable:
        filters = self.filters
        return IssueTable(self.issues, filters.columns, filters.keys, self.at)


def look(user: User, data: Any, at: datetime) -> Look:
    filters = ListFilter(user, data)
    return Look(user, filters, filters.applied(ScopingIssue.objects.visible_to(user)), at)


@require_safe
def issues(request: SignedIn) -> HttpResponse:
    seen = look(request.user, request.GET, now())
    filters = seen.filters
    saved = opened(request, Layout.LIST, filters.address(), filters.fields)
    return render(request, "scoping/list.html", frame(seen) | {"saved": saved})


@require_safe
def issues_export(request: SignedIn, kind: str) -> HttpResponse:
    """Every row of the filter, with the columns and in the order shown."""
    if kind not in TYPES:
        raise Http404
    if not rules.exports(request.user):
        raise PermissionDenied
    seen = look(request.user, request.GET, now())
    head = [each for name in seen.filters.columns for each in COLUMNS[name].heads]
    try:
        return download(kind, f"issues-{localdate(seen.at)}", head, seen.table.file_rows())
    except TooMuch as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('scoping:issues')}?{seen.filters.address()}")


def frame(seen: Look) -> dict[str, Any]:
    """Everything the list shows."""
    filters, found, table = seen.filters, totals(seen.issues), seen.table
    table.turn_to(filters.page_number, filters.size, found.count)
    selects = rules.acts_in_bulk(seen.user)
    query = filters.address()
    return {
        "filters": filters,
        "summary": f"{found.count:,} issue{pluralize(found.count)} · {filters.summary}",
        "totals": found,
        "heads": list(heads(filters)),
        "lines": table.lines(selectable=selects),
        "pager": pager(filters, table.page.number, found.count),
        "columns": list(choices(filters)),
        "selects": selects,
        "exports": rules.exports(seen.user),
        "states": State.choices,
        "query": query,
        "board_query": filters.board_address,
        "clear_query": filters.cleared,
    }
