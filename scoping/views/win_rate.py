"""The win rate along one axis, and the rows behind each of its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from emdesk.exporting import TooMuch, download
from emdesk.money import Money
from emdesk.web import SignedIn
from scoping import rules
from scoping.views.tables import Cell, Head, Row, Table
from scoping.win_rate import CURRENCY, Basis, Tally, WinRate, axes, win_rate
from scoping.win_rate_rows import Part, left_out, rows_of

PAGE = 50
View = Callable[[SignedIn], HttpResponse]
TITLES = {
    "quarter": "Close quarter",
    "segment": "Segment",
    "em": "Engagement manager",
    "office": "Office",
    "owner": "Account executive",
    "product": "Product",
    "sector": "Sector",
    "type": "Type of deal",
    "office_and_quarter": "Office and quarter",
}
LEFT_OUT = {
    (Basis.ISSUES, Part.LIVE): "still live",
    (Basis.ISSUES, Part.TORN): "waiting for a decision, because their labels contradict each other",
    (Basis.ISSUES, Part.UNCOUNTED): (
        "closed without an outcome: merged, duplicate, declined, unqualified or imported so"
    ),
    (Basis.OPPORTUNITIES, Part.LIVE): "still open",
    (Basis.OPPORTUNITIES, Part.UNQUALIFIED): "unqualified or duplicate",
    (Basis.OPPORTUNITIES, Part.DELETED): "deleted in the CRM",
}
PARTS = {Part.CLOSED: "closed won or lost", Part.WON: "closed won", Part.LOST: "closed lost"}

HEADS = [
    *(Head(name) for name in ("Won", "Lost", "Closed", "Rate")),
    Head("Share won, drawn", drawn=True),
    Head("Won value"),
]


@dataclass(frozen=True)
class Asked:
    """What an address asks for; what it does not say, or says wrongly, is the usual."""

    basis: Basis
    by: str
    part: Part
    key: str | None

    @classmethod
    def by_address(cls, request: HttpRequest) -> Asked:
        said = request.GET
        basis = Basis.OPPORTUNITIES if said.get("basis") == "opportunities" else Basis.ISSUES
        by = said.get("by", "")
        part = said.get("outcome", "")
        known = (basis, part) in LEFT_OUT or part in PARTS
        chosen = Part(part) if known else Part.CLOSED
        key = said.get("key") if chosen.counted else None
        return cls(basis, by if by in axes(basis) else "quarter", chosen, key)

    @property
    def what(self) -> str:
        return "issues" if self.basis == Basis.ISSUES else "opportunities"

    @property
    def says(self) -> str:
        """Which rows these are, in words."""
        why = PARTS.get(self.part) or LEFT_OUT[self.basis, self.part]
        if self.key is None:
            return f"All {self.what} {why}"
        where = self.key or f"without {TITLES[self.by].lower()}"
        return f"{self.what.capitalize()} {why}, {where}"

    def url(self, name: str = "win_rate", **more: str) -> str:
        said = {"basis": str(self.basis), "by": self.by} | more
        return f"{reverse(f'scoping:{name}')}?{urlencode(said)}"

    def rows_url(self, part: Part, key: str | None = None) -> str:
        named = {} if key is None else {"key": key}
        return self.url("win_rate_rows", **named, outcome=str(part))


@dataclass(frozen=True)
class Figures:
    """One line of the page: each number with the address of its rows."""

    tally: Tally
    asked: Asked
    key: str | None

    def row(self, name: str, *, aside: bool = False) -> Row:
        numbers = zip((self.won, self.lost, self.closed), ("won", "lost", "closed"), strict=True)
        linked = [Cell(number, url, says) for (number, url), says in numbers]
        more = [Cell(self.rate), Cell(share=self.share), Cell(self.value)]
        return Row(name, [*linked, *more], aside)

    @property
    def won(self) -> tuple[str, str]:
        return self._linked(self.tally.won, Part.WON)

    @property
    def lost(self) -> tuple[str, str]:
        return self._linked(self.tally.lost, Part.LOST)

    @property
    def closed(self) -> tuple[str, str]:
        return self._linked(self.tally.won + self.tally.lost, Part.CLOSED)

    @property
    def rate(self) -> str:
        return "—" if self.tally.rate is None else f"{self.tally.rate:.1%}"

    @property
    def share(self) -> str:
        """The rate as a length of a hundred."""
        return f"{(self.tally.rate or 0) * 100:.1f}"

    @property
    def value(self) -> str:
        worth = self.tally.won_value
        return "—" if worth is None else str(Money(worth, CURRENCY))

    def _linked(self, number: int, part: Part) -> tuple[str, str]:
        return f"{number:,}", self.asked.rows_url(part, self.key)


def for_readers(view: View) -> View:
    """For everybody else these pages do not exist."""

    @wraps(view)
    def guarded(request: SignedIn) -> HttpResponse:
        if not rules.reads_win_rate(request.user):
            raise Http404
        return view(request)

    return guarded


@require_safe
@for_readers
def page(request: SignedIn) -> HttpResponse:
    asked = Asked.by_address(request)
    found = win_rate(asked.basis, asked.by, request.user)
    if request.GET.get("as") == "csv":
        head = [TITLES[asked.by], "Won", "Lost", "Win rate", f"Won value in {CURRENCY}"]
        return download("csv", f"win-rate-by-{asked.by}", head, _lines(found.rows, found.total))
    context = {
        "asked": asked,
        "title": TITLES[asked.by],
        "total": Figures(found.total, asked, None),
        "table": _table(asked, found),
        "bases": [(basis, asked.url(basis=str(basis))) for basis in Basis],
        "ways": [(by, TITLES[by], asked.url(by=by)) for by in axes(asked.basis)],
        "left_out": [
            (f"{count:,}", LEFT_OUT[asked.basis, part], asked.rows_url(part))
            for part, count in left_out(asked.basis, request.user).items()
        ],
        "whole": rules.reads_whole_win_rate(request.user),
        "named": _named(request),
        "sees_quiet": rules.sees_quiet(request.user),
        "csv": f"{asked.url()}&as=csv",
    }
    return render(request, "scoping/win_rate.html", context)


def _table(asked: Asked, found: WinRate) -> Table:
    title = TITLES[asked.by]
    shown = [Figures(tally, asked, tally.key).row(tally.key) for tally in found.rows]
    if found.unnamed.won + found.unnamed.lost:
        unnamed = Figures(found.unnamed, asked, "")
        shown.append(unnamed.row(f"Without {title.lower()}", aside=True))
    return Table(f"Win rate by {title.lower()}", title, HEADS, shown)


def _lines(rows: Iterable[Tally], total: Tally) -> Iterable[list[Any]]:
    for key, tally in [*((tally.key, tally) for tally in rows), ("Total", total)]:
        yield [key, tally.won, tally.lost, tally.rate, tally.won_value]


@require_safe
@for_readers
def rows(request: SignedIn) -> HttpResponse:
    asked, named = Asked.by_address(request), _named(request)
    if not (named or asked.part.counted):
        raise Http404
    found = rows_of(asked.basis, asked.by, asked.key, asked.part, request.user)
    if request.GET.get("as") == "csv":
        return _file(asked, found, named=named)
    shown = Paginator(found, PAGE).get_page(request.GET.get("page"))
    here = asked.rows_url(asked.part, asked.key)
    context = {"asked": asked, "shown": shown, "named": named, "here": here, "back": asked.url()}
    return render(request, f"scoping/win_rate_{asked.what}.html", context)


def _named(request: SignedIn) -> bool:
    """Whether rows may name the customer: who signs reads the figures, not the board."""
    user = request.user
    return rules.sees_every_issue(user) or not rules.reads_whole_win_rate(user)


def _file(asked: Asked, found: Any, *, named: bool) -> HttpResponse:
    cells = _issue_cells if asked.basis == Basis.ISSUES else _deal_cells
    table = [cells(row, named=named) for row in found]
    head = list(table[0]) if table else ["Nothing"]
    try:
        return download("csv", f"win-rate-{asked.what}", head, [[*each.values()] for each in table])
    except TooMuch as too_much:
        return HttpResponse(f"{too_much}\n", "text/plain; charset=utf-8", 422)


def _issue_cells(issue: Any, *, named: bool) -> dict[str, Any]:
    customer = {"Account": issue.account.name, "Title": issue.title} if named else {}
    return {
        "Issue": issue.reference,
        **customer,
        "Engagement manager": issue.engagement_manager and issue.engagement_manager.name,
        "Segment": issue.segment and issue.segment.name,
        "State": issue.get_state_display(),
        "Outcome": issue.get_outcome_display(),
        "Reason": issue.get_close_reason_display(),
        "Quarter": issue.close_quarter,
        "Since": issue.entered_state_at,
        "Value": issue.expected_value,
        "Currency": issue.currency,
    }


def _deal_cells(deal: Any, *, named: bool) -> dict[str, Any]:
    account = deal.account.name if deal.account else ""
    customer = {"Account": account, "Opportunity": deal.name} if named else {}
    return {
        "CRM id": deal.external_id,
        **customer,
        "Account executive": deal.owner,
        "Engagement manager": deal.engagement_manager and deal.engagement_manager.name,
        "Segment": deal.segment and deal.segment.name,
        "Stage": deal.get_stage_display(),
        "Close date": deal.close_date,
        "Value": deal.amount,
        "Currency": deal.currency,
    }
