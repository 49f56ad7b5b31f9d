"""Exported files: never a live formula, and nothing lost on the way."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from emdesk import exporting
from emdesk.exporting import TooMuch, download, original, safe, safe_name, unspelled
from tests.reports import report

SIGNS = tuple("=+-@＝＋－＠")
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠A1",
    " =1",
    "\ufeff=1",
    "\xa0=1",
    "\u200b=1",
    "−1",
    "﹦1",
    "'=1",
    "''=1",
    "' =1",
    "'",
    "''",
    "=",
    '=HYPERLINK("http://x.example","y")',
    "=cmd|' /C calc'!A0",
    '"=1',
    "a\r\nb",
    "a\x00b",
    "a\x0bb",
    "_x000D_",
    "_x005F_x000D_",
    "#N/A",
    "#REF!",
    "TRUE",
    "1e5",
    "2026-03-02",
    "😀",
    "a,b;c",
    "",
]
mark = st.sampled_from("=+-@\t\r\n＝＋－＠' \x0b_x0D#N/A1\"é😀")
texts = st.one_of(
    st.sampled_from(FORMULAS),
    st.text(mark, max_size=12),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)


def csv_cells(content):
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def xlsx_cells(content):
    """What the workbook holds, after making sure that no cell of it is a formula."""
    [sheet] = [
        archive.read("xl/worksheets/sheet1.xml")
        for archive in [zipfile.ZipFile(io.BytesIO(content))]
    ]
    assert b"<f" not in sheet
    rows = load_workbook(io.BytesIO(content), read_only=True).active.iter_rows(values_only=True)
    return [[unspelled(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]


def cells_of(kind, rows, head=("One",)):
    content = download(kind, "rows", head, rows).content
    return csv_cells(content) if kind == "csv" else xlsx_cells(content)


def live(cell):
    """Whether a spreadsheet could run it: a sign comes first, blanks apart, and it is no number."""
    seen = cell.lstrip(" \xa0\u200b\ufeff\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029\u3000")
    try:
        Decimal(cell)
    except ArithmeticError:
        return cell.startswith(("\t", "\r", "\n")) or seen.startswith(SIGNS)
    return False


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_is_live_and_every_text_comes_back(kind):
    tried, alive, lost = 0, 0, 0

    @given(st.lists(texts, min_size=1, max_size=20))
    def campaign(sent):
        nonlocal tried, alive, lost
        cells = [row[0] or "" for row in cells_of(kind, [[text] for text in sent])[1:]]
        tried += len(sent)
        alive += sum(map(live, cells))
        lost += sum(original(cell) != text for cell, text in zip(cells, sent, strict=True))

    campaign()
    report("exports", f"cells in {kind}", cells=tried, live=alive, round_trip_differences=lost)
    assert tried > 50
    assert (alive, lost) == (0, 0)


@given(texts, st.sampled_from(["", "'", "''"]))
def test_no_two_texts_become_the_same_cell(text, more):
    assert original(safe(text)) == text
    assert (safe(text) == safe(more + text)) == (not more)


@pytest.mark.parametrize("text", [each for each in FORMULAS if live(each)])
def test_what_could_run_gets_an_apostrophe(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Acme", "a=b", "O'Neill", "'quoted'", "3 - 4", "#N/A"])
def test_ordinary_text_is_left_alone(text):
    assert safe(text) == text


def test_numbers_stay_numbers_below_zero_too():
    numbers = [-5, Decimal("-1234.50"), 0, 2.5, Decimal("1E+3")]

    assert cells_of("csv", [[each] for each in numbers])[1:] == [
        ["-5"],
        ["-1234.50"],
        ["0"],
        ["2.5"],
        ["1000"],
    ]
    assert [row[0] for row in cells_of("xlsx", [[each] for each in numbers])[1:]] == numbers


def test_a_text_that_looks_like_a_negative_number_is_told_from_one():
    assert cells_of("csv", [["-5"], [-5]])[1:] == [["'-5"], ["-5"]]


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("-Infinity"), float("-inf")])
def test_what_is_no_number_is_left_out(number):
    assert cells_of("csv", [[number, "x"]], ("One", "Two"))[1] == ["", "x"]
    assert cells_of("xlsx", [[number, "x"]], ("One", "Two"))[1] == [None, "x"]


def test_days_and_moments_are_the_desks_and_a_workbook_knows_them():
    noon, day = datetime(2026, 3, 2, 12, 0, 0, 7, tzinfo=UTC), date(2026, 3, 2)

    assert cells_of("csv", [[noon, day, True, None]], "abcd")[1] == [
        "2026-03-02 12:00:00",
        "2026-03-02",
        "TRUE",
        "",
    ]
    found = cells_of("xlsx", [[noon, day, True, None, 1]], "abcde")[1]
    assert found[0] == datetime(2026, 3, 2, 12)  # noqa: DTZ001
    assert found[1].date() == day
    assert found[2:] == [True, None, 1]


def test_heads_are_guarded_as_rows_are():
    assert cells_of("csv", [], ["=1", "b"]) == [["'=1", "b"]]
    assert cells_of("xlsx", [], ["=1", "b"]) == [["'=1", "b"]]


def test_every_cell_is_quoted():
    content = download("csv", "rows", ["a", "b"], [["x", 1]]).content.decode("utf-8-sig")

    assert content == '"a","b"\r\n"x","1"\r\n'


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_takes_only_so_many_rows(monkeypatch, kind):
    monkeypatch.setitem(exporting.MOST_CELLS, kind, 10)

    assert len(cells_of(kind, [["x", "y"]] * 5, "ab")) == 6
    with pytest.raises(TooMuch, match="More than 5 rows"):
        download(kind, "rows", "ab", [["x", "y"]] * 6)


def test_a_file_takes_only_so_many_bytes(monkeypatch):
    monkeypatch.setattr(exporting, "MOST_BYTES", 2_000)

    with pytest.raises(TooMuch):
        download("csv", "rows", "a", [["x" * 500]] * 6)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("issues 2026-03-02", "issues-2026-03-02"),
        ("../../etc/passwd", "etc-passwd"),
        ('a"\r\nSet-Cookie: x', "a-Set-Cookie-x"),
        ("", "export"),
        ("x" * 300, "x" * 80),
    ],
)
def test_a_file_name_is_harmless(name, kept):
    assert safe_name(name) == kept
    said = download("csv", name, ["a"], [])["Content-Disposition"]
    assert said == f'attachment; filename="{kept}.csv"'
