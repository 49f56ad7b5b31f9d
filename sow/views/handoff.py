"""The hand-off: a page, what is done about it, and the transition pack on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from emdesk.paper import Unprintable, pdf_of
from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.views.editing import READ_WRITE, keep, only_if
from sow import handing_over as deeds
from sow import rules
from sow.forms.handoff import HandoffForm, QuestionsForm, ReadinessForm, TaskForm
from sow.handoff_page import of, pack
from sow.models import Handoff, Stand, StatementOfWork
from sow.readiness import QUESTIONS
from sow.views.finding import find

LONGEST = 2_000


@READ_WRITE
def handoff(request: SignedIn, pk: int) -> HttpResponse:
    """``?edit`` shows the form of what goes with it; ``do`` says what a post does."""
    found, at = find(request, pk), now()
    if found.amends_id:  # it goes with the hand-off of its SOW
        return redirect("sow:handoff", found.amends.issue_id)  # type: ignore[union-attr]
    record = of(found)
    if request.method == "POST":
        return _write(request, found, record, at)
    editing = "edit" in request.GET and rules.writes_handoff(found.issue, request.user)
    return _page(request, found, record, editing=editing)


def _write(
    request: SignedIn, found: StatementOfWork, record: Handoff | None, at: datetime
) -> HttpResponse:
    do, user = request.POST.get("do", ""), request.user
    answers = do in {"accept", "give_back"}
    only_if((rules.accepts_handoff if answers else rules.writes_handoff)(found.issue, user))
    if do == "open":
        deeds.open_handoff(found, by=user, at=at)
        return redirect("sow:handoff", found.issue_id)
    if record is None:
        raise Http404
    if do == "save":
        return _save(request, found, record, at)
    asked = QuestionsForm(request.POST)
    said = asked.cleaned_data["questions"] if asked.is_valid() else ""
    acts: dict[str, Callable[[], None]] = {
        "hand": lambda: deeds.hand(record, by=user, at=at),
        "accept": lambda: deeds.accept(record, by=user, at=at),
        "give_back": lambda: deeds.give_back(record, said, by=user, at=at),
    }
    if do not in acts:
        raise Http404
    return _done(request, found, acts[do])


def _done(request: SignedIn, found: StatementOfWork, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except NotAllowed:
        raise
    except Refused as refusal:
        return _page(request, found, of(found), refused=refusal.reason)
    messages.success(request, "Noted.")
    return redirect("sow:handoff", found.issue_id)


def _save(request: SignedIn, found: StatementOfWork, record: Handoff, at: datetime) -> HttpResponse:
    form, status, told = keep(
        HandoffForm(request.POST, instance=record),
        lambda valid: deeds.amend(record, by=request.user, at=at, seen=valid.seen, **valid.said),
    )
    if form is None:
        return redirect("sow:handoff", found.issue_id)
    return _page(request, found, record, editing=True, form=form, overtaken=told, status=status)


@READ_WRITE
def readiness(request: SignedIn, pk: int, key: str) -> HttpResponse:
    """One question of readiness, and its answer."""
    found = find(request, pk)
    record = get_object_or_404(Handoff, statement=found)
    only_if(rules.writes_handoff(found.issue, request.user))
    if key not in QUESTIONS:
        raise Http404
    rows = record.answers.filter(key=key).values("stand", "owner", "due", "note")
    row: Any = rows.first()
    form = ReadinessForm(request.POST if request.method == "POST" else None, initial=row)
    if form.is_valid():
        try:
            deeds.answer(record, key, **form.cleaned_data, by=request.user, at=now())
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return redirect("sow:handoff", pk)
    context = {"issue": found.issue, "statement": found, "question": QUESTIONS[key], "form": form}
    template = "sow/readiness.html"
    return render(request, template, context, status=422 if form.errors else 200)


@READ_WRITE
def task(request: SignedIn, pk: int, task: int) -> HttpResponse:
    """The day a meeting is due, or took place."""
    found = find(request, pk)
    chosen = get_object_or_404(
        of_statement(found).tasks.select_related("handoff__statement__issue"), pk=task
    )
    issue, user = found.issue, request.user
    only_if(rules.writes_handoff(issue, user) or rules.accepts_handoff(issue, user))
    if request.method != "POST":
        return redirect("sow:handoff", pk)
    form = TaskForm(request.POST)
    if not form.is_valid():
        return _page(request, found, of(found), refused="Give a day.")
    on, at = form.cleaned_data["on"], now()
    if form.cleaned_data["do"] == "due":
        return _done(request, found, lambda: deeds.set_due(chosen, on, by=user, at=at))
    return _done(request, found, lambda: deeds.meet(chosen, on, by=user, at=at))


def of_statement(found: StatementOfWork) -> Handoff:
    record: Handoff = get_object_or_404(Handoff, statement=found)
    return record


@require_safe
def paper(request: SignedIn, pk: int) -> HttpResponse:
    """The transition pack as PDF."""
    found = find(request, pk)
    record = of(found)
    if record is None:
        raise Http404
    try:
        content = pdf_of(
            render_to_string("sow/handoff_paper.html", pack(found, record, localdate()))
        )
    except Unprintable as refused:
        messages.error(request, str(refused))
        return redirect("sow:handoff", pk)
    name = f"{found.number}-transition-pack.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _page(
    request: SignedIn,
    found: StatementOfWork,
    record: Handoff | None,
    *,
    editing: bool = False,
    refused: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    issue, user = found.issue, request.user
    writes = issue_open(record) and rules.writes_handoff(issue, user)
    context: dict[str, Any] = {
        "issue": issue,
        "statement": found,
        "record": record,
        "writes": writes,
        "meets": writes or rules.accepts_handoff(issue, user),
        "editing": editing and writes,
        "refused": refused,
        "questions_form": QuestionsForm(),
    }
    if record:
        context |= pack(found, record, localdate())
        context["form"] = HandoffForm(instance=record)
        handed = record.stand == Stand.HANDED
        context["answers_it"] = handed and rules.accepts_handoff(issue, user)
        context["hands"] = writes and record.stand in {Stand.PREPARING, Stand.RETURNED}
    status = 422 if refused else status
    return render(request, "sow/handoff.html", context | more, status=status)


def issue_open(record: Handoff | None) -> bool:
    """Until delivery has accepted it, what goes with it may change."""
    return record is None or record.stand != Stand.ACCEPTED
