"""Its pages, at the addresses the desk has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.auth import authenticate, login
from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Count, F, Sum, When, Window
from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.timezone import now

from bench.bare.models import Card, Found, Line

View = Callable[..., HttpResponse]
SHOWN = ("id", "title", "account", "segment", "manager", "state", "value", "due")
TOLD = ("id", "title", "account", "segment", "manager", "state", "outcome", "next_step")
STATES = (
    "open",
    "awaiting_discovery",
    "strawman_wip",
    "estimate_feedback",
    "on_hold",
    "sow_wip",
    "ready_for_approval",
    "approved",
)


def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "sign_in.html")
    person = authenticate(username=request.POST["login"], password=request.POST["password"])
    if person is None:
        return HttpResponseForbidden()
    login(request, person)
    return redirect("/board/25/")


def signed_in(view: View) -> View:
    def asked(request: HttpRequest, **where: int) -> HttpResponse:
        if not request.user.is_authenticated:
            return HttpResponseForbidden()
        return view(request, **where)

    return asked


@signed_in
def board(request: HttpRequest, page: int) -> HttpResponse:
    columns: dict[str, list[Any]] = {state: [] for state in STATES}
    for card in Card.objects.filter(place__lte=page).order_by("state", "place").values(*SHOWN):
        columns[card["state"]].append(card)
    return render(request, "board.html", {"columns": columns.items()})


@signed_in
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Its facts, and under them every line of its history and questionnaire."""
    card = Card.objects.get(pk=pk)
    facts = [(field.name, getattr(card, field.name)) for field in Card._meta.fields]
    lines = card.lines.order_by(F("at").desc(nulls_last=True))[:50]
    return render(request, "issue.html", {"pk": pk, "facts": facts, "lines": lines})


@signed_in
def listing(request: HttpRequest, page: int) -> HttpResponse:
    """One page of issues, and what all of them are worth."""
    cards = Card.objects.order_by("due", "-value", "id")
    worth = cards.aggregate(count=Count("id"), value=Sum("value"))
    return render(request, "list.html", {"cards": cards[:page].values(), "worth": worth})


@signed_in
def search(request: HttpRequest, page: int) -> HttpResponse:
    """The same words in the same texts: those of a name first, live before closed."""
    words, named = (
        SearchQuery(f"{request.GET['q']}:*{within}", search_type="raw", config="simple")
        for within in ("", "AB")
    )
    order = (
        Case(When(words=named, then=0), default=1),
        Case(When(state="closed", then=1), default=0),
    )
    found = Found.objects.filter(words=words).order_by(*order, "-entered_state_at", "-id")
    rows = list(found.values(*TOLD).annotate(total=Window(Count("*")))[:page])
    return render(request, "search.html", {"rows": rows, "q": request.GET["q"]})


@signed_in
def triage(request: HttpRequest, page: int) -> HttpResponse:
    """New issues, oldest first, and beside them the facts and lines of the first."""
    new = Card.objects.filter(state="open", unassigned=True)
    queue = list(new.order_by("created_at")[:page])
    facts = [(field.name, getattr(queue[0], field.name)) for field in Card._meta.fields]
    lines = queue[0].lines.order_by(F("at").desc(nulls_last=True))[:50]
    return render(request, "triage.html", {"queue": queue, "facts": facts, "lines": lines})


@signed_in
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """A locked update with one row that says who did it."""
    with atomic():
        card = Card.objects.select_for_update().get(pk=pk)
        what = f"{card.state} to {request.POST['to']}"
        card.state, card.entered_state_at = request.POST["to"], now()
        card.save(update_fields=["state", "entered_state_at"])
        Line.objects.create(card=card, at=now(), who=request.user.get_username(), what=what)
    return HttpResponse(status=204)


def style(request: HttpRequest) -> HttpResponse:
    """Three rules, so that a browser has a board to lay out."""
    text = Path(__file__).with_name("style.css").read_text()
    return HttpResponse(text, content_type="text/css")


urlpatterns = [
    path("account/login/", sign_in),
    path("board/<int:page>/", board),
    path("list/<int:page>/", listing),
    path("search/<int:page>/", search),
    path("triage/<int:page>/", triage),
    path("issues/<int:pk>/", issue),
    path("issues/<int:pk>/move/", move),
    path("bare.css", style),
]
