"""The win rate along one axis, and the rows behind each of its numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.exporting import download
from emdesk.web import SignedIn
from forecasting.asking import LEFT_OUT, TITLES, Asked
from forecasting.figures import Figures, reasons, table
from forecasting.readers import for_readers, names_customers
from forecasting.taking import file_of
from scoping import rules
from scoping.quarters import quarter_at
from scoping.win_rate import Tally, WinRate, win_rate
from scoping.win_rate_axes import CURRENCY, Basis
from scoping.win_rate_rows import left_out, rows_of

PAGE = 50
HEAD = [
    *("Won", "Lost", "Timed out", "Win rate", "Low", "High", "Without timed out and partner"),
    *(f"Won value in {CURRENCY}", f"Lost value in {CURRENCY}", "Win rate by value"),
]


@require_safe
@for_readers
def page(request: SignedIn) -> HttpResponse:
    asked = Asked.by_address(request, quarter_at(now()))
    within = asked.form.within(asked.basis)
    found = win_rate(asked.basis, asked.axis, request.user, within)
    if request.GET.get("as") == "csv":
        return download("csv", f"win-rate-by-{asked.by}", [asked.title, *HEAD], _lines(found))
    beyond = left_out(asked.basis, request.user, asked.form.beyond(asked.basis))
    context = {
        "asked": asked,
        "form": asked.form,
        "title": asked.title,
        "total": Figures(found.total, asked, None),
        "table": table(asked, found),
        "bases": [(basis, asked.url(basis=str(basis))) for basis in Basis],
        "ways": [(by, TITLES[by], asked.url(by=by)) for by in asked.ways],
        "reasons": reasons(asked, request.user, within),
        "left_out": [
            (f"{count:,}", LEFT_OUT[asked.basis, part], asked.rows_url(part))
            for part, count in beyond.items()
        ],
        "whole": rules.reads_whole_win_rate(request.user),
        "sees_quiet": rules.sees_quiet(request.user),
        "named": names_customers(request.user),
        "csv": f"{asked.url()}&as=csv",
        "narrowed": bool(asked.form.said),
    }
    return render(request, "forecasting/win_rate.html", context)


def _lines(found: WinRate) -> Iterable[list[Any]]:
    named: list[tuple[str, Tally]] = [(row.key, row) for row in found.rows]
    if found.unnamed.closed:
        named.append(("", found.unnamed))
    for key, tally in [*named, ("Total", found.total)]:
        sure = tally.interval
        yield [
            *(key, tally.won, tally.lost, tally.timed_out, tally.rate),
            *((None, None) if sure is None else (round(sure.low, 6), round(sure.high, 6))),
            *(tally.adjusted, tally.won_value, tally.lost_value, tally.value_rate),
        ]


@require_safe
@for_readers
def rows(request: SignedIn) -> HttpResponse:
    asked, named = Asked.by_address(request, quarter_at(now())), names_customers(request.user)
    if not (named or asked.part.counted):
        raise Http404
    form, key = asked.form, asked.key
    within = (form.within if asked.part.counted else form.beyond)(asked.basis)
    found = rows_of(asked.basis, asked.axis, key, asked.part, request.user, within)
    if request.GET.get("as") == "csv":
        return file_of(asked.what, found, named=named)
    shown = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "title": asked.says,
        "shown": shown,
        "named": named,
        "here": asked.rows_url(asked.part, key),
        "back": asked.url(**({"by": "quarter"} if asked.by == "reason" else {})),
        "back_to": "the win rate",
    }
    return render(request, f"forecasting/rows_{asked.what}.html", context)
