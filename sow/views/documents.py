"""Statements of work on paper: asked for, watched while they are made, stamped."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.people.sessions import unattended
from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.views.editing import only_if
from sow import documents, rules, stamping
from sow.forms.library import one_line
from sow.models import Document, StatementOfWork
from sow.tasks import have_made
from sow.views.comparing import chosen_version
from sow.views.finding import find

LONGEST_WHY = 280


@require_POST
def paper(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """Ask for a version as PDF, and watch it from where that was asked."""
    found = find(request, pk)
    chosen = chosen_version(found, str(number))
    document = documents.ask(chosen, by=request.user, at=now())
    have_made(document)
    if not request.htmx:
        return redirect(f"{chosen.get_absolute_url()}#paper")
    return _shown(request, found, document)


@unattended
@require_safe
def progress(request: SignedIn, pk: int, document: int) -> HttpResponse:
    """How far it is, in place of what said so before."""
    found = find(request, pk)
    rows = found.documents.select_related("file", "version__statement")
    return _shown(request, found, get_object_or_404(rows, pk=document))


@require_POST
def stamp(request: SignedIn, pk: int) -> HttpResponse:
    """Legal says that the version in ``seen`` may be signed."""
    found = find(request, pk)
    only_if(rules.stamps(request.user))
    seen = request.POST.get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0
    try:
        have_made(stamping.ask(found, seen=number, by=request.user, at=now()))
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect(f"{found.get_absolute_url()}#document")


@require_POST
def void(request: SignedIn, pk: int) -> HttpResponse:
    """Take the stamp away, saying why."""
    found = find(request, pk)
    only_if(rules.voids_stamp(found.issue, request.user))
    why = one_line(request.POST.get("why", ""), LONGEST_WHY)
    if not why:
        messages.error(request, "Say why the stamp does not stand any more.")
    elif stamping.void(found, why=why, by=request.user, at=now()):
        messages.success(request, "The stamp is void.")
    else:
        messages.error(request, "There is no stamp any more.")
    return redirect(f"{found.get_absolute_url()}#document")


def _shown(request: SignedIn, found: StatementOfWork, paper: Document) -> HttpResponse:
    part = "sow/_stamping.html" if paper.stamped else "sow/_paper.html"
    context = {"paper": paper, "version": paper.version, "statement": found, "issue": found.issue}
    return render(request, part, context)
