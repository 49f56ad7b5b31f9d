"""Raising issues: the account team's request, and the desk's own; and answering many questions."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.people.models import Role
from emdesk.web import SignedIn
from scoping import rules
from scoping.facts import answer_all
from scoping.forms.answering import FIELD, QuestionsForm
from scoping.forms.intake import IntakeForm, NewIssueForm
from scoping.intake import known_accounts, raise_issue, raised_with
from scoping.models import Question, ScopingIssue, Source
from scoping.views.editing import READ_WRITE, Meanwhile, keep
from scoping.views.moves import find

SUGGESTED = 12
NOTHING: Meanwhile = []


@READ_WRITE
def intake(request: SignedIn) -> HttpResponse:
    """The services calculator: the account team asks for scoping, or somebody in their name."""
    if not rules.requests_services(request.user):
        raise PermissionDenied
    return _raise(request, IntakeForm(request.user, request.POST or None))


@READ_WRITE
def new_issue(request: SignedIn) -> HttpResponse:
    if not rules.raises_issues(request.user):
        raise PermissionDenied
    return _raise(request, NewIssueForm(request.user, request.POST or None))


def _raise(request: SignedIn, form: IntakeForm) -> HttpResponse:
    """A form sent once more leads to what it made the first time."""
    user, status = request.user, 200
    if request.method == "POST":
        if not form.is_valid():
            status = 422
        elif (before := raised_with(form.cleaned_data["token"], user)) is not None:
            return redirect(before)
        elif form.asks_back():
            status = 409
        else:
            token = form.cleaned_data["token"]
            raised = raise_issue(form.request(), by=user, at=now(), sent_with=token)
            messages.success(request, f"{raised.reference} is raised. {_follows(raised)}")
            return redirect(raised)
    own_sight = not rules.sees_every_issue(user)
    context = {"form": form, "asks": status == 409, "own_sight": own_sight}
    return render(request, "scoping/intake.html", context, status=status)


def _follows(raised: ScopingIssue) -> str:
    if raised.engagement_manager:
        return f"{raised.engagement_manager} has it."
    return "An engagement manager will look at it; answer here what is still open."


@require_safe
def customers(request: SignedIn) -> HttpResponse:
    """Names of customers to choose from while one types."""
    if not rules.requests_services(request.user):
        raise PermissionDenied
    typed = " ".join(request.GET.get("customer", "").replace("\0", "").split())[:200]
    found = known_accounts(request.user).filter(name__icontains=typed).order_by("name")
    names = list(found.values_list("name", flat=True).distinct()[:SUGGESTED]) if typed else []
    return render(request, "scoping/_customers.html", {"names": names})


@READ_WRITE
def questions(request: SignedIn, pk: int) -> HttpResponse:
    """Everything that is asked about an issue, to be answered in one go."""
    found = find(request, pk)
    if not rules.answers(found, request.user):
        raise PermissionDenied
    asked = list(Question.objects.about(found.services))
    known = dict(found.answers.values_list("question__key", "text"))
    source = Source.ACCOUNT_TEAM if request.user.has(Role.ACCOUNT_TEAM) else Source.CALL
    form, status, told = QuestionsForm(asked, known, source, request.POST or None), 200, NOTHING
    if request.method == "POST":
        form, status, told = keep(form, lambda valid: _save(request, found, valid), FIELD)
        if form is None:
            return redirect(f"{found.get_absolute_url()}#questions-title")
    context = {"issue": found, "form": form, "overtaken": told, "known": len(known)}
    return render(request, "scoping/questions.html", context, status=status)


def _save(request: SignedIn, found: ScopingIssue, form: QuestionsForm) -> None:
    said, source = form.written, form.cleaned_data["source"]
    seen = form.seen_answers
    answer_all(found, said, source=source, by=request.user, at=now(), seen=seen)
