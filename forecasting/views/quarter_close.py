"""Closing a quarter: what is open, the freeze, and the corrections since."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.files.refusal import Refused as NotStored
from emdesk.paper import Unprintable, pdf_of
from emdesk.sealing import Unsealable
from emdesk.web import SignedIn
from emdesk.workflow import Refused
from forecasting.amendments import corrections
from forecasting.checklist import ITEMS, Checked, checklist
from forecasting.dashboard import Dashboard
from forecasting.forms import QuarterForm
from forecasting.freezing import checked, document, freeze, whole_tally
from forecasting.look import Look
from forecasting.models import Freeze
from forecasting.readers import for_closers
from forecasting.rules import freezes_quarters
from forecasting.spelling import percent
from forecasting.views.forecast import quarter_asked
from forecasting.views.quarters import DRAWN_ON_PAPER, dashboard_of
from scoping.win_rate_axes import Basis

PAGE = 50


class FreezeForm(forms.Form):
    """With something open, a word on why that is right is needed."""

    note = forms.CharField(
        max_length=1_000,
        label="What is left open, and why",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, items: list[Checked], *args: Any) -> None:
        super().__init__(*args)
        self.fields["note"].required = any(each.count for each in items)


@require_safe
@for_closers
def close(request: SignedIn, label: str) -> HttpResponse:
    return _page(request, _look(request, label))


@require_POST
@for_closers
def freeze_quarter(request: SignedIn, label: str) -> HttpResponse:
    """Keep the figures, and the dashboard as a sealed PDF without names of customers."""
    if not freezes_quarters(request.user):
        raise PermissionDenied
    look = _look(request, label)
    form = FreezeForm(checklist(look), request.POST)
    if form.is_valid():
        try:
            kept = _frozen(request, look, form.cleaned_data["note"])
        except (Refused, NotStored, Unprintable, Unsealable) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{look.quarter.written} is frozen.")
            return redirect(kept)
    return _page(request, look, form)


@require_safe
@for_closers
def rows(request: SignedIn, label: str) -> HttpResponse:
    """What is open behind one item."""
    look, item = _look(request, label), ITEMS.get(request.GET.get("item", ""))
    if item is None:
        raise Http404
    here = reverse("forecasting:close_rows", args=[str(look.quarter)])
    context = {
        "title": f"{item.title}, {look.quarter.written}",
        "shown": Paginator(item.rows(look), PAGE).get_page(request.GET.get("page")),
        "named": True,
        "here": f"{here}?item={item.key}",
        "back": reverse("forecasting:quarter_close", args=[str(look.quarter)]),
        "back_to": "the checklist",
        "no_file": True,
    }
    return render(request, f"forecasting/rows_{item.kind}.html", context)


def _frozen(request: SignedIn, look: Look, note: str) -> Freeze:
    board = Dashboard(look)

    def printed() -> bytes:
        context = dashboard_of(board, DRAWN_ON_PAPER)
        context["panels"].named = False
        return pdf_of(render_to_string("forecasting/paper.html", context))

    return freeze(board, note, printed, by=request.user, at=look.at)


def _page(request: SignedIn, look: Look, form: FreezeForm | None = None) -> HttpResponse:
    kept = Freeze.objects.filter(quarter=str(look.quarter)).select_related("by").first()
    context: dict[str, Any] = {"look": look, "kept": kept}
    if kept is not None:
        context |= _since(request, look, kept)
    else:
        items = checklist(look)
        may = freezes_quarters(request.user) and not look.running
        context |= {
            "items": items,
            "open_items": sum(1 for each in items if each.count),
            "form": form or (FreezeForm(items) if may else None),
        }
    return render(request, "forecasting/quarter_close.html", context, status=422 if form else 200)


def _since(request: SignedIn, look: Look, kept: Freeze) -> dict[str, Any]:
    """The figures as frozen, each correction, and what they come to now."""
    frozen, found = kept.tally(Basis.ISSUES), corrections(kept)
    now_is = whole_tally(Dashboard(look), Basis.ISSUES)
    after = found[-1].after if found else frozen.rate
    return {
        "frozen": frozen,
        "rate": percent(frozen.rate),
        "corrections": [(each, percent(each.before), percent(each.after)) for each in found],
        "now": now_is,
        "now_rate": percent(now_is.rate),
        "unexplained": after != now_is.rate,
        "document": document(kept),
        "seal": checked(kept) if "seal" in request.GET else None,
        "seal_asked": "seal" in request.GET,
    }


def _look(request: SignedIn, label: str) -> Look:
    return Look(quarter_asked(label), request.user, QuarterForm(QueryDict()), now())
