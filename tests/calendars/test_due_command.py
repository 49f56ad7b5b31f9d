"""``manage.py due``: the shared cases to the letter, and a refusal for every hostile line."""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from emdesk.calendars.cases import ADDED
from emdesk.calendars.public_holidays import public_holidays
from emdesk.embedded import PROJECT

CALENDARS = Path(os.environ.get("EMDESK_SHARED") or PROJECT.parent / "shared") / "data/calendars"
HEADER = "country,time_zone,start_utc,hours"
ANSWERS = ["2021-10-04T07:15:00Z", "2021-10-06T07:15:00Z", "2021-10-14T07:15:00Z"]
GOOD = "DE,Europe/Berlin,2021-10-01T07:15:00Z,72"
shared = pytest.mark.skipif(not CALENDARS.exists(), reason="The shared files are not here.")


def due(text: str | bytes, folder: Path) -> str:
    file, out = folder / "cases.csv", io.StringIO()
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    call_command("due", str(file), stdout=out)
    return out.getvalue()


@shared
def test_the_shared_cases_come_back_as_they_are(tmp_path):
    right = (CALENDARS / "sla_cases.csv").read_text()
    asked = "\n".join(",".join(row[:5]) for row in csv.reader(right.splitlines()))

    assert due(asked, tmp_path) == right
    assert due(right, tmp_path) == right


@shared
def test_holidays_are_those_of_the_shared_file():
    with (CALENDARS / "public_holidays_2016_2027.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    right: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        right.setdefault((row["country"], row["subdivision"]), {})[row["date"]] = row["name"]

    for (country, part), days in right.items():
        found = public_holidays(country, part, range(2016, 2028))
        assert {day.isoformat(): name for day, name in found.items()} == days
    assert len(right) == 10


def test_further_columns_are_kept_where_they_are(tmp_path):
    answer = due(f'"a, note",{HEADER},after\n"x\ny",{GOOD},"=1+1"\n', tmp_path)

    assert list(csv.reader(io.StringIO(answer))) == [
        ["a, note", *HEADER.split(","), "after", *ADDED.values()],
        ["x\ny", *GOOD.split(","), "=1+1", *ANSWERS],
    ]


def test_other_spellings_are_understood(tmp_path):
    plain = due(f"{HEADER}\n{GOOD}\n", tmp_path).splitlines()[1].split(",")[4:]

    for row in (
        " de , Europe/Berlin , 2021-10-01T09:15:00+02:00 , 72.0 ",
        "DE,Europe/Berlin,2021-10-01 07:15,7.2e1",
    ):
        answer = due(f"\ufeff{HEADER}\r\n\r\n{row}\r\n", tmp_path)
        assert answer.splitlines()[1].split(",")[4:] == plain


def test_a_long_budget_meets_the_holidays_of_later_years(tmp_path):
    start, days = (
        datetime(2020, 12, 23, 9, tzinfo=UTC),
        public_holidays("GB", "ENG", range(2020, 2027)),
    )
    day, left = start.date(), 10_000 // 8
    while left:
        left -= day.weekday() < 5 and day not in days
        day += timedelta(days=1)

    answer = due(f"{HEADER}\nGB,UTC,{start.isoformat()},10000\n", tmp_path)

    assert answer.strip().endswith(f",{day - timedelta(days=1)}T17:00:00Z")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Line 1: there is no header"),
        ("country,time_zone,hours\nDE,UTC,1\n", "Line 1: the column start_utc is missing"),
        (f"{HEADER},hours\n{GOOD},1\n", "Line 1: the column hours is there twice"),
        (f"{HEADER}\nXX,UTC,2021-01-01T00:00:00Z,1\n", "Line 2: No holidays are known of XX"),
        (f"{HEADER}\n,UTC,2021-01-01T00:00:00Z,1\n", "Line 2: No holidays are known of nowhere"),
        (f"{HEADER}\nDE,Mars/Base,2021-01-01,1\n", "Line 2: “Mars/Base” is not a time zone"),
        (f"{HEADER}\nDE,../../etc/passwd,2021-01-01,1\n", "is not a time zone"),
        (f"{HEADER}\nDE,UTC,yesterday,1\n", "Line 2: “yesterday” is not a moment"),
        (f"{HEADER}\nDE,UTC,0001-01-01T00:00:00+14:00,1\n", "is not a moment"),
        (f"{HEADER}\nDE,UTC,9999-12-31,1\n", "Line 2: 9999 is not between 1970 and 2100"),
        (f"{HEADER}\nDE,UTC,2021-01-01,-1\n", "give between 0 and 200,000"),
        (f"{HEADER}\nDE,UTC,2021-01-01,nan\n", "give between 0 and"),
        (f"{HEADER}\nDE,UTC,2021-01-01,1e999999\n", "give between 0 and"),
        (f'{HEADER}\nDE,UTC,2021-01-01,"1,5"\n', "“1,5” is not a number of hours"),
        (f"{HEADER}\nDE,UTC,2021-01-01,200000\n", "Line 2: This is due after 2100"),
        (f"{HEADER}\nDE,UTC,2021-01-01\n", "Line 2: this row has 3 cells, the header 4"),
        (f"{HEADER}\nDE,UTC,2021-01-01,1,more\n", "Line 2: this row has 5 cells"),
        (f'{HEADER}\n{GOOD}\n"x\ny",UTC,2021-01-01,1\nDE,UTC,x,1', "Line 5: “x” is not a moment"),
        (f'{HEADER}\n"open', "Line 2: this is not CSV"),
        (f'{HEADER}\n"{"x" * 200_000}"\n', "Line 2: this "),
        (f"{HEADER}\nD\0E,UTC,2021-01-01,1\n", "Line 2: No holidays"),
        ("Ä".encode("latin-1"), "is not UTF-8"),
    ],
)
def test_a_hostile_file_is_refused_with_the_line(tmp_path, text, says):
    with pytest.raises(CommandError, match=r".") as refused:
        due(text, tmp_path)

    assert says in str(refused.value)
    assert refused.value.returncode == 2


def test_every_bad_line_is_named_and_no_row_is_answered(tmp_path, capsys):
    with pytest.raises(CommandError) as refused:
        due(f"{HEADER}\n{GOOD}\nDE,UTC,x,1\nDE,x,2021-01-01,1\n", tmp_path)

    assert [line[:7] for line in str(refused.value).splitlines()] == ["Line 3:", "Line 4:"]
    assert capsys.readouterr().out == ""


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("due", str(tmp_path / "none.csv"))

    assert refused.value.returncode == 2
    assert "cannot be read" in str(refused.value)
