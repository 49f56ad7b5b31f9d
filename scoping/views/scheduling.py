"""The project scheduling intake of an issue: read, printed, filled and exported."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.exporting import TYPES, download
from emdesk.web import SignedIn
from scoping import rules
from scoping.forms.scheduling import SchedulingForm
from scoping.models import SchedulingIntake, ScopingIssue
from scoping.scheduling import amend_scheduling, begin, fill, gate, proposals, versions
from scoping.views.editing import READ_WRITE, Meanwhile, keep
from scoping.views.moves import find

HEAD = ("Section", "Field", "Value")


@READ_WRITE
def scheduling(request: SignedIn, pk: int) -> HttpResponse:
    """The record; with ``?edit`` its form. POST begins it, takes over answers or saves."""
    issue = find(request, pk)
    works = rules.works_issue(issue, request.user)
    record = _record(issue)
    if request.method == "POST":
        if not works:
            raise PermissionDenied
        return _write(request, issue, record)
    editing = works and record is not None and "edit" in request.GET
    form = SchedulingForm(instance=record) if record else None
    return _page(request, issue, form, [], 200, editing=editing)


def _write(request: SignedIn, issue: ScopingIssue, record: SchedulingIntake | None) -> HttpResponse:
    user, at = request.user, now()
    here = redirect("scoping:scheduling", issue.pk)
    if record is None:
        begin(issue, by=user, at=at)
        return here
    if "fill" in request.POST:
        fill(record, by=user, at=at)
        return here
    form, status, told = keep(
        SchedulingForm(request.POST, instance=record),
        lambda valid: amend_scheduling(record, by=user, at=at, seen=valid.seen, **valid.said),
    )
    return here if form is None else _page(request, issue, form, told, status, editing=True)


def _page(
    request: SignedIn,
    issue: ScopingIssue,
    form: SchedulingForm | None,
    told: Meanwhile,
    status: int,
    *,
    editing: bool,
) -> HttpResponse:
    context: dict[str, Any] = {
        "issue": issue,
        "form": form,
        "editing": editing,
        "overtaken": told,
        "works": rules.works_issue(issue, request.user),
    }
    if form:
        record = form.instance
        waiting = [str(form[name].label) for name in proposals(record)]
        context |= {"record": record, "gate": gate(record), "waiting": waiting}
        context |= {"versions": versions(issue)}
    return render(request, "scoping/scheduling.html", context, status=status)


@require_safe
def scheduling_export(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    issue = find(request, pk)
    record = _record(issue)
    if kind not in TYPES or record is None:
        raise Http404
    facts = SchedulingForm(instance=record).facts
    address = request.build_absolute_uri(reverse("scoping:issue", args=[issue.pk]))
    rows = [("Issue", "Reference", issue.reference), ("Issue", "Customer", issue.account.name)]
    rows += [("Issue", "Address", address)]
    rows += [(title, label, value) for title, fields in facts for label, value in fields]
    return download(kind, f"{issue.reference}-scheduling-intake", HEAD, rows)


def _record(issue: ScopingIssue) -> SchedulingIntake | None:
    rows = SchedulingIntake.objects.select_related("issue__account", "issue__opportunity")
    return rows.filter(issue=issue).first()
