"""What stands around the rows of a list: totals, heads with their order, pages, chosen columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from emdesk.money import in_full
from scoping.forms.listed import PER_PAGE, Listed
from scoping.models.finding import ScopingIssueQuerySet


@dataclass(frozen=True)
class Totals:
    """Of every issue of a filter, whatever page one looks at; values by currency, never added."""

    count: int
    sums: dict[str, Decimal]

    @property
    def written(self) -> str:
        return " + ".join(in_full(amount, currency) for currency, amount in self.sums.items())


def totals(issues: ScopingIssueQuerySet) -> Totals:
    by_currency = issues.order_by().values("currency").annotate(n=Count("pk"))
    rows = list(by_currency.annotate(total=Sum("expected_value")).order_by("currency"))
    sums = {row["currency"]: row["total"] for row in rows if row["total"]}
    return Totals(sum(row["n"] for row in rows), sums)


@dataclass(frozen=True)
class Head:
    """A column's head: ``order`` as ARIA says it, and the addresses that sort by it."""

    title: str
    css: str
    order: str = ""
    place: int = 0
    alone: str = ""
    also: str = ""


def heads(filters: Listed) -> Iterator[Head]:
    """Each click sorts on: rising, falling, not at all. ``also`` keeps the other keys."""
    keys = filters.keys
    for name in filters.columns:
        column = filters.known[name]
        if not column.terms:
            yield Head(column.title, column.css)
            continue
        now = next((key for key in keys if key.removeprefix("-") == name), "")
        then = {"": name, name: f"-{name}"}.get(now, "")
        others = [key for key in keys if key != now]
        kept = [then if key == now else key for key in keys] if now else [*keys, then]
        yield Head(
            column.title,
            column.css,
            order={"": "none", name: "ascending"}.get(now, "descending"),
            place=keys.index(now) + 1 if now and others else 0,
            alone=filters.address(sort=then),
            also=filters.address(sort=",".join(filter(None, kept))),
        )


@dataclass(frozen=True)
class Choice:
    """A column one can show: where it stands, and the addresses that move it."""

    name: str
    title: str
    shown: bool
    earlier: str = ""
    later: str = ""


def choices(filters: Listed) -> Iterator[Choice]:
    """The shown columns in their order, then the others; one always leads."""
    shown = filters.columns[1:]
    for at, name in enumerate(shown):
        yield Choice(
            name,
            filters.known[name].title,
            shown=True,
            earlier=filters.address(cols=_swapped(shown, at - 1)) if at else "",
            later=filters.address(cols=_swapped(shown, at)) if at + 1 < len(shown) else "",
        )
    for name, column in filters.known.items():
        if name not in filters.columns:
            yield Choice(name, column.title, shown=False)


def _swapped(names: list[str], at: int) -> str:
    return ",".join([*names[:at], names[at + 1], names[at], *names[at + 2 :]])


@dataclass(frozen=True)
class Pager:
    """Which rows of how many, and where the others are."""

    first: int
    last: int
    count: int
    earlier: str
    later: str
    sizes: list[tuple[int, str]]


def pager(filters: Listed, page: int, count: int) -> Pager:
    size = filters.size
    last = min(page * size, count)
    return Pager(
        first=(page - 1) * size + 1 if count else 0,
        last=last,
        count=count,
        earlier=filters.address(page=str(page - 1)) if page > 1 else "",
        later=filters.address(page=str(page + 1)) if last < count else "",
        sizes=[
            (each, filters.address(per_page=str(each)) if each != size else "") for each in PER_PAGE
        ],
    )
