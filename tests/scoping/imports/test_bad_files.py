"""Whatever lies at the path: one clear sentence, little memory, nothing changed."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import pytest

from emdesk.ledger.models import Event
from scoping.imports import reading
from scoping.models import Opportunity
from tests.reports import report as publish
from tests.scoping.imports import child
from tests.scoping.imports.conftest import Asked, maven_arguments

pytestmark = pytest.mark.django_db
MAVEN = ("--source", "maven")
HEADER = (
    b"opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
)
MOST_MEMORY = 300
CAMPAIGN = pytest.mark.full
COMMANDS = [("import_opportunities", "--source", "maven"), ("import_opportunities", "--source", "salesforce"), ("import_issues",)]  # fmt: skip


@pytest.fixture(params=COMMANDS, ids=lambda words: words[-1])
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    words: tuple[str, ...] = request.param
    return words


def refusal(status: int, report: dict[str, Any]) -> str:
    """The one sentence of a refusal that changed nothing."""
    assert status == 2
    [problem] = report["problems"]
    assert problem["verdict"] == "refuse"
    assert not Event.objects.exists()
    sentence: str = problem["reason"]
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    "name",
    [
        "file_empty.csv",
        "file_no_header.csv",
        "file_wrong_header.csv",
        "file_duplicate_header.csv",
        "file_latin1.csv",
        "file_nul_byte.csv",
        "file_not_csv.csv",
        "file_html.csv",
    ],
)
def test_every_command_refuses_what_is_none_of_its_files(
    name: str, command: tuple[str, ...], data: Path, asked: Asked
) -> None:
    first, *others = command
    refusal(*asked(first, data / "quirks" / name, *others))


def test_another_programs_table_is_refused(data: Path, asked: Asked) -> None:
    table = data / "samples" / "hubspot_deals_export.csv"
    assert "does not name the columns" in refusal(*asked("import_issues", table))
    assert refusal(*asked("import_opportunities", table, *MAVEN))
    sentence = refusal(*asked("import_opportunities", data / "gitlab/gitlab4j_issue.json", *MAVEN))
    assert "columns" in sentence


@pytest.mark.parametrize("name", ["gitlab4j_issue.json", "gitlab4j_project-board.json"])
def test_a_document_that_is_no_page_of_issues_is_refused(
    name: str, data: Path, asked: Asked
) -> None:
    refusal(*asked("import_issues", data / "gitlab" / name))


def test_a_folder_is_no_file(tmp_path: Path, command: tuple[str, ...], asked: Asked) -> None:
    assert "folder" in refusal(*asked(command[0], tmp_path, *command[1:]))


def test_a_file_that_is_not_there(tmp_path: Path, command: tuple[str, ...], asked: Asked) -> None:
    assert "no such file" in refusal(*asked(command[0], tmp_path / "gone.csv", *command[1:]))


def test_a_file_nobody_may_read(
    tmp_path: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: Any) -> None:
        raise PermissionError

    file = tmp_path / "pipeline.csv"
    file.write_bytes(HEADER)
    monkeypatch.setattr(Path, "open", forbidden)
    assert "may not be read" in refusal(*asked("import_opportunities", file, *MAVEN))


def test_a_pipe_is_no_file(tmp_path: Path, asked: Asked) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a file" in refusal(*asked("import_issues", tmp_path / "pipe"))


def test_a_damaged_packed_file_is_refused(tmp_path: Path, asked: Asked) -> None:
    file = tmp_path / "pipeline.csv.gz"
    file.write_bytes(gzip.compress(HEADER * 1000)[:-20])
    assert "damaged" in refusal(*asked("import_opportunities", file, *MAVEN))
    file.write_bytes(b"\x1f\x8bnothing packed")
    assert "damaged" in refusal(*asked("import_opportunities", file, *MAVEN))


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(b'A1,"' + b"x" * (5 << 20) + b'",p,a,Won,,2017-04-30,7\n', marks=CAMPAIGN),
        pytest.param(b"A1," + b"," * 100_000 + b"\n", marks=CAMPAIGN),
        b'"' + b"line\n" * (4 << 20),
    ],
    ids=["a field of 5 MB", "100,000 columns", "a quote over 20 MB"],
)
def test_a_record_without_end_takes_little_memory(
    record: bytes, tmp_path: Path, data: Path
) -> None:
    file = tmp_path / "pipeline.csv"
    file.write_bytes(HEADER + record)
    ended = child.run("import_opportunities", file, *MAVEN)
    assert ended.status in (0, 2), ended.errors
    assert ended.mebibytes < MOST_MEMORY
    assert not Opportunity.objects.exists()


@pytest.mark.parametrize("mebibytes", [48, pytest.param(1024, marks=CAMPAIGN)])
@pytest.mark.parametrize(
    "command", ["import_issues", pytest.param("import_opportunities", marks=CAMPAIGN)]
)
def test_a_file_of_one_endless_line_is_refused_in_little_memory(
    command: str, mebibytes: int, tmp_path: Path
) -> None:
    file = tmp_path / "endless.csv"
    with file.open("wb") as out:
        for _ in range(mebibytes):
            out.write(b"x" * (1 << 20))
    words = MAVEN if command == "import_opportunities" else ()
    ended = child.run(command, file, *words)
    file.unlink()
    assert "longer than" in refusal(ended.status, ended.report)
    assert ended.mebibytes < MOST_MEMORY
    publish("imports", f"one line of {mebibytes} MiB, {command}", peak_mib=round(ended.mebibytes))


@pytest.mark.parametrize("mebibytes", [320, pytest.param(50 << 10, marks=CAMPAIGN)])
def test_a_packed_file_that_never_ends_is_refused_in_little_memory(
    mebibytes: int, tmp_path: Path
) -> None:
    file = tmp_path / "bomb.csv.gz"
    lines = gzip.compress((b"x" * 1023 + b"\n") * (64 << 10))
    with file.open("wb") as out:
        out.write(gzip.compress(HEADER))
        for _ in range(mebibytes // 64):
            out.write(lines)
    ended = child.run("import_opportunities", file, *MAVEN)
    assert "holds more than" in refusal(ended.status, ended.report)
    assert ended.mebibytes < MOST_MEMORY
    publish("imports", f"packed {mebibytes} MiB", peak_mib=round(ended.mebibytes))


def test_a_document_that_never_ends_is_refused_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "page.json"
    with file.open("w") as out:
        out.write("[\n")
        for _ in range(40):
            out.write('"' + "x" * (1 << 20) + '",\n')
    ended = child.run("import_issues", file)
    assert "smaller pages" in refusal(ended.status, ended.report)
    assert ended.mebibytes < MOST_MEMORY


def test_too_many_lines_and_records_are_refused(
    tmp_path: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_LINES", 100)
    file = tmp_path / "pipeline.csv"
    file.write_bytes(HEADER + b"\n" * 200)
    assert "lines" in refusal(*asked("import_opportunities", file, *MAVEN))


def test_a_companion_that_is_none_refuses_the_file(data: Path, asked: Asked) -> None:
    file = data / "crm_maven" / "sales_pipeline.csv"
    wrong = data / "quirks" / "file_html.csv"
    refusal(*asked("import_opportunities", file, *MAVEN, "--accounts", wrong))


@pytest.mark.full
def test_58_824_deals_come_in_with_memory_flat(data: Path) -> None:
    file = data / "scale" / "sales_pipeline_x12.csv.gz"
    ended = child.run("import_opportunities", file, *maven_arguments(data), "--dry-run")
    assert (ended.status, ended.report["created"]) == (0, 58_824)
    assert ended.mebibytes < MOST_MEMORY
    publish("imports", "58,824 deals", peak_mib=round(ended.mebibytes))
