"""The page of a legal case, and what is done about it: one address, one deed at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now

from emdesk.people.models import Role
from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.views.editing import READ_WRITE, only_if
from sow import eligibility, rules
from sow import legal as cases
from sow.forms.legal import (
    AllowForm,
    CloseForm,
    KnownForm,
    LiesForm,
    NewerForm,
    OpenForm,
    TurnForm,
)
from sow.models import LegalCase, StatementOfWork
from sow.views.finding import find

FORMS: dict[str, type[forms.Form]] = {
    "open": OpenForm,
    "known": KnownForm,
    "turn": TurnForm,
    "lies": LiesForm,
    "newer": NewerForm,
    "close": CloseForm,
    "allow": AllowForm,
}


@READ_WRITE
def legal(request: SignedIn, pk: int) -> HttpResponse:
    """Whose turn it is, how long each side had it and what lies there; ``do`` says what is done."""
    found, at = find(request, pk), now()
    if request.method != "POST":
        return _page(request, found, at)
    only_if(rules.works_legal_case(found.issue, request.user))
    do = request.POST.get("do", "")
    form_class = FORMS.get(do)
    if form_class is None:
        raise Http404
    form = form_class(request.POST, auto_id=f"{do}-%s")
    if not form.is_valid():
        return _page(request, found, at, **{do: form})
    try:
        _act(found, do)(**form.cleaned_data, by=request.user, at=at)
    except NotAllowed:
        raise
    except Refused as refusal:
        form.add_error(None, refusal.reason)
        return _page(request, found, at, **{do: form})
    messages.success(request, "Noted.")
    return redirect("sow:legal", pk)


def _act(found: StatementOfWork, do: str) -> Callable[..., Any]:
    if do == "open":
        return lambda **said: cases.open_case(found, **said)
    if do == "allow":
        return lambda **said: eligibility.allow(found.issue, **said)
    case = _own(found)
    if case is None:
        raise Refused("There is no legal case yet. Open one first.")
    acts: dict[str, Callable[..., Any]] = {
        "known": lambda **said: cases.amend(case, **said),
        "turn": lambda side, **said: cases.pass_on(case, side, **said),
        "lies": lambda number, **said: cases.put_there(case, number, **said),
        "newer": lambda said, **more: cases.newer_there(case, said, **more),
        "close": lambda **said: cases.close(case, **said),
    }
    return acts[do]


def _own(found: StatementOfWork) -> LegalCase | None:
    case = cases.case_of(found)
    return case if case and case.statement_id == found.pk else None


def _page(
    request: SignedIn, found: StatementOfWork, at: datetime, **refused: forms.Form
) -> HttpResponse:
    case = cases.case_of(found)
    own = case is not None and case.statement_id == found.pk
    works = found.issue.live and rules.works_legal_case(found.issue, request.user)
    context: dict[str, Any] = {
        "issue": found.issue,
        "statement": found,
        "case": case,
        "own": own,
        "works": works,
        "refusing": eligibility.redlining_refused(found.issue, at),
        "allows": works and request.user.has(Role.LEGAL),
    }
    if case and own:
        turns = list(case.turns.select_related("by"))
        context |= {
            "turns": turns,
            "turn": next((each for each in turns if each.until is None), None),
            "rounds": cases.rounds(case),
            "spent": cases.spent(case, at),
            "flag": cases.out_of_step(found, at),
        }
    context["forms"] = _forms(case if own else None, found) | refused
    return render(request, "sow/legal.html", context, status=422 if refused else 200)


def _forms(case: LegalCase | None, found: StatementOfWork) -> dict[str, forms.Form]:
    first: dict[str, dict[str, Any]] = {"lies": {"number": found.latest}}
    if case:
        first["known"] = {"number": case.number, "link": case.link}
    return {do: form(auto_id=f"{do}-%s", initial=first.get(do)) for do, form in FORMS.items()}
