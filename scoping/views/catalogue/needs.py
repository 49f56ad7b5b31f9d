"""Needs of customers: noted on an issue, gathered and answered by Practice."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from emdesk.web import SignedIn
from scoping import rules
from scoping.catalogue.needs import answer_need, note_need
from scoping.forms.catalogue_suggestions import AnswerForm, NeedForm
from scoping.models import CatalogueVersion, CustomerNeed
from scoping.models.catalogue import NeedStatus
from scoping.views.catalogue.frame import asked, page
from scoping.views.editing import READ_WRITE, form_about, only_if
from scoping.views.moves import find

COLUMNS = ("Need", "Heard on", "By", "Status")
NOTHING = (
    "No need is noted yet. An engagement manager notes one on the issue it was heard on, under "
    "Meetings."
)


@READ_WRITE
def note(request: SignedIn, pk: int) -> HttpResponse:
    """On an issue, by whoever may comment on it as an engagement manager."""
    issue = find(request, pk)
    only_if(rules.notes_need(issue, request.user))
    version = CatalogueVersion.current(localdate())
    form = NeedForm(version, request.POST if request.method == "POST" else None)
    if form.is_valid():
        note_need(issue, by=request.user, at=now(), **form.cleaned_data)
        return redirect(issue)
    return form_about(request, issue, form, "Customer need", "Tell Practice")


@require_safe
def needs(request: SignedIn) -> HttpResponse:
    if not rules.reads_needs(request.user):
        raise Http404
    seen = CustomerNeed.objects.visible_to(request.user)
    rows = seen.select_related("issue__account", "noted_by")
    return asked(request, "needs", rows, NeedStatus, "all", columns=COLUMNS, nothing=NOTHING)


@READ_WRITE
def need(request: SignedIn, pk: int) -> HttpResponse:
    """One need, and what Practice makes of it."""
    if not rules.reads_needs(request.user):
        raise Http404
    rows = CustomerNeed.objects.visible_to(request.user)
    found = get_object_or_404(
        rows.select_related("issue__account", "noted_by", "answered_by"), pk=pk
    )
    sent = request.POST if request.method == "POST" else None
    if sent is not None and not rules.keeps_catalogue(request.user):
        raise PermissionDenied
    form = AnswerForm(sent, initial={"status": found.status, "answer": found.answer})
    if form.is_valid():
        answer_need(found, by=request.user, at=now(), **form.cleaned_data)
        return redirect("scoping:needs")
    context = {"need": found, "form": form, "service": _titles().get(found.service_key)}
    return page(request, "need", "needs", context, 422 if form.errors else 200)


def _titles() -> dict[str, str]:
    version = CatalogueVersion.current(localdate())
    return dict(version.services.values_list("key", "title")) if version else {}
