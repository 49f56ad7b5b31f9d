"""Delivery hours as the page and its file show them: each number with the address of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from forecasting.hours import LATER, SUREST_FIRST, UNDATED, Amount, Hours, Part, Work
from scoping.categories import ANY_QUARTER
from scoping.estimating.effort import CONTINGENCY, OWN, Who
from scoping.models import Confidence
from scoping.models.estimate import DeliveredBy

EVERYBODY: Who = ("", "")
ALL = ""
BY = {OWN: "", **{each.value: each.label for each in DeliveredBy if each != OWN}, CONTINGENCY: ""}
"""Own staff first; what each other word says beside a role."""
Said = Mapping[str, str]


@dataclass(frozen=True)
class Shown:
    text: str
    url: str


@dataclass(frozen=True)
class Line:
    """A colour of a group, or without one what it weighs."""

    colour: str
    name: str
    cells: list[Shown]


@dataclass(frozen=True)
class Group:
    """One role: all its hours, what they weigh, and each colour by itself."""

    name: str
    beside: str
    cells: list[Shown]
    lines: list[Line]


@dataclass(frozen=True)
class Asked:
    """The rows behind one number: of a role, a month and a colour, or of all of these."""

    who: Who = EVERYBODY
    month: str = ALL
    colour: str = ALL

    @classmethod
    def by(cls, said: Said) -> Asked:
        text = {key: str(value).replace("\0", "") for key, value in said.items()}
        who = (text.get("by", ""), text.get("role", ""))
        return cls(who, text.get("month", ALL), text.get("colour", ALL))

    def holds(self, part: Part) -> bool:
        return (
            self.who in (EVERYBODY, part.who)
            and self.month in (ALL, part.month)
            and self.colour in (ALL, part.work.colour)
        )

    @property
    def said(self) -> dict[str, str]:
        by, role = self.who
        told = {"by": by, "role": role, "month": self.month, "colour": self.colour}
        return {key: value for key, value in told.items() if value}


@dataclass(frozen=True)
class Behind:
    """Issues with their hours and what these weigh, the most hours first; and all together."""

    rows: list[tuple[Work, str, str]]
    whole: Amount


class HoursPage:
    """``sums`` has every number that can be asked for; a group of the page is one role.

    ``opens``: whether its numbers lead to their rows, which name customers.
    """

    def __init__(self, hours: Hours, *, opens: bool = True) -> None:
        self.hours, self.opens = hours, opens
        self.columns = {**hours.columns, ALL: "All"}

    @cached_property
    def sums(self) -> dict[Asked, Amount]:
        """By everything a number can be asked by."""
        found: dict[Asked, Amount] = {}
        for part in self.hours.parts:
            for who in (EVERYBODY, part.who):
                for month in (ALL, part.month):
                    for colour in (ALL, part.work.colour):
                        key = Asked(who, month, colour)
                        found[key] = found.get(key, Amount()) + part.amount
        return found

    @property
    def groups(self) -> list[Group]:
        return [self._group(who) for who in (EVERYBODY, *self.roles)] if self.sums else []

    @property
    def roles(self) -> list[Who]:
        """Own staff as roles are put, then partners, then others; contingency last."""
        order = {name: place for place, name in enumerate(self.hours.efforts.order)}
        bys = list(BY)
        told = {key.who for key in self.sums} - {EVERYBODY}
        return sorted(
            told, key=lambda who: (bys.index(who[0]), order.get(who[1], len(order)), who[1])
        )

    def url(self, name: str = "hours", **more: str) -> str:
        said = urlencode(self.hours.form.said | more)
        return reverse(f"forecasting:{name}") + (f"?{said}" if said else "")

    def rows_url(self, asked: Asked) -> str:
        return self.url("hours_rows", **asked.said)

    def name(self, who: Who) -> str:
        return "Everybody" if who == EVERYBODY else who[1] or "No role"

    def title(self, asked: Asked) -> str:
        """Which rows these are, in words."""
        by = BY.get(asked.who[0], "")
        told = [f"Hours of {self.name(asked.who).lower()}{f', {by}' if by else ''}"]
        if asked.month:
            said = {LATER: "in later months", UNDATED: "without a month yet"}
            told.append(said.get(asked.month) or self.columns[asked.month])
        if asked.colour:
            told.append(Confidence(asked.colour).label)
        return ", ".join(told)

    @property
    def weights(self) -> str:
        return self.hours.outlook.spelled(ANY_QUARTER)

    @property
    def file(self) -> Iterator[list[Any]]:
        """A row of hours and one of what they weigh for each role and colour, numbers as they are."""
        for who in self.roles:
            for colour in SUREST_FIRST:
                amounts = [self.sums.get(Asked(who, each, colour)) for each in self.columns]
                if any(amounts):
                    name = [self.name(who), BY[who[0]] or "own staff", Confidence(colour).label]
                    if who[0] == CONTINGENCY:
                        name[1] = ""
                    known = [each or Amount() for each in amounts]
                    yield [*name, "Hours", *(each.hours for each in known)]
                    yield [*name, "Weighted", *(round(each.weighted, 2) for each in known)]

    def behind(self, asked: Asked) -> Behind:
        by_issue: dict[int, Amount] = {}
        for part in filter(asked.holds, self.hours.parts):
            pk = part.work.issue.pk
            by_issue[pk] = by_issue.get(pk, Amount()) + part.amount
        works = [each for each in self.hours.works if each.issue.pk in by_issue]
        works.sort(key=lambda each: (-by_issue[each.issue.pk].hours, each.issue.pk))
        told = [(each, by_issue[each.issue.pk]) for each in works]
        rows = [(work, spelled(each.hours), spelled(each.weighted)) for work, each in told]
        return Behind(rows, sum((each for _, each in told), Amount()))

    def _group(self, who: Who) -> Group:
        colours = [each for each in SUREST_FIRST if Asked(who, ALL, each) in self.sums]
        lines = [Line("", "Weighted", list(self._cells(who, ALL, weighted=True)))]
        lines += [
            Line(each, Confidence(each).label, list(self._cells(who, each))) for each in colours
        ]
        return Group(self.name(who), BY.get(who[0], ""), list(self._cells(who, ALL)), lines)

    def _cells(self, who: Who, colour: str, *, weighted: bool = False) -> Iterator[Shown]:
        for month in self.columns:
            asked = Asked(who, month, colour)
            found = self.sums.get(asked)
            if found is None:
                yield Shown("–", "")
            else:
                told = spelled(found.weighted, 1) if weighted else spelled(found.hours)
                yield Shown(told, self.rows_url(asked) if self.opens else "")


def spelled(hours: Decimal, places: int = 2) -> str:
    """Without zeros that say nothing."""
    text = f"{hours:,.{places}f}"
    return text.rstrip("0").rstrip(".")
