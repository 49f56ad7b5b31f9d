"""The lines of an estimate out as a file, and in again: looked at first, then applied at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.transaction import atomic
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.exporting import TYPES, download
from emdesk.web import SignedIn
from emdesk.workflow import Refused
from scoping import rules
from scoping.estimating.bringing_in import Plan, bring_in
from scoping.estimating.files import FileTable, as_csv, head, rows, table_of
from scoping.estimating.page import around
from scoping.estimating.sheets import TooMany, in_hand, keep, looked_at
from scoping.forms.estimate_files import EstimateFileForm
from scoping.imports.report import FileRefused
from scoping.models import Estimate, ScopingIssue
from scoping.views.editing import READ_WRITE, only_if
from scoping.views.moves import find

MEANWHILE = "Somebody changed the estimate since you looked. Look at the file again."


@require_safe
def lines_export(request: SignedIn, pk: int, place: int, kind: str) -> HttpResponse:
    found = find(request, pk)
    only_if(rules.exports(request.user))
    if kind not in TYPES:
        raise Http404
    chosen = _chosen(found, place)
    seen = around(found, chosen, request.user, now())
    listed = rows(looked_at(chosen).lines, seen.known, costs=seen.costs)
    return download(kind, f"{found.reference}-{chosen.name}-lines", head(costs=seen.costs), listed)


@READ_WRITE
def lines_import(request: SignedIn, pk: int, place: int) -> HttpResponse:
    """A file, or its text again with the word to apply it."""
    found = find(request, pk)
    only_if(found.live and rules.edits_estimate(found, request.user))
    chosen = _chosen(found, place)
    said = (request.POST, request.FILES) if request.method == "POST" else ()
    form = EstimateFileForm(*said)
    context: dict[str, Any] = {"issue": found, "estimate": chosen}
    if form.is_valid():
        try:
            table, plan, token = _look_or_apply(request, found, chosen, form, now())
        except (FileRefused, TooMany, Refused) as refused:
            form.add_error(None, str(refused))
        else:
            if plan is None:
                return redirect(chosen)
            context |= {"plan": plan, "costs": rules.sees_cost_of(found, request.user)}
            form = EstimateFileForm(initial={"text": as_csv(table), "token": token})
    faulty = bool(form.errors or ("plan" in context and context["plan"].faulty))
    context |= {"form": form, "faulty": faulty}
    return render(request, "scoping/estimate_import.html", context, status=422 if faulty else 200)


def _look_or_apply(
    request: SignedIn, found: ScopingIssue, chosen: Estimate, form: EstimateFileForm, at: datetime
) -> tuple[FileTable, Plan | None, int]:
    """What the file would do; no plan once it was applied. Looking changes nothing."""
    with atomic():
        sheet = in_hand(found, chosen.position)
        seen = around(found, sheet.estimate, request.user, at)
        table = table_of(form.cleaned_data["content"], costs=seen.costs)
        token = sheet.estimate.token
        plan = bring_in(sheet, table, seen.known, costs=seen.costs)
        if request.POST.get("do") != "apply" or plan.faulty:
            return table, plan, token
        if form.cleaned_data["token"] != token:
            raise Refused(MEANWHILE)
        keep(sheet, by=request.user, at=at)
    messages.success(request, f"{_told(plan)}. “Undo” on the sheet takes all of it back.")
    return table, None, token


def _told(plan: Plan) -> str:
    counts = ((plan.added, "added"), (plan.changed, "changed"), (len(plan.removed), "removed"))
    told = [f"{count} {word}" for count, word in counts if count]
    return f"Lines: {', '.join(told)}" if told else "The lines have another order"


def _chosen(found: ScopingIssue, place: int) -> Estimate:
    rows = found.estimates.select_related("rate_card", "cost_sheet", "catalogue")
    return get_object_or_404(rows, position=place)
