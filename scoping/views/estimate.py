"""The editor of an estimate: one page, one address to which every change is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.transaction import atomic
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST

from emdesk.web import SignedIn
from emdesk.workflow import Refused
from scoping import rules
from scoping.estimating import beginning
from scoping.estimating.arranging import ACTS, reckon_anew
from scoping.estimating.offers import lines_for, titles
from scoping.estimating.page import Around, around, shown
from scoping.estimating.pasting import paste
from scoping.estimating.reviewing import with_reviews
from scoping.estimating.saving import Outcome, Typed, put
from scoping.estimating.sheets import Sheet, TooMany, in_hand, keep, looked_at
from scoping.estimating.similar import RULE, similar
from scoping.estimating.terms import amend_terms
from scoping.estimating.undoing import undo
from scoping.forms.estimate import ScenarioForm, TermsForm
from scoping.models import Estimate, ScopingIssue
from scoping.models.estimate import MOST_SCENARIOS
from scoping.views.editing import FORM, READ_WRITE, only_if
from scoping.views.editing import keep as keep_form
from scoping.views.moves import find

PAGE = "scoping/estimate.html"
PINNED_ANEW = {"renew", "undo"}  # after which other rates may hold


@READ_WRITE
def estimate(request: SignedIn, pk: int) -> HttpResponse:
    """The primary scenario, or how to begin; posting begins one, empty or like another."""
    found = find(request, pk)
    if request.method == "POST":
        only_if(rules.edits_estimate(found, request.user))
        return _begin(request, found)
    if scenarios := _read(found):
        primary = next((each for each in scenarios if each.primary), scenarios[0])
        return _editor(request, found, primary, scenarios)
    context = {"issue": found, "edits": found.live and rules.edits_estimate(found, request.user)}
    return render(request, "scoping/estimate_begin.html", context)


@READ_WRITE
def scenario(request: SignedIn, pk: int, place: int) -> HttpResponse:
    found = find(request, pk)
    if request.method != "POST":
        scenarios = _read(found)
        chosen = next((each for each in scenarios if each.position == place), None)
        if chosen is None:
            raise Http404
        return _editor(request, found, chosen, scenarios)
    only_if(found.live and rules.edits_estimate(found, request.user))
    return _change(request, found, place, now())


@require_POST
def primary(request: SignedIn, pk: int, place: int) -> HttpResponse:
    found = find(request, pk)
    only_if(found.live and rules.edits_estimate(found, request.user))
    chosen = get_object_or_404(found.estimates, position=place)
    beginning.make_primary(chosen, by=request.user, at=now())
    return redirect(chosen)


@READ_WRITE
def terms(request: SignedIn, pk: int, place: int) -> HttpResponse:
    """How it is priced, percentages, currency, travel."""
    found = find(request, pk)
    only_if(found.live and rules.edits_estimate(found, request.user))
    chosen = get_object_or_404(found.estimates, position=place)
    sent = found.estimate_versions.exists()
    form: TermsForm | None = TermsForm(instance=chosen, sent=sent)
    status, told = 200, list[Any]()
    if request.method == "POST":
        form = TermsForm(request.POST, instance=chosen, sent=sent)
        try:
            form, status, told = keep_form(
                form,
                lambda valid: amend_terms(
                    chosen, by=request.user, at=now(), seen=valid.seen, **valid.said
                ),
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
            status = 422
        if form is None:
            return redirect(chosen)
    context = {"issue": found, "form": form, "title": f"Terms of {chosen.name}", "button": "Save"}
    return render(request, FORM, context | {"overtaken": told}, status=status)


def _begin(request: SignedIn, found: ScopingIssue) -> HttpResponse:
    form = ScenarioForm(request.POST)
    name = form.cleaned_data["name"] if form.is_valid() else "Base"
    like = found.estimates.filter(position=_number(request.POST, "like")).first()
    try:
        made = beginning.begin(found, by=request.user, at=now(), name=name, like=like)
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("scoping:estimate", found.pk)
    return redirect(made)


def _read(found: ScopingIssue) -> list[Estimate]:
    return list(found.estimates.select_related("rate_card", "cost_sheet", "catalogue"))


def _editor(
    request: SignedIn, found: ScopingIssue, chosen: Estimate, scenarios: list[Estimate]
) -> HttpResponse:
    place = around(found, chosen, request.user, now())
    return render(request, PAGE, _context(request, place, looked_at(chosen), scenarios))


def _context(
    request: SignedIn,
    place: Around,
    sheet: Sheet,
    scenarios: list[Estimate],
    outcome: Outcome | None = None,
) -> dict[str, Any]:
    found, faults = place.issue, outcome.faults if outcome else ()
    edits = found.live and rules.edits_estimate(found, request.user)
    page = shown(place, sheet, edits=edits, faults=faults)
    priced = page["priced"]
    return {
        **page,
        "scenarios": scenarios,
        "similar": similar(found, priced.list_total, sheet.estimate.currency, place.user),
        "rule": RULE,
        "exports": rules.exports(place.user),
        "newer": _newer(place, sheet.estimate) if edits else [],
        "may_add": edits and len(scenarios) < MOST_SCENARIOS,
        "versions": with_reviews(found),
        "titles": titles(sheet.estimate) if edits else [],
        "roles": place.known.roles.values(),
        "clashes": outcome.clashes if outcome else [],
        "typed": _typed(request.POST) if outcome and outcome.clashes else [],
    }


def _newer(place: Around, estimate: Estimate) -> list[str]:
    today = localdate(now())
    return beginning.changed_since(estimate, place.issue, today, costs=place.costs)


def _change(request: SignedIn, found: ScopingIssue, number: int, at: datetime) -> HttpResponse:
    """Cells first, then what is done with whole lines; all of it or, with a clash, nothing."""
    try:
        with atomic():
            sheet = in_hand(found, number)
            place = around(found, sheet.estimate, request.user, at)
            before, order = sheet.estimate.token, _order(sheet)
            outcome = _save(request.POST, sheet, place)
            line = None
            if not outcome.clashes:
                line = _act(request, sheet, place, outcome)
                undone = request.POST.get("do") == "undo"
                keep(sheet, by=request.user, at=at, undone=undone)
    except (TooMany, Refused) as refusal:
        return _refused(request, found, number, str(refusal))
    if not request.htmx:
        return _whole_page(request, place, sheet, outcome)
    if request.POST.get("do") in PINNED_ANEW:
        place = around(found, sheet.estimate, request.user, at)
    alone = request.POST.get("do") == "save" and before == _number(request.POST, "token")
    stirred = not alone or order != _order(sheet)
    return _answer(request, place, sheet, outcome, line, stirred=stirred)


def _order(sheet: Sheet) -> list[tuple[int, str]]:
    return [(line.pk, line.phase) for line in sheet.lines]


def _save(said: QueryDict, sheet: Sheet, place: Around) -> Outcome:
    """What was typed, and the block pasted after it."""
    seen, costs = _number(said, "token"), place.costs
    outcome = put(sheet, _typed(said), place.known, seen=seen, costs=costs)
    if said.get("do") != "paste" or outcome.clashes:
        return outcome
    where = said.get("cell", "").split(".")[1:]
    line, column = where if len(where) == 2 else ("", "")
    text = said.get("block", "")
    pasted = paste(sheet, text, place.known, line=line, column=column, costs=costs)
    pasted.faults += outcome.faults
    return pasted


def _act(request: SignedIn, sheet: Sheet, place: Around, outcome: Outcome) -> Any:
    """The line to go on with, if the deed leads to one."""
    do, line = request.POST.get("do", ""), sheet.line(_number(request.POST, "row"))
    if do in ACTS and line is not None:
        return ACTS[do](sheet, line)
    if do == "undo":
        undo(sheet, by=request.user)
    elif do == "reckon":
        reckon_anew(sheet, place.known)
    elif do == "renew":
        beginning.pin(sheet.estimate, place.issue, localdate(now()))
    elif do == "add":
        outcome.added = lines_for(sheet.estimate, request.POST.get("offer", ""), place.known)
        if not outcome.added:
            raise Refused("Nothing in the catalogue has this name. Choose one from the list.")
        sheet.add(*outcome.added)
    return outcome.added[0] if outcome.added else None


def _typed(said: QueryDict) -> Sequence[Typed]:
    """``c.12.hours`` is a cell, ``w.12.hours`` what it showed before somebody typed."""
    found = []
    for name, text in said.items():
        parts = name.split(".")
        if len(parts) == 3 and parts[0] == "c":
            was = said.get(f"w.{parts[1]}.{parts[2]}")
            found.append(Typed(parts[1], parts[2], str(text).strip(), was))
    return found


def _number(said: QueryDict, name: str) -> int:
    """A number as the page sends it; 0 for anything else."""
    text = said.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _refused(request: SignedIn, found: ScopingIssue, number: int, reason: str) -> HttpResponse:
    if not request.htmx:
        messages.error(request, reason)
        return redirect("scoping:scenario", found.pk, number)
    return render(request, "scoping/_estimate_refused.html", {"reason": reason}, status=422)


def _whole_page(request: SignedIn, place: Around, sheet: Sheet, outcome: Outcome) -> HttpResponse:
    if not (outcome.faults or outcome.clashes):
        return redirect(sheet.estimate)
    context = _context(request, place, sheet, _read(place.issue), outcome)
    return render(request, PAGE, context, status=409 if outcome.clashes else 422)


def _answer(
    request: SignedIn, place: Around, sheet: Sheet, outcome: Outcome, line: Any, *, stirred: bool
) -> HttpResponse:
    """To the page that is open: what changed of it; the whole sheet when lines came or went."""
    context: dict[str, Any]
    if outcome.clashes:
        context = {"clashes": outcome.clashes, "estimate": sheet.estimate, "issue": place.issue}
        context |= {"typed": _typed(request.POST)}
        return render(request, "scoping/_estimate_clash.html", context, status=409)
    context = shown(place, sheet, edits=True, faults=outcome.faults)
    touched = {each.pk for each in outcome.touched}
    sums = zip(sheet.lines, context["priced"].sums, strict=True)
    context |= {
        "stirred": stirred,
        "focus": line.pk if line is not None else "",
        "sums": [(each.pk, total) for each, total in sums if each.pk in touched],
        "shown_anew": [
            (f"c.{each.pk}.{column.key}", column.show(each, place.known))
            for each in outcome.touched
            for column in context["grid"].columns
            if (str(each.pk), column.key) not in context["grid"].refused
        ],
        "saved_at": now(),
    }
    return render(
        request, "scoping/_estimate_saved.html", context, status=422 if outcome.faults else 200
    )
