"""The issue page, and every small form on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.activity.panel import panel
from emdesk.approvals.models import Request
from emdesk.files.shelf import shelf
from emdesk.people.models import User
from emdesk.web import SignedIn
from scoping import rules
from scoping.acts import acts_on
from scoping.cards import brief, days_in_column
from scoping.closing import may_correct, may_revive, merged_into
from scoping.facts import Overtaken, amend, answer, assign, set_account_team, set_status
from scoping.forms.answering import AnswerForm
from scoping.forms.issue import (
    GROUPS,
    FactsForm,
    StatusForm,
    TeamForm,
    may_edit,
)
from scoping.labels import labels_of
from scoping.models import Question, ScopingIssue, Source, TypicalStay
from scoping.promises import history_of
from scoping.quiet.panel import quiet_line
from scoping.states import EmStatus, Service, WaitingOn
from scoping.stepper import next_step, steps
from scoping.views import deeds
from scoping.views.board import renewed
from scoping.views.editing import FORM, READ_WRITE, form_about, only_if
from scoping.views.moves import find, undoable

SOURCES = dict(Source.choices)
NAMED = (
    *("engagement_manager", "requester", "technical_architect"),
    *("delivery_manager", "project_manager", "next_step_owner"),
)


@require_safe
def issue(request: SignedIn, pk: int) -> HttpResponse:
    """The page, or the same in a drawer over the board."""
    context = _page(request, whole(request, pk), now())
    return render(request, "scoping/_issue.html" if request.htmx else "scoping/issue.html", context)


def whole(request: SignedIn, pk: int) -> ScopingIssue:
    """The issue with everything its page names, and everybody in one more query."""
    visible = ScopingIssue.objects.visible_to(request.user)
    duplicates = ScopingIssue.objects.filter(merged_into=OuterRef("pk")).order_by("pk")
    members = ScopingIssue.account_team.through.objects.filter(scopingissue=OuterRef("pk"))
    team = ArraySubquery(members.order_by("user__name").values("user__name"))
    rows = visible.select_related("segment", "opportunity", "account__sales_territory")
    usual = TypicalStay.objects.filter(state=OuterRef("state")).values("median_days")
    numbers = ArraySubquery(duplicates.values("pk"))
    rows = rows.annotate(team=team, usual_days=Subquery(usual), duplicates=numbers)
    found: ScopingIssue = get_object_or_404(rows, pk=pk)
    named = {role: getattr(found, f"{role}_id") for role in NAMED}
    people = User.objects.in_bulk(set(named.values()) - {None})
    for role, person in named.items():
        setattr(found, role, people.get(person))
    return found


def _page(request: SignedIn, found: ScopingIssue, at: datetime) -> dict[str, Any]:
    user, path = request.user, steps(found, request.user, at)
    merged = merged_into(found)
    events = history_of(found, *merged)
    history = [event for event in events if event.subject_id == found.pk]
    usual: Any = found.usual_days  # type: ignore[attr-defined]
    return {
        "issue": found,
        "age": brief(days_in_column(found, at)),
        "typical": brief(usual) if usual else "",
        "steps": path,
        "next_step": next_step(path),
        "labels": labels_of(found),
        "questions": (questions := _questions(found)),
        "answered": sum(1 for row in questions if row["by"]),
        "services": [Service(each).label for each in found.services],
        "meetings": list(found.meetings.with_names()),
        "merged": merged,
        "revivals": [] if found.live else list(found.revivals.all()),
        "waiting": WaitingOn.choices,
        "works": rules.works_issue(found, user),
        "triages": rules.triages(found, user),
        "editable": [group for group in GROUPS if may_edit(group, found, user)],
        "answers": (answers := rules.answers(found, user)),
        "creates_deal": rules.may_create_deal(user, answers=answers),
        "may_correct": may_correct(found, user, at),
        "notes": rules.closes(found, user),
        "undo": undoable(found, user, at),
        "acts": acts_on(found, user),
        "may_revive": may_revive(found, at) and rules.triages(found, user),
        "quiet": quiet_line(found, history, at),
        **panel(found, events, user=user),
        **deeds.panels(found, history, user, at),
        "shelf": shelf(found, user=user),
        "decisions": Request.objects.about(found).with_steps(),
    }


def _questions(found: ScopingIssue) -> list[dict[str, Any]]:
    """Each question that applies, with its answer if there is one."""
    asked = Question.objects.asked_of(found)
    return [row | {"source": SOURCES.get(row["source"])} for row in asked]


@READ_WRITE
def facts(request: SignedIn, pk: int, group: str) -> HttpResponse:
    """Edit one group of facts; a change somebody else made meanwhile is shown, not overwritten."""
    found = find(request, pk)
    if group not in GROUPS:
        raise Http404
    only_if(may_edit(group, found, request.user))
    form = FactsForm(group, request.user, request.POST or None, instance=found)
    status = 200
    overtaken: Mapping[str, Any] = {}
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                amend(find(request, pk), by=request.user, at=now(), seen=form.seen, **form.said)
                return redirect(found)
            except Overtaken as meanwhile:
                status, overtaken = 409, meanwhile.fields
                form = form.shown(overtaken)
    now_there = [(form[name].label, value) for name, value in overtaken.items()]
    context = {"overtaken": now_there, "title": GROUPS[group][0], "button": "Save"}
    return render(request, FORM, {"issue": found, "form": form, **context}, status=status)


@require_POST
def status(request: SignedIn, pk: int) -> HttpResponse:
    """Whose turn it is. Without a word it changes sides: to do, waiting, to do."""
    found = find(request, pk)
    only_if(rules.works_issue(found, request.user) and found.live)
    if "status" in request.POST:
        form = StatusForm(request.POST)
        said = form.cleaned_data if form.is_valid() else {"status": found.em_status}
    else:
        todo = found.em_status == EmStatus.TODO
        said = {"status": EmStatus.WAITING if todo else EmStatus.TODO}
    whom = said.get("waiting_on") or found.waiting_on or WaitingOn.ACCOUNT_TEAM
    set_status(found, said["status"], by=request.user, at=now(), waiting_on=whom)
    return _again(request, pk)


@READ_WRITE
def assign_to(request: SignedIn, pk: int) -> HttpResponse:
    """Give the issue to an engagement manager, or to nobody; any EM may."""
    found = find(request, pk)
    only_if(rules.triages(found, request.user))
    managers = User.objects.engagement_managers()
    if request.method != "POST":
        template = "scoping/_managers.html" if request.htmx else "scoping/assign.html"
        return render(request, template, {"issue": found, "managers": managers})
    person = request.POST.get("em", "")
    try:
        to = None if person == "none" else forms.ModelChoiceField(managers).clean(person)
    except forms.ValidationError:
        raise Http404 from None
    assign(found, to, by=request.user, at=now())
    return _again(request, pk)


def _again(request: SignedIn, pk: int) -> HttpResponse:
    """The card as it is now, or its page."""
    found = find(request, pk)
    if not request.htmx:
        return redirect(found)
    context = renewed(request, pk, {found.state}) | {"issue": found}
    return render(request, "scoping/_card_again.html", context)


@READ_WRITE
def team(request: SignedIn, pk: int) -> HttpResponse:
    found = find(request, pk)
    only_if(rules.works_issue(found, request.user))
    form = TeamForm(request.POST or None, initial={"team": found.account_team.all()})
    if request.method == "POST" and form.is_valid():
        people = list(form.cleaned_data["team"])
        set_account_team(found, people, by=request.user, at=now())
        return redirect(found)
    return form_about(request, found, form, "Account team", "Save")


@READ_WRITE
def answer_question(request: SignedIn, pk: int, key: str) -> HttpResponse:
    found = find(request, pk)
    only_if(rules.answers(found, request.user))
    question = get_object_or_404(Question, key=key)
    known = found.answers.filter(question=question).first()
    initial = {"text": known.text, "source": known.source} if known else None
    form = AnswerForm(question, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        text, source = str(form.cleaned_data["text"]), form.cleaned_data["source"]
        answer(found, question, text=text, source=source, by=request.user, at=now())
        return redirect(f"{found.get_absolute_url()}#question-{question.key}")
    return form_about(request, found, form, question.prompt, "Save answer")
