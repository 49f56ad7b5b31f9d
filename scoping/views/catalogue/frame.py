"""What the catalogue's pages share: who may look, which version they show, and the bar above."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate

from emdesk.web import SignedIn
from scoping import rules
from scoping.models import CatalogueVersion, Proposal
from scoping.rules import keeps_catalogue, reads_catalogue

ON_A_PAGE = 50


def readers_only(request: SignedIn) -> None:
    """To others there is no catalogue."""
    if not reads_catalogue(request.user):
        raise Http404


def cost_readers_only(request: SignedIn) -> None:
    """To others there is no standard cost."""
    if not rules.reads_cost_rates(request.user):
        raise Http404


def keepers_only(request: SignedIn) -> None:
    readers_only(request)
    if not keeps_catalogue(request.user):
        raise PermissionDenied


def version_shown(request: SignedIn) -> CatalogueVersion:
    """The one the address names, else the one in force today."""
    readers_only(request)
    number = request.GET.get("version", "")
    seen = CatalogueVersion.objects.visible_to(request.user)
    if number.isascii() and number.isdigit() and len(number) < 9:
        return get_object_or_404(seen, number=number)
    current = CatalogueVersion.current(localdate())
    if current is None:
        raise Http404
    return current


def draft_of(request: SignedIn) -> CatalogueVersion:
    """The draft, for those who write it; 404 when there is none."""
    keepers_only(request)
    draft = CatalogueVersion.objects.draft()
    if draft is None:
        raise Http404
    return draft


def asked(
    request: SignedIn, name: str, rows: QuerySet[Any], statuses: Any, usual: str, **said: Any
) -> HttpResponse:
    """What is asked of the catalogue, of one status or of all. ``usual``: what one sees first."""
    status = request.GET.get("status") or usual
    if status in statuses.values:
        rows = rows.filter(status=status)
    shown = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"rows": shown, "status": status, "statuses": statuses.choices, "usual": usual}
    return page(request, name, name, context | said)


def page(
    request: SignedIn, name: str, here: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """One of the catalogue's pages, ``here`` marked in the bar above it."""
    user = request.user
    may = {
        "keeps": rules.keeps_catalogue(user),
        "proposes": rules.proposes_to_catalogue(user),
        "sets_bill_rates": rules.sets_bill_rates(user),
        "takes_rates_away": rules.takes_rates_away(user),
        "takes_costs_away": rules.takes_costs_away(user),
        "sets_cost_rates": rules.sets_cost_rates(user),
        "reads_cost": rules.reads_cost_rates(user),
        "reads_needs": rules.reads_needs(user),
    }
    bar = {"here": here, "open_proposals": Proposal.objects.visible_to(user).open().count()}
    template = f"scoping/catalogue/{name}.html"
    return render(request, template, {**bar, "may": may, **context}, status=status)
