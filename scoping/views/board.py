"""The boards: My board, Issues by EM, their further cards and what changed on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.transaction import atomic
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from emdesk.configuration.values import values_on
from emdesk.people.models import User
from emdesk.people.sessions import unattended
from emdesk.web import SignedIn
from scoping import board as boards
from scoping import rules
from scoping.board import Column, Lane, Place
from scoping.cards import Card, Typical, cards, typical_stays
from scoping.categories import Outlook
from scoping.forms.board import LANES, BoardFilter, EmBoardFilter
from scoping.models import Layout, ScopingIssue
from scoping.models.finding import ScopingIssueQuerySet
from scoping.states import LIVE, State
from scoping.views.saved_views import opened

UNASSIGNED = "none"
NO_LANE = {
    LANES["em"]: "Nobody yet",
    LANES["segment"]: "No segment",
    LANES["confidence"]: "No opportunity",
}
MANY = 300


@dataclass(frozen=True)
class Look:
    """One look at a board: whose, through which filters, at which issues and when."""

    user: User
    filters: BoardFilter
    issues: ScopingIssueQuerySet
    typical: Typical
    at: datetime

    @property
    def kind(self) -> str:
        return self.filters.kind

    def cards(self, issues: ScopingIssueQuerySet) -> list[Card]:
        deed = "assign" if self.kind == "ems" else "move"
        return cards(issues, self.user, self.at, self.typical, deed)


def look(user: User, data: Any, kind: str = "states") -> Look:
    issues = ScopingIssue.objects.visible_to(user)
    if kind == "ems":
        filters: BoardFilter = EmBoardFilter(user, data)
        issues = issues.live()
    else:
        filters = BoardFilter(user, data)
    return Look(user, filters, filters.applied(issues), typical_stays(), now())


def _asked(request: SignedIn) -> Look:
    """What a part of a board is asked for: the address says which board."""
    return look(request.user, request.GET, request.GET.get("board", ""))


@require_safe
def board(request: SignedIn) -> HttpResponse:
    cursor = boards.cursor_now()
    seen = look(request.user, request.GET)
    if seen.filters.lane:
        columns = [each for each in _heads(seen) if not each.rail]
        context = _frame(seen, cursor, columns) | {"lanes": _lanes(seen)}
    else:
        context = _frame(seen, cursor, _columns(seen))
    filters = seen.filters
    saved = opened(request, Layout.BOARD, filters.address(), filters.fields)
    return render(request, "scoping/board.html", context | {"saved": saved})


@require_safe
def by_em(request: SignedIn) -> HttpResponse:
    if not rules.sees_every_issue(request.user):
        raise Http404
    cursor = boards.cursor_now()
    seen = look(request.user, request.GET, "ems")
    return render(request, "scoping/board.html", _frame(seen, cursor, _em_columns(seen)))


@require_safe
def column(request: SignedIn, key: str) -> HttpResponse:
    """The next cards of one column, below the one the address names."""
    seen = _asked(request)
    if seen.kind == "ems":
        issues = seen.issues.filter(engagement_manager=None if key == UNASSIGNED else _em(key))
    elif key in State.values:
        issues = seen.issues.filter(state=key)
    else:
        raise Http404
    after = Place.parse(request.GET.get("after", ""))
    found = seen.cards(boards.next_cards(issues, after))
    more = len(found) == settings.BOARD_PAGE
    context = {
        "board_kind": seen.kind,
        "column": _column_named(seen.filters, key),
        "cards": found,
        "more_url": _more(seen, key, found) if more else "",
    }
    template = "scoping/_column_more.html" if request.htmx else "scoping/column.html"
    return render(request, template, context)


def _column_named(filters: BoardFilter, key: str) -> Column:
    if key in State.values:
        return boards.named(None, key, None, {})
    names = {str(person.pk): person.name for person in filters.managers}
    return Column(key=key, name=names.get(key, "Unassigned"))


@unattended
@require_safe
def changes(request: SignedIn) -> HttpResponse:
    """What changed since the cursor in the address: cards and column heads.

    Nothing is 204; so much that the board is better read anew, 205.
    """
    since = request.GET.get("since", "")
    if not since.isascii() or not since.isdigit():
        raise Http404
    with atomic():
        cursor = boards.cursor_now()
        news = boards.changed_since(int(since)).visible_to(request.user)
        changed = set(news.values_list("pk", flat=True)[: MANY + 1])
    if not changed:
        return HttpResponse(status=204)
    if len(changed) > MANY:
        return HttpResponse(status=205)
    seen = _asked(request)
    shown = seen.cards(seen.issues.filter(pk__in=changed).in_board_order())
    context = {
        "board_kind": seen.kind,
        "cards": shown,
        "gone": changed - {card.pk for card in shown},
        "columns": _heads(seen),
        "cursor": cursor,
    }
    return render(request, "scoping/_changes.html", context)


def _frame(seen: Look, cursor: int, columns: list[Column]) -> dict[str, Any]:
    """What the board shows around its cards."""
    count = sum(column.count for column in columns if not column.rail)
    query = seen.filters.address(board=seen.kind)
    return {
        "filters": seen.filters,
        "cursor": cursor,
        "board_kind": seen.kind,
        "columns": columns,
        "summary": f"{count:,} live issue{pluralize(count)} · {seen.filters.summary}",
        "changes_url": f"{reverse('scoping:changes')}?{query}",
    }


def _columns(seen: Look) -> list[Column]:
    columns = _heads(seen)
    found = {column.key: column for column in columns}
    shown = seen.cards(boards.first_cards(seen.issues, LIVE))
    boards.deal(found, shown, lambda card: card.state)
    return _with_more(seen, columns)


def _em_columns(seen: Look) -> list[Column]:
    columns = _heads(seen)
    found = {column.key: column for column in columns}
    shown = seen.cards(boards.first_cards_by(seen.issues, "engagement_manager_id"))
    boards.deal(found, shown, lambda card: str(card.engagement_manager_id or UNASSIGNED))
    return _with_more(seen, columns)


def _with_more(seen: Look, columns: list[Column]) -> list[Column]:
    for each in columns:
        each.more_url = _more(seen, each.key, each.cards) if each.hidden else ""
    return columns


def _lanes(seen: Look) -> list[Lane]:
    """The board cut into one strip per EM, segment or colour, each with its own columns."""
    by, issues = seen.filters.lane or "", seen.issues.live()
    of_card = attrgetter(by.removeprefix("opportunity__"))
    heads = boards.heads(issues, seen.at, lane=by)
    cells = {
        (lane, state): boards.named(heads.get((lane, state)), state, seen.typical.get(state), {})
        for lane in {lane for lane, _ in heads}
        for state in LIVE
    }
    shown = seen.cards(boards.first_cards_by(issues, by, "state"))
    boards.deal(cells, shown, lambda card: (of_card(card), card.state))
    names = seen.filters.lane_names
    lanes = [
        Lane(
            key=str(lane or UNASSIGNED),
            name=names.get(lane, NO_LANE[by]),
            columns=[cells[lane, state] for state in LIVE],
        )
        for lane in {lane for lane, _ in cells}
    ]
    if by == LANES["confidence"]:
        order = [*names, UNASSIGNED]
        return sorted(lanes, key=lambda lane: order.index(lane.key))
    return sorted(lanes, key=lambda lane: (lane.key == UNASSIGNED, lane.name))


def _heads(seen: Look) -> list[Column]:
    if seen.kind == "ems":
        outlook = Outlook.on(localdate())
        found = boards.weighted_heads(seen.issues, seen.at, outlook, "engagement_manager_id")
        people: list[User] = seen.filters.managers
        return [
            boards.of_em(found.get(None), UNASSIGNED, "Unassigned"),
            *(boards.of_em(found.get(each.pk), str(each.pk), each.name) for each in people),
        ]
    return _state_heads(seen, list(State))


def _state_heads(seen: Look, states: list[State]) -> list[Column]:
    known, live = values_on(localdate()), [state for state in states if state in LIVE]
    issues = seen.issues.filter(state__in=live)
    found = boards.weighted_heads(issues, seen.at, Outlook.of(known))
    if State.CLOSED in states:
        found |= boards.heads(seen.issues.filter(state=State.CLOSED), seen.at)
    return [boards.named(found.get(s), s, seen.typical.get(s), known) for s in states]


def renewed(request: SignedIn, pk: int, states: set[str]) -> dict[str, Any]:
    """A card and the heads of these columns, for the board the request came from."""
    page = urlsplit(request.htmx.current_url or "")
    kind = "ems" if page.path == reverse("scoping:board_by_em") else "states"
    seen = look(request.user, QueryDict(page.query), kind)
    [card] = seen.cards(ScopingIssue.objects.filter(pk=pk))
    in_order = [state for state in State if state in states]
    columns = _heads(seen) if kind == "ems" else _state_heads(seen, in_order)
    return {"card": card, "columns": columns, "board_kind": kind}


def _em(key: str) -> int:
    if not key.isascii() or not key.isdigit() or len(key) > 9:
        raise Http404
    return int(key)


def _more(seen: Look, key: str, shown: list[Card]) -> str:
    """Where the cards of a column go on below those shown."""
    after = {"after": str(Place.of(shown[-1]))} if shown else {}
    query = seen.filters.address(board=seen.kind, **after)
    return f"{reverse('scoping:column', args=[key])}?{query}"
