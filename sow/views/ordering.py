"""Change orders to a signed SOW: each with what it adds; beginning one, and what needs none."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now

from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.rules import works_issue
from scoping.views.editing import READ_WRITE, only_if
from sow import ordering as deeds
from sow import rules
from sow.cases import ruled
from sow.forms.ordering import ConfirmationForm, OrderForm
from sow.models import StatementOfWork
from sow.orders_page import rows_of, whole
from sow.signed import basis_of, is_signed
from sow.views.finding import find

Forms = dict[str, forms.Form]


@READ_WRITE
def orders(request: SignedIn, pk: int) -> HttpResponse:
    """``do`` says what a post does: ``start``, ``confirm``, or ``rebase`` of an ``order``."""
    found, at = find(request, pk), now()
    if found.amends_id:
        return redirect("sow:orders", found.amends.issue_id)  # type: ignore[union-attr]
    if request.method != "POST":
        return _page(request, found, at)
    only_if(rules.orders_change(found.issue, request.user))
    do = request.POST.get("do", "")
    if do == "rebase":
        return _rebase(request, found, at)
    if do not in {"start", "confirm"}:
        raise Http404
    return _write(request, found, do, at)


def _write(request: SignedIn, found: StatementOfWork, do: str, at: datetime) -> HttpResponse:
    asked = _forms(at, do, request.POST)
    form = asked[do]
    if form.is_valid():
        said, act = form.cleaned_data, {"start": deeds.start, "confirm": deeds.confirm}[do]
        try:
            made = act(found, by=request.user, at=at, **said)  # type: ignore[operator]
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"{made} is begun." if do == "start" else "Noted.")
            return redirect("sow:orders", found.issue_id)
    return _page(request, found, at, forms=asked, opened=do, status=422)


def _rebase(request: SignedIn, found: StatementOfWork, at: datetime) -> HttpResponse:
    number = request.POST.get("order", "")
    rows = found.orders.select_related("base", "issue", "basis")
    order = get_object_or_404(rows, number=int(number) if number.isdecimal() else 0)
    try:
        deeds.rebase(order, by=request.user, at=at)
    except NotAllowed:
        raise
    except Refused as refusal:
        return _page(request, found, at, refused=refusal.reason, status=422)
    messages.success(request, f"{order.name} goes on from what is signed. Write its change in.")
    return redirect("scoping:estimate", order.issue_id)


def _forms(at: datetime, do: str = "", said: Any = None) -> Forms:
    cases = ruled(localdate(at))
    return {
        "start": OrderForm(cases, said if do == "start" else None),
        "confirm": ConfirmationForm(cases, said if do == "confirm" else None),
    }


def _page(
    request: SignedIn,
    found: StatementOfWork,
    at: datetime,
    *,
    forms: Forms | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    rows, user = rows_of(found), request.user
    signed = is_signed(found)
    basis = basis_of(found).pk if signed and rows else 0
    context = {
        "issue": found.issue,
        "statement": found,
        "rows": [(row, row.open and row.order.basis_id != basis) for row in rows],
        "open": [row.order.name for row in rows if row.open],
        "whole": whole(found, rows),
        "confirmations": found.confirmations.select_related("by"),
        "signed": signed,
        "orders_change": signed and rules.orders_change(found.issue, user),
        "prices": works_issue(found.issue, user),
        "cases": ruled(localdate(at)),
        "forms": forms or _forms(at),
    }
    return render(request, "sow/orders.html", context | more, status=status)
