"""The fiscal calendar once more, slowly: by walking month after month from a year's start."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def months_of(fiscal_year: int, first_month: int) -> list[tuple[int, int]]:
    """The twelve (year, month) of a fiscal year, which is named for the year it ends in."""
    year = fiscal_year
    while _last_month(year, first_month)[0] != fiscal_year:
        year -= 1
    found = []
    month = first_month
    for _ in range(12):
        found.append((year, month))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def label_of(day: date, first_month: int) -> str:
    for fiscal_year in (day.year, day.year + 1):
        months = months_of(fiscal_year, first_month)
        if (day.year, day.month) in months:
            return f"Q{months.index((day.year, day.month)) // 3 + 1}{fiscal_year % 100:02}"
    raise AssertionError(day)


def days_of(label: str, first_month: int) -> tuple[date, date]:
    """First and last day of a quarter."""
    number, fiscal_year = int(label[1]), 2000 + int(label[2:])
    months = months_of(fiscal_year, first_month)[3 * number - 3 : 3 * number]
    (year, month), (last_year, last_month) = months[0], months[2]
    return date(year, month, 1), date(last_year, last_month, monthrange(last_year, last_month)[1])


def _last_month(start_year: int, first_month: int) -> tuple[int, int]:
    year, month = start_year, first_month
    for _ in range(11):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return year, month
