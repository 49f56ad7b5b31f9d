"""Many cases at once: a table of starts and budgets, and when each is due by each kind of hour.

Each row's country gives its public holidays; work is Monday to Friday, 9 to 17 by its zone.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from zoneinfo import ZoneInfo

from emdesk.calendars.hours import Hours, Timetable, TooFar, Window, due
from emdesk.calendars.public_holidays import public_holidays, trouble
from emdesk.calendars.zones import known_zones

NEEDED = ("country", "time_zone", "start_utc", "hours")
ADDED = {
    Hours.ELAPSED: "due_elapsed_utc",
    Hours.WORKING_DAYS: "due_workday24_utc",
    Hours.OFFICE: "due_hours9to17_utc",
}
NINE_TO_FIVE = ((Window(9 * 60, 17 * 60),),) * 5 + ((), ())
PARTS = {"AU": "NSW", "GB": "ENG"}  # whose holidays stand for a country that has few of its own
FIRST_YEAR, LAST_YEAR = 1970, 2100
MOST_HOURS = 200_000
MICROSECONDS = 3_600_000_000  # of an hour
SHOWN = 40

Row = Mapping[str, str]


class Refused(ValueError):
    """The file cannot be answered; ``faults`` are lines for whoever made it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Case:
    country: str
    zone: ZoneInfo
    start: datetime
    budget: timedelta


def answered(lines: Iterable[str]) -> Iterator[list[str]]:
    """The table with its due times, header first. Raises :class:`Refused` before any row."""
    reader = csv.reader(lines, strict=True)
    header = _header(reader)
    faults: list[str] = []
    rows: list[list[str]] = []
    for line, cells in _numbered(reader):
        try:
            rows.append(_answer(header, cells))
        except ValueError as wrong:
            faults.append(f"Line {line}: {wrong}")
    if faults:
        raise Refused(faults)
    yield _with_answers(header)
    yield from rows


def _header(reader: Iterator[list[str]]) -> list[str]:
    try:
        header = [name.strip() for name in next(reader)]
    except (StopIteration, csv.Error):
        raise Refused(["Line 1: there is no header. The first line names the columns."]) from None
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise Refused([f"Line 1: the column {', '.join(missing)} is missing."])
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise Refused([f"Line 1: the column {', '.join(twice)} is there twice."])
    return header


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line it begins in."""
    while True:
        line = reader.line_num + 1  # type: ignore[attr-defined]
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise Refused([f"Line {line}: this is not CSV ({wrong})."]) from None
        if cells:
            yield line, cells


def _answer(header: list[str], cells: list[str]) -> list[str]:
    if len(cells) != len(header):
        raise ValueError(f"this row has {len(cells)} cells, the header {len(header)}.")
    row = dict(zip(header, cells, strict=True))
    case = _case(row)
    row |= {name: _stamp(_due(case, hours)) for hours, name in ADDED.items()}
    return [row[name] for name in _with_answers(header)]


def _with_answers(header: list[str]) -> list[str]:
    return [*header, *(name for name in ADDED.values() if name not in header)]


def _case(row: Row) -> Case:
    country = row["country"].strip().upper()
    if wrong := trouble(country, PARTS.get(country, "")):
        raise ValueError(wrong[:200])
    zone = row["time_zone"].strip()
    if zone not in known_zones():
        raise ValueError(f"“{zone[:SHOWN]}” is not a time zone. Use a name such as Europe/Berlin.")
    return Case(country, ZoneInfo(zone), _start(row["start_utc"]), _budget(row["hours"]))


def _start(text: str) -> datetime:
    """ISO 8601; without an offset it is UTC, as the column says."""
    try:
        found = datetime.fromisoformat(text.strip())
        found = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            f"“{text[:SHOWN]}” is not a moment. Write it like 2021-06-08T14:00:00Z."
        ) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"{found:%Y} is not between {FIRST_YEAR} and {LAST_YEAR}.")
    return found


def _budget(text: str) -> timedelta:
    try:
        hours = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"“{text[:SHOWN]}” is not a number of hours. Write 24 or 1.5.") from None
    if not hours.is_finite() or not 0 <= hours <= MOST_HOURS:
        raise ValueError(f"“{text[:SHOWN]}” hours: give between 0 and {MOST_HOURS:,}.")
    return timedelta(microseconds=int(hours * MICROSECONDS))


def _due(case: Case, hours: Hours) -> datetime:
    """Holidays are looked up as far as the due time lies, and a year on."""
    if hours == Hours.ELAPSED:
        return due(case.start, case.budget, hours, None)
    last = case.start.year + 2
    while True:
        found = due(case.start, case.budget, hours, _timetable(case, last))
        if found.year > LAST_YEAR:
            raise TooFar(f"This is due after {LAST_YEAR}, of which no holidays are known.")
        if found.year < last:
            return found
        last += 2 * (last - case.start.year)


def _timetable(case: Case, last: int) -> Timetable:
    return _known_timetable(case.country, case.zone, case.start.year - 1, last)


@cache
def _known_timetable(country: str, zone: ZoneInfo, first: int, last: int) -> Timetable:
    days: set[date] = set()
    for year in range(first, last + 1):
        days |= _days_off(country, year)
    return Timetable(zone, NINE_TO_FIVE, holidays=frozenset(days))


@cache
def _days_off(country: str, year: int) -> frozenset[date]:
    return frozenset(public_holidays(country, PARTS.get(country, ""), [year]))


def _stamp(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat() + "Z"
