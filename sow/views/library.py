"""The clause library and the templates: read by those who write SOWs, kept by Practice."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.web import SignedIn
from emdesk.workflow import Refused
from scoping.views.editing import READ_WRITE
from sow import rules
from sow.fields import FIELDS
from sow.forms.library import ClauseForm, TemplateForm, one_line_ends
from sow.kinds import Kind, Status
from sow.library import keep_clause, keep_template, templates_with, uses_of
from sow.models import Clause, Template


def readers_only(request: SignedIn) -> None:
    """To others there is no library."""
    if not rules.reads_library(request.user):
        raise Http404


def keepers_only(request: SignedIn) -> None:
    readers_only(request)
    if not rules.keeps_library(request.user):
        raise PermissionDenied


@require_safe
def clauses(request: SignedIn) -> HttpResponse:
    readers_only(request)
    rows = Clause.objects.with_text().select_related("owner")
    status = request.GET.get("status", "")
    if status in Status.values:
        rows = rows.filter(status=status)
    order = {kind: place for place, kind in enumerate(Kind.values)}
    context = {
        "clauses": sorted(rows, key=lambda each: order[each.kind]),
        "status": status,
        "statuses": Status.choices,
        "templates": Template.objects.all(),
        "keeps": rules.keeps_library(request.user),
    }
    return render(request, "sow/library.html", context)


@require_safe
def clause(request: SignedIn, key: str) -> HttpResponse:
    """What it says, what it may give way to, where it stands, and what it said before."""
    readers_only(request)
    found = _clause(key)
    context = {
        "clause": found,
        "uses": uses_of(found, request.user),
        "templates": templates_with(found),
        "versions": found.versions.select_related("saved_by"),
        "keeps": rules.keeps_library(request.user),
    }
    return render(request, "sow/clause.html", context)


@READ_WRITE
def new(request: SignedIn) -> HttpResponse:
    keepers_only(request)
    sent = request.POST if request.method == "POST" else None
    return _keep(request, ClauseForm(sent), "New clause")


@READ_WRITE
def edit(request: SignedIn, key: str) -> HttpResponse:
    keepers_only(request)
    found: Any = _clause(key)
    sent = request.POST if request.method == "POST" else None
    form = ClauseForm(sent, instance=found, text=found.text, fallbacks=found.fallbacks)
    return _keep(request, form, f"Edit “{found.title}”")


def _keep(request: SignedIn, form: ClauseForm, title: str) -> HttpResponse:
    if form.is_valid():
        said = form.cleaned_data
        try:
            kept = keep_clause(
                form.save(commit=False),
                text=one_line_ends(said["text"]),
                fallbacks=form.fallbacks,
                why=said["why"],
                seen=said["seen"],
                by=request.user,
                at=now(),
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"“{kept.clause}” is saved as v{kept.number}.")
            return redirect(kept.clause)
    context = {"form": form, "title": title, "fields": FIELDS.values()}
    return render(request, "sow/clause_form.html", context, status=422 if form.errors else 200)


@require_safe
def template(request: SignedIn, pk: int) -> HttpResponse:
    readers_only(request)
    found: Template = get_object_or_404(Template, pk=pk)
    head = found.head
    named = {row["clause"] for row in head.sections if row.get("clause")}
    context = {
        "template": found,
        "version": head,
        "versions": found.versions.select_related("saved_by").defer("sections"),
        "clauses": dict(Clause.objects.filter(key__in=named).values_list("key", "title")),
        "keeps": rules.keeps_library(request.user),
    }
    return render(request, "sow/template.html", context)


@READ_WRITE
def edit_template(request: SignedIn, pk: int) -> HttpResponse:
    keepers_only(request)
    found: Template = get_object_or_404(Template, pk=pk)
    sent = request.POST if request.method == "POST" else None
    form = TemplateForm(sent, sections=found.head.sections, seen=found.latest)
    if form.is_valid():
        said = form.cleaned_data
        stamp: dict[str, Any] = {"by": request.user, "at": now()}
        try:
            keep_template(found, form.sections, why=said["why"], seen=said["seen"], **stamp)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return redirect(found)
    context = {"form": form, "template": found, "fields": FIELDS.values()}
    return render(request, "sow/template_form.html", context, status=422 if form.errors else 200)


def _clause(key: str) -> Clause:
    found: Clause = get_object_or_404(Clause.objects.with_text().select_related("owner"), key=key)
    return found
