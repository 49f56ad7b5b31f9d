"""Versions: listed, read, and any two of them compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from emdesk.web import SignedIn
from sow.differing import difference
from sow.models import Purpose, StatementOfWork, Version
from sow.page import said_of
from sow.redlines import taken_in
from sow.sendings import sendings
from sow.views.finding import find

SHOWN = {"changes": "Changes only", "inline": "Inline", "side": "Side by side"}


@require_safe
def versions(request: SignedIn, pk: int) -> HttpResponse:
    found = find(request, pk)
    rows = found.versions.select_related("saved_by", "estimate_version").defer("content")
    context = {"issue": found.issue, "statement": found, "versions": _with_sendings(found, rows)}
    return render(request, "sow/versions.html", context)


@require_safe
def version(request: SignedIn, pk: int, number: int) -> HttpResponse:
    found = find(request, pk)
    context = _read(found, number)
    about = request.GET.get("about", "")
    context |= said_of(found, context["version"], request.user, about)
    context["sendings"] = sendings(found).get(number, [])
    context["taken_in"] = taken_in(found, number)
    return render(request, "sow/version.html", context)


@require_safe
def compare(request: SignedIn, pk: int) -> HttpResponse:
    """``?a=`` and ``?b=`` are numbers of versions; without them the last two."""
    found = find(request, pk)
    said = request.GET
    new = chosen_version(found, said.get("b") or str(found.latest))
    old = chosen_version(found, said.get("a") or str(max(new.number - 1, 1)))
    show = said.get("show", "")
    context = {
        "issue": found.issue,
        "statement": found,
        "old": old,
        "new": new,
        "difference": difference(old.said, new.said),
        "show": show if show in SHOWN else "changes",
        "ways": SHOWN.items(),
        "numbers": range(found.latest, 0, -1),
    }
    return render(request, "sow/compare.html", context)


def _with_sendings(found: StatementOfWork, rows: Iterable[Version]) -> list[Version]:
    sent, listed = sendings(found), list(rows)
    for each in listed:
        each.sent = sent.get(each.number, [])  # type: ignore[attr-defined]
    return listed


def _read(found: StatementOfWork, number: int) -> dict[str, Any]:
    chosen = chosen_version(found, str(number))
    drafts = chosen.documents.filter(purpose=Purpose.DRAFT).select_related("file")
    return {
        "issue": found.issue,
        "statement": found,
        "version": chosen,
        "paper": drafts.first(),
        "sections": chosen.said.plain().sections,
    }


def chosen_version(found: StatementOfWork, number: str) -> Version:
    """By what an address says."""
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        raise Http404
    rows = found.versions.select_related("saved_by", "estimate_version")
    chosen: Version = get_object_or_404(rows, number=int(number))
    return chosen
