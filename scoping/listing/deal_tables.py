"""The list of opportunities as a table: each deal a group of rows, so that its form fits below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from emdesk.people.models import User
from scoping.deal_changes import Was, a_week_ago
from scoping.hygiene import Moment
from scoping.listing.columns import IssueColumn, Row
from scoping.listing.columns import Moment as Now
from scoping.listing.deal_columns import DEAL_ALWAYS, DEAL_COLUMNS
from scoping.listing.tables import Ordered, Paged
from scoping.models import ScopingIssue
from scoping.models.opportunity import OpportunityQuerySet

SAID = ("confidence", "confidence_rationale", "close_date")


class DealTable(Paged):
    """The chosen columns of valued, categorised and checked deals."""

    def __init__(
        self,
        deals: OpportunityQuerySet,
        names: Sequence[str],
        keys: Sequence[str],
        user: User,
        moment: Moment,
        currency: str,
    ) -> None:
        self.chosen = [DEAL_COLUMNS[name] for name in names]
        self.moment, self._at = Now(moment.at, localdate(moment.at)), moment.at
        needs = {need for column in self.chosen for need in column.needs}
        found = with_issue(deals.with_rights(user), user).annotate(
            in_currency=Value(currency, output_field=CharField())
        )
        usual = found.order_by("close_date", F("desk_value").desc(nulls_last=True), "pk")
        super().__init__(
            Ordered(usual.values(*{*DEAL_ALWAYS, *SAID, *needs}), DEAL_COLUMNS),
            extra_columns=list(zip(names, self.chosen, strict=True)),
            order_by=list(keys) or None,
        )

    @property
    def lines(self) -> SafeString:
        """The markup of the page's rows."""
        return self.written(list(self.page.object_list.data))

    def written(self, rows: list[Row], below: str = "") -> SafeString:
        """The markup of these rows, with what changed since last week, and of a row below them."""
        was = a_week_ago([row["pk"] for row in rows], self._at)
        told = ({**row, "was": _changed(row, was.get(row["pk"], {}))} for row in rows)
        return SafeString("".join([_group(row, self.chosen, self.moment, below) for row in told]))

    def file_rows(self) -> Iterator[list[Any]]:
        """Every row of the filter as a file has them."""
        for row in self.data.data.iterator(chunk_size=2_000):
            yield [cell for column in self.chosen for cell in column.cells(row, self.moment)]


def with_issue(deals: OpportunityQuerySet, user: User) -> OpportunityQuerySet:
    """With the newest scoping issue of each deal that ``user`` may see."""
    issues = ScopingIssue.objects.visible_to(user).filter(opportunity=OuterRef("pk"))
    return deals.annotate(issue_pk=Subquery(issues.order_by("-pk").values("pk")[:1]))


def _changed(row: Row, was: Was) -> Was:
    """What is not as it was."""
    return {
        name: old for name, old in was.items() if name in row and _plain(row[name]) != _plain(old)
    }


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _group(row: Row, chosen: Iterable[IssueColumn], moment: Any, below: str) -> str:
    first, *others = chosen
    cells = "".join(
        f'<td class="{column.css}">{column.markup(row, moment)}</td>'
        if column.css
        else f"<td>{column.markup(row, moment)}</td>"
        for column in others
    )
    may = "".join(f" data-{name}" for name in ("own", "judges", "advances") if row[name])
    return (
        f'<tbody id="deal-{row["pk"]}" data-deal="{row["pk"]}" data-word="{row["confidence"]}"'
        f' data-rationale="{escape(row["confidence_rationale"])}"'
        f' data-closes="{row["close_date"] or ""}"{may}>'
        f'<tr><th scope="row">{first.markup(row, moment)}</th>{cells}</tr>{below}</tbody>'
    )
