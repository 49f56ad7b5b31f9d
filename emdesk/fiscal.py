"""The fiscal calendar. Quarters are values, so they compare, sort and hash.

A fiscal year is named for the calendar year it ends in. The month it starts in is data
(``emdesk.configuration.values.first_month``), so whoever asks for dates brings it along.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

YEARS = range(2000, 2100)


@dataclass(frozen=True, order=True)
class Quarter:
    """One of the four quarters of a fiscal year, whatever month that year starts in."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if self.year not in YEARS:
            raise ValueError(f"Fiscal years run from 2000 to 2099, not {self.year}.")
        if self.number not in range(1, 5):
            raise ValueError(f"A fiscal year has quarters 1 to 4, not {self.number}.")

    @classmethod
    def containing(cls, day: date, first_month: int) -> Self:
        start, months = divmod(day.year * 12 + day.month - _checked(first_month), 12)
        return cls(start + _years_ahead(first_month), months // 3 + 1)

    @classmethod
    def parse(cls, label: str) -> Self:
        """Read the board's ``Q322`` spelling: third quarter of FY22."""
        match = re.fullmatch(r"Q([1-4])([0-9]{2})", label)
        if match is None:
            raise ValueError(f"Write the quarter like Q322, the third of FY22, not {label!r}.")
        return cls(2000 + int(match[2]), int(match[1]))

    def __str__(self) -> str:
        return f"Q{self.number}{self.year % 100:02}"

    @property
    def written(self) -> str:
        return f"FY{self.year % 100:02}-Q{self.number}"

    def starts(self, first_month: int) -> date:
        years, month = divmod(_checked(first_month) - 1 + 3 * (self.number - 1), 12)
        return date(self.year - _years_ahead(first_month) + years, month + 1, 1)

    def ends(self, first_month: int) -> date:
        """The quarter's last day."""
        in_last_month = self.starts(first_month) + timedelta(days=70)
        in_next_month = in_last_month.replace(day=28) + timedelta(days=4)
        return in_next_month.replace(day=1) - timedelta(days=1)

    @property
    def next(self) -> Self:
        years, number = divmod(self.number, 4)
        return type(self)(self.year + years, number + 1)

    @property
    def previous(self) -> Self:
        years, number = divmod(self.number - 2, 4)
        return type(self)(self.year + years, number + 1)


def _checked(first_month: int) -> int:
    if first_month not in range(1, 13):
        raise ValueError(f"A fiscal year starts in month 1 to 12, not {first_month}.")
    return first_month


def _years_ahead(first_month: int) -> int:
    """How much later than it starts a fiscal year ends: the same year only from January."""
    return int(first_month > 1)
