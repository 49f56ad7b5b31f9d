"""The dashboard of a quarter, the rows behind its numbers, and its PDF."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.configuration.currencies import desk_currency
from emdesk.fiscal import Quarter
from emdesk.paper import Unprintable, pdf_of
from emdesk.web import SignedIn
from forecasting import pictures
from forecasting.behind import CLOCKS, CLOSED, behind
from forecasting.booked_margin import Margin, booked_margins
from forecasting.dashboard import Dashboard
from forecasting.forms import QuarterForm
from forecasting.look import Look
from forecasting.panels import Panels, address, shown_quarters
from forecasting.pipeline import COLOURS
from forecasting.readers import for_readers, names_customers
from forecasting.taking import file_of
from forecasting.trust_rules import reads_trust
from scoping.clock_rows import issues_of
from scoping.quarters import quarter_at

PAGE = 50
DRAWN_ON_PAPER = """
text { font-family: sans-serif; font-size: 9px; fill: #4a4c59 }
.over { fill: #1b1d2a } .won, .dot { fill: #4d42cc } .lost { fill: #868896 }
.grid { stroke: #dedfe5 } .trust { stroke: #4d42cc; stroke-width: 1.5px }
.faint .dot { fill: #ffffff; stroke: #4d42cc } .green { fill: #038149 } .amber { fill: #da8a11 }
.red { fill: #d92f35 } .grey { fill: #696b76 } .t-green, .t-red, .t-grey { fill: #ffffff }
.t-amber { fill: #1b1d2a }
"""


@require_safe
@for_readers
def running(request: SignedIn) -> HttpResponse:
    """The quarter that runs now."""
    return quarter(request, str(quarter_at(now())))


@require_safe
@for_readers
def quarter(request: SignedIn, label: str) -> HttpResponse:
    look = _look(request, label)
    template = "quarter_body" if request.htmx else "quarter"
    context = _context(look) | {"margins": _margins(look)}
    return render(request, f"forecasting/{template}.html", context)


@require_safe
@for_readers
def rows(request: SignedIn, label: str) -> HttpResponse:
    """The issues, deals or clocks behind one number."""
    look, named = _look(request, label), names_customers(request.user)
    part, key = (request.GET.get(name, "").replace("\0", "") for name in ("part", "key"))
    found = behind(look, part, key) if named or part in CLOSED else None
    if found is None:
        raise Http404
    if request.GET.get("as") == "csv":
        return file_of(found.kind, found.rows, named=named)
    shown = Paginator(found.rows, PAGE).get_page(request.GET.get("page"))
    if found.kind == CLOCKS:
        issues = issues_of(shown.object_list)
        shown.object_list = [(each, issues[each.subject_id]) for each in shown.object_list]
    said = {"part": part} | ({"key": key} if key else {})
    context = {
        "title": found.says,
        "shown": shown,
        "named": named,
        "here": address(look, "quarter_rows", said=said),
        "back": address(look, "quarter"),
        "back_to": look.quarter.written,
    }
    return render(request, f"forecasting/rows_{found.kind}.html", context)


@require_safe
@for_readers
def paper(request: SignedIn, label: str) -> HttpResponse:
    """The same page on paper."""
    look = _look(request, label)
    page = render_to_string("forecasting/paper.html", _context(look, DRAWN_ON_PAPER))
    try:
        content = pdf_of(page)
    except Unprintable as unprintable:
        return HttpResponse(f"{unprintable}\n", "text/plain; charset=utf-8", 503)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{look.quarter.written}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _look(request: SignedIn, label: str) -> Look:
    try:
        asked = Quarter.parse(label)
    except ValueError as broken:
        raise Http404 from broken
    said = QueryDict(mutable=True)
    for name, value in request.GET.items():
        said[name] = str(value).replace("\0", "")
    return Look(asked, request.user, QuarterForm(said), now())


def _margins(look: Look) -> list[Margin]:
    """Cost goes on the page of who sees it, never on a paper that is handed on."""
    where = look.form.where("statement__issue__")
    day = look.at.date()
    return booked_margins(look.user, look.days, day, desk_currency(day), where)


def _context(look: Look, inside: str = "") -> dict[str, Any]:
    return dashboard_of(Dashboard(look), inside)


def dashboard_of(board: Dashboard, inside: str = "") -> dict[str, Any]:
    """What the page and its paper show; ``inside`` is how drawings look that stand alone."""
    look = board.look
    return {
        "look": look,
        "board": board,
        "panels": Panels(board),
        "colours": [colour.label for colour in COLOURS],
        "form": look.form,
        "narrowed": bool(look.form.said),
        "words": look.form.words,
        "quarters": list(shown_quarters(look, look.calendar.quarter_at(look.at))),
        "pdf": address(look, "quarter_pdf"),
        "reads_trust": reads_trust(look.user),
        "closes": look.whole and names_customers(look.user),
        "won_and_lost": pictures.won_and_lost(board, inside),
        "rates": pictures.rates(board, inside),
        "confidence": pictures.confidence(board, inside),
    }
