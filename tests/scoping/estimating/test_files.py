"""Lines out as a file and in again: nothing is lost, nothing is run, nothing happens unseen."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal
from itertools import chain

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from emdesk.exporting import download
from emdesk.people.models import Role
from scoping.estimating.beginning import begin
from scoping.estimating.bringing_in import bring_in
from scoping.estimating.cells import Known
from scoping.estimating.files import LINE, head, rows, table_of
from scoping.estimating.reckoning import reckon, roles_and_rates
from scoping.estimating.sheets import Sheet
from scoping.imports.report import FileRefused
from scoping.models import Estimate, EstimateLine
from scoping.models.estimate import MOST_LINES
from tests.factories import NOON, make_user
from tests.scoping.estimating.desk import add_line, type_into

pytestmark = pytest.mark.django_db
D = Decimal


def address(estimate, what="import"):
    return f"{estimate.get_absolute_url()}lines/{what}/"


def exported(client, estimate) -> list[dict[str, str]]:
    content = client.get(address(estimate, "csv")).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def written(table: list[dict[str, str]]) -> str:
    content = io.StringIO()
    writer = csv.DictWriter(content, list(dict.fromkeys(chain.from_iterable(table))))
    writer.writeheader()
    writer.writerows(table)
    return content.getvalue()


def bring(client, estimate, text, *, do="look", token=None):
    token = Estimate.objects.get(pk=estimate.pk).token if token is None else token
    return client.post(address(estimate), {"text": text, "do": do, "token": token})


def workbook(*table) -> bytes:
    book, content = Workbook(), io.BytesIO()
    for row in table:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def upload(client, estimate, content, name="lines.xlsx"):
    return client.post(address(estimate), {"upload": SimpleUploadedFile(name, content)})


def state(estimate):
    every = estimate.lines.order_by("position").values()
    return [{key: value for key, value in each.items() if key != "changed"} for each in every]


@pytest.fixture
def lines(estimate):
    return [
        add_line(estimate, title="Move", phase="Code", role="engineer", hours=D("12.5")),
        add_line(
            estimate,
            title="=1+1",
            phase="Code",
            role="engineer",
            hours=16,
            formula="16",
            risk="low",
        ),
        add_line(estimate, title="Course", phase="Learn", type="standard", unit_price=D("5000.50")),
        add_line(estimate, title="Lab", phase="Learn", delivered_by="other", cost=D("111.25")),
    ]


def test_what_came_out_changes_nothing_when_it_comes_in(client, estimate, lines):
    before = state(estimate)
    table = exported(client, estimate)
    assert [row["Activity"] for row in table] == ["Move", "'=1+1", "Course", "Lab"]
    book = client.get(address(estimate, "xlsx")).content
    assert load_workbook(io.BytesIO(book)).active["E2"].value == 12.5, "a number is a number"
    for answer in (bring(client, estimate, written(table)), upload(client, estimate, book)):
        assert "nothing would change" in answer.content.decode()
        assert "Apply" not in answer.content.decode()
    bring(client, estimate, written(table), do="apply")
    assert state(estimate) == before
    assert not estimate.steps.exists()


def test_a_file_is_looked_at_then_applied_as_one_step_that_undo_takes_back(client, estimate, lines):
    before = state(estimate)
    move, second, course, _ = exported(client, estimate)
    move |= {"Hours": "20", "Low": "10", "High": "40"}
    new = dict.fromkeys(move, "") | {"Activity": "Check", "Role": "Architect", "Hours": "8"}
    text = written([second, move, course, new | {"Phase": "Learn", "Type": "Custom education"}])

    page = bring(client, estimate, text).content.decode()
    for told in ("1 to add, 1 to change, 1 to remove", "12.5 → 20", "another order", "Lab"):
        assert told in page, told
    assert state(estimate) == before, "looking changes nothing"

    assert bring(client, estimate, text, do="apply").status_code == 302
    after = state(estimate)
    assert [each["title"] for each in after] == ["=1+1", "Move", "Course", "Check"]
    assert (after[1]["hours"], after[3]["type"]) == (D(20), "custom")
    assert estimate.steps.count() == 1
    type_into(client, estimate, do="undo")
    assert state(estimate) == before


def test_without_the_column_line_rows_are_put_at_the_end(client, estimate, lines):
    text = "Activity;Hours\nAfterwards;4\n\n"
    assert "1 to add, 0 to change, 0 to remove" in bring(client, estimate, text).content.decode()
    bring(client, estimate, text, do="apply")
    assert estimate.lines.count() == 5
    assert estimate.lines.get(title="Afterwards").hours == 4


def test_a_formula_is_taken_over_and_hours_beside_it_override_it(client, estimate):
    text = 'Activity,Hours,Formula\nA,,8 + 8\nB,20,8 + 8\nC,16,8 + 8\n"\'=1+1",3,\n'
    bring(client, estimate, text, do="apply")
    told = estimate.lines.values_list("title", "hours", "formula", "overridden")
    assert list(told) == [
        ("A", D(16), "8 + 8", False),
        ("B", D(20), "8 + 8", True),
        ("C", D(16), "8 + 8", False),
        ("=1+1", D(3), "", False),
    ]
    table = exported(client, estimate)
    table[1]["Formula"] = ""
    bring(client, estimate, written(table), do="apply")
    line = estimate.lines.get(title="B")
    assert (line.hours, line.formula, line.overridden) == (D(20), "", False)


FAULTS = [
    *(("Hours", "NaN"), ("Hours", "-1"), ("Hours", "eight"), ("Hours", "1e9"), ("Hours", "=A1*2")),
    *(("Hours", "1,5"), ("Rate", "free"), ("Unit price", "99999999999"), ("Qty", "Infinity")),
    *(("Role", "Astronaut"), ("Risk", "huge"), ("Opt.", "perhaps"), ("By", "ghosts")),
    *(("Type", "magic"), ("Formula", "9 ** 9"), ("Formula", "NOBODY + 1"), ("Line", "999999")),
    *(("Activity", "x" * 201), ("Deliverable", "x" * 2_001), ("Cost", "cheap"), ("High", "1")),
    *(("Activity", '=HYPERLINK("https://x.example")'), ("Key", "k" * 61)),
]


def test_faults_are_told_at_their_cell_and_nothing_is_changed(client, estimate, lines):
    before, table = state(estimate), exported(client, estimate)
    for column, text in FAULTS:
        row = table[0] | {column: text}
        wrong = written([row, *table[1:-1]])
        for do in ("look", "apply"):
            answer = bring(client, estimate, wrong, do=do)
            page = answer.content.decode()
            assert answer.status_code == 422, (column, text)
            assert page.count('class="fault"') == 1, (column, text)
            assert "Mend what is marked" in page
            assert "Apply" not in page
        assert state(estimate) == before
    twice = bring(client, estimate, written([table[0], table[0]]))
    assert "names it twice" in twice.content.decode()


def test_the_estimate_may_not_have_changed_since_the_file_was_looked_at(client, estimate, lines):
    table = exported(client, estimate)
    table[0]["Hours"] = "99"
    type_into(client, estimate, **{f"c.{lines[0].pk}.hours": "3"})
    answer = bring(client, estimate, written(table), do="apply", token=0)
    assert answer.status_code == 422
    assert "changed the estimate since" in answer.content.decode()
    assert estimate.lines.first().hours == 3


def zipped(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), part)
    return content.getvalue()


def with_macros() -> bytes:
    content = io.BytesIO(workbook(["Activity"], ["Work"]))
    with zipfile.ZipFile(content, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"\0")
    return content.getvalue()


def damaged() -> bytes:
    good = workbook(["Activity"], ["Work"])
    return good[: len(good) // 2]


def test_what_is_no_such_file_is_refused_with_a_sentence(client, estimate, lines):
    before = state(estimate)
    zeros = zipped(xl__workbook_xml=b"<a/>", xl__sheet_xml=b"\0" * (17 << 20))
    refused = {
        "holds macros": with_macros(),
        "unpacks to more than 16 MB": zeros,
        "no Excel workbook": zipped(other=b"x"),
        "workbook is damaged": damaged(),
        "old or protected": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        "The first row does not name the columns": workbook(["Account", "Amount"], ["A", 1]),
        "The first line does not name the columns": b"Account,Amount\nA,1\n",
        "no column “Margin”": b"Activity,Margin\nA,1\n",
        "holds no line below": workbook(["Activity"]),
        "5,000 rows": workbook(["Activity"], *[["Much"]] * 5_000),
        "The file is empty": b"",
        "NUL byte": b"Activity,Hours\nA\0,1\n",
        "not UTF-8": b"Activity,Hours\n\xff\xfe\xfa,1\n",
        "a PDF": b"%PDF-1.7",
        "web page": b"<!DOCTYPE html><html>",
        "is there twice": workbook(["Activity", "Hours", "Hours"], ["A", 1, 2]),
        "larger than 1 MB": b"x" * ((1 << 20) + 1),
        "more cells than": b"Activity,Hours\nA,1,2\n",
    }
    for sentence, content in refused.items():
        answer = upload(client, estimate, content)
        assert answer.status_code == 422, sentence
        assert sentence in answer.content.decode(), sentence
        assert state(estimate) == before
    assert len(zeros) < 100_000
    assert "Choose a file." in client.post(address(estimate), {}).content.decode()
    many = written([{"Activity": f"Line {n}", "Hours": "1"} for n in range(MOST_LINES - 3)])
    assert f"holds {MOST_LINES}" in bring(client, estimate, many).content.decode()


def test_cells_of_a_workbook_are_read_as_typed_and_its_formulas_are_not_run(client, estimate):
    table = [
        ["Activity", "Hours", "Opt.", "Rate"],
        ["A", 0.1 + 0.2, True, 330],
        ["B", "=1+1", None, None],
    ]
    page = upload(client, estimate, workbook(*table)).content.decode()
    assert "Hours: 0.3" in page
    assert "Opt.: yes" in page
    assert page.count('class="fault"') == 1
    assert "holds a formula of the spreadsheet" in page


def test_cost_is_a_column_for_those_alone_who_see_it(signed_in, client, issue, estimate, lines):
    team = make_user(Role.ACCOUNT_TEAM)
    issue.account_team.add(team)
    theirs = signed_in(team)
    content = theirs.get(address(estimate, "csv")).content.decode()
    assert "Cost" not in content
    assert "111.25" not in content
    assert "111.25" in client.get(address(estimate, "csv")).content.decode()
    assert theirs.get(address(estimate)).status_code == 403
    assert bring(theirs, estimate, "Activity,Hours\nA,1\n").status_code == 403
    with pytest.raises(FileRefused, match="no column “Cost”"):
        table_of(b"Activity,Cost\nA,1\n", costs=False)
    bring(client, estimate, written(_without_cost(exported(client, estimate))), do="apply")
    assert estimate.lines.get(title="Lab").cost == D("111.25"), "a column left out stays"


def _without_cost(table):
    return [{key: text for key, text in row.items() if key != "Cost"} for row in table]


def amounts(most: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(0, most, places=2)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=30).map(
    lambda text: " ".join(text.split())
)
LINES = st.fixed_dictionaries(
    {
        "title": WORDS,
        "phase": st.sampled_from(["", "Move", "=Plan", "'Care"]),
        "type": st.sampled_from(["", "migration", "standard"]),
        "hours": amounts(9_999),
        "formula": st.sampled_from(["", "8 + 8", "up(1.1)"]),
        "risk": st.sampled_from(["", "low", "high"]),
        "rate": st.none() | amounts(9_999),
        "quantity": amounts(999),
        "unit_price": st.none() | amounts(999_999),
        "cost": st.none() | amounts(9_999),
        "optional": st.booleans(),
        "deliverable": WORDS,
    }
)


@given(st.lists(LINES, min_size=1, max_size=6), st.sampled_from(["csv", "xlsx"]))
def test_any_estimate_is_worth_the_same_to_the_cent_after_a_round_trip(issue, em, found, kind):
    estimate = issue.estimates.first() or begin(issue, by=em, at=NOON)
    roles, rates = roles_and_rates(estimate, costs=True)
    known = Known(roles, dict)
    was = [EstimateLine(estimate=estimate, pk=n, **each) for n, each in enumerate(found, start=1)]
    for line in was:
        line.overridden = bool(line.formula)
    content = download(kind, "lines", head(costs=True), rows(was, known, costs=True)).content
    table = table_of(content, costs=True)
    same = bring_in(Sheet(estimate, list(was)), table, known, costs=True)
    assert same.empty, same.told

    bare = [{**row.cells, LINE: ""} for row in table.rows]
    anew = Sheet(estimate, [])
    fresh = table_of(written(bare).encode(), costs=True)
    plan = bring_in(anew, fresh, known, costs=True)
    assert not plan.faulty, plan.told
    before, after = (reckon(estimate, lines, rates, D("2.5")).priced for lines in (was, anew.lines))
    assert after.total == before.total
    assert after.optional == before.optional
    assert [each.price for each in after.sums] == [each.price for each in before.sums]


def test_reading_a_file_takes_as_many_statements_for_many_rows(client, estimate):
    counts = []
    for number in (1, 60):
        text = written([{"Activity": "A", "Hours": "1", "Role": "engineer"}] * number)
        with CaptureQueriesContext(connection) as queries:
            bring(client, estimate, text)
        counts.append(len(queries))
    assert counts[0] == counts[1]
