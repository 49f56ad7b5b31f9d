"""Searching the whole desk, and the palette: places, issues and acts by a few letters."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from emdesk.people.models import User
from emdesk.web import SignedIn
from scoping.models import ScopingIssue
from scoping.search import finding
from scoping.search import palette as offered
from scoping.search.asking import OPERATORS, Asked, exactly, read
from scoping.search.finding import Named
from scoping.search.hits import hits_markup

LAST_PAGE = 200


@require_safe
def search(request: SignedIn) -> HttpResponse:
    asked = read(request.GET.get("q", ""), request.user)
    if asked.is_number and (found := _by_number(asked, request.user)):
        return redirect(found)
    page = _page(request)
    context = {
        "asked": asked,
        "operators": [hint for _, hint in OPERATORS.values()],
        **(_results(asked, request, page) if asked.for_anything else {}),
    }
    return render(request, "scoping/search.html", context)


@require_safe
def palette(request: SignedIn) -> HttpResponse:
    """What the palette offers for these letters; the frame around it comes along on request."""
    text = request.GET.get("q", "")
    groups = offered.offered(request.user, text, request.GET.get("on", ""))
    template = "scoping/palette.html" if "frame" in request.GET else "scoping/_palette.html"
    return render(request, template, {"groups": groups, "text": text.strip()})


def _results(asked: Asked, request: SignedIn, page: int) -> dict[str, object]:
    hits = finding.ranked(asked, request.user, page)
    total = hits[0].total if hits else 0
    beside = bool(asked.said) and page == 1 and not asked.filters
    return {
        "hits": hits_markup(hits),
        "total": total,
        "first": (page - 1) * finding.PAGE + 1,
        "last": (page - 1) * finding.PAGE + len(hits),
        "page": page,
        "first_page": address(asked.text),
        "earlier": address(asked.text, page - 1) if hits and page > 1 else "",
        "later": address(asked.text, page + 1) if page * finding.PAGE < total else "",
        "accounts": _accounts(asked, request.user) if beside else [],
        "people": _people(asked, request.user) if beside else [],
    }


def _accounts(asked: Asked, user: User) -> list[Named]:
    found = finding.accounts(asked, user)
    return [replace(each, url=address(exactly("account", each.name))) for each in found]


def _people(asked: Asked, user: User) -> list[Named]:
    found = finding.people(asked, user)
    return [replace(each, url=address(exactly("em", each.name) + " is:open")) for each in found]


def _by_number(asked: Asked, user: User) -> ScopingIssue | None:
    return ScopingIssue.objects.visible_to(user).filter(pk=asked.number or 0).first()


def _page(request: HttpRequest) -> int:
    said = request.GET.get("page", "")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 1
    return min(max(number, 1), LAST_PAGE)


def address(text: str, page: int = 1) -> str:
    """Where these words are searched for."""
    said = {"q": text} | ({"page": str(page)} if page > 1 else {})
    return f"{reverse('scoping:search')}?{urlencode(said)}"
