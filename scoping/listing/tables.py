"""The list of issues as a table: its columns, order, pages and rows.

django-tables2 keeps columns, order and pages. A page holds a hundred rows of ten cells, so each
row is written in one go, from the narrow row that its columns ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import Case, F, Value, When
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django_tables2.data import TableQuerysetData

from scoping.listing.columns import ALWAYS, COLUMNS, IssueColumn, Moment, Row
from scoping.models.finding import BOARD_ORDER, ScopingIssueQuerySet
from scoping.states import LIVE

CLOSED_LAST = Case(When(state__in=LIVE, then=Value(0)), default=Value(1))


def default_order(issues: ScopingIssueQuerySet) -> ScopingIssueQuerySet:
    """As on the board, closed ones last."""
    return issues.order_by(CLOSED_LAST, *BOARD_ORDER)


class Ordered(TableQuerysetData):
    """Rows in the order of several columns at once, the empty ones last, never the same twice."""

    data: Any

    def __init__(self, rows: Any, known: Mapping[str, IssueColumn]) -> None:
        super().__init__(rows)
        self._known = known

    def order_by(self, aliases: Any) -> None:
        terms = [term for alias in aliases for term in _terms(self._known, alias)]
        self.data = self.data.order_by(*terms, "pk")


def _terms(known: Mapping[str, IssueColumn], alias: str) -> Iterator[Any]:
    column = known[alias.removeprefix("-")]
    falls = alias.startswith("-") != column.falls
    for term in column.terms:
        of = F(term) if isinstance(term, str) else term
        yield of.desc(nulls_last=True) if falls else of.asc(nulls_last=True)


class Known(Paginator):  # type: ignore[type-arg]
    """Pages of a list whose length is known already."""

    def __init__(self, rows: Any, per_page: int, *, count: int) -> None:
        super().__init__(rows, per_page)
        self.count = count


class Paged(tables.Table):
    """A table of which one page is shown, of a length that is known."""

    def turn_to(self, page: int, per_page: int, count: int) -> None:
        """The asked page, or the last one there is."""
        page = min(page, max(1, -(-count // per_page)))
        self.paginate(Known, per_page=per_page, page=page, count=count)


class IssueTable(Paged):
    """The chosen columns of issues that a query gives as narrow rows."""

    def __init__(
        self, issues: ScopingIssueQuerySet, names: list[str], keys: list[str], at: datetime
    ) -> None:
        chosen = [COLUMNS[name] for name in names]
        needs = {need for column in chosen for need in column.needs}
        self.chosen, self.moment = chosen, Moment(at, localdate(at))
        rows = default_order(issues.with_clock() if "clock" in needs else issues)
        super().__init__(
            Ordered(rows.values(*{*ALWAYS, *needs}), COLUMNS),
            extra_columns=list(zip(names, chosen, strict=True)),
            order_by=keys or None,
        )

    def lines(self, *, selectable: bool) -> SafeString:
        """The markup of the page's rows."""
        line = _selectable if selectable else _line
        moment, chosen = self.moment, self.chosen
        rows = self.page.object_list.data
        return SafeString("".join([line(row, chosen, moment) for row in rows]))

    def file_rows(self) -> Iterator[list[Any]]:
        """Every row of the filter as a file has them."""
        for row in self.data.data.iterator(chunk_size=2_000):
            yield [cell for column in self.chosen for cell in column.cells(row, self.moment)]


TICK = (
    '<td class="select"><input type="checkbox" name="issue" value="{pk}.{moves}.{em}"'
    ' aria-label="Select PS-{pk}"></td>'
)


def _selectable(row: Row, chosen: list[IssueColumn], moment: Moment) -> str:
    em = row["engagement_manager_id"]
    tick = TICK.format(pk=row["pk"], moves=row["moves"], em=em or 0)
    return _line(row, chosen, moment, tick)


def _line(row: Row, chosen: list[IssueColumn], moment: Moment, tick: str = "") -> str:
    first, *others = chosen
    cells = "".join(
        [
            f'<td class="{column.css}">{column.markup(row, moment)}</td>'
            if column.css
            else f"<td>{column.markup(row, moment)}</td>"
            for column in others
        ]
    )
    return f'<tr>{tick}<th scope="row">{first.markup(row, moment)}</th>{cells}</tr>'
