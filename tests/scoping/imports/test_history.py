"""Label events become the history of an issue: stays, ages and columns as they were."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Avg, DurationField, ExpressionWrapper, F

from emdesk.ledger.chain import faults
from emdesk.ledger.models import Event
from emdesk.workflow import perform
from scoping.models import Imported, ScopingIssue, Stay
from scoping.states import CloseReason, State
from scoping.stays import differences
from tests.factories import NOON
from tests.scoping.imports.conftest import Asked, adds_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(data: Path) -> list[Path]:
    folder = data / "derived"
    return [
        folder / "gitlab_api_resource_label_events.ndjson.gz",
        folder / "gitlab_issues_export_18_4.csv.gz",
    ]


@pytest.mark.full
def test_the_label_history_gives_its_right_answers_once(
    files: list[Path], asked: Asked, reference: Callable[[str], Any]
) -> None:
    right = reference("gitlab_label_events")
    status, report = asked("import_issues", *files)
    assert status == 0
    assert adds_up(report)
    assert (report["read"], report["created"]) == (right["events"] + 1964, right["events"] + 1964)
    assert report["problems"] == []
    taken = ExpressionWrapper(F("left_at") - F("entered_at"), DurationField())
    finished = Stay.objects.exclude(left_at=None).exclude(state=State.OPEN)
    means = finished.values_list("state").annotate(mean=Avg(taken)).order_by()
    found = {state: round(mean.total_seconds() / 3600, 4) for state, mean in means}
    assert found == {
        column(label): hours
        for label, hours in right["mean_hours_in_stage_for_finished_stays"].items()
    }
    adds = Counter(column(label) for label in right["adds"] for _ in range(right["adds"][label]))
    entered = Counter(Stay.objects.exclude(state=State.OPEN).values_list("state", flat=True))
    assert entered == adds
    assert differences() == 0
    assert not list(faults())
    on_their_board = {"closed": 1478, "open": 114}
    standing = Counter(ScopingIssue.objects.values_list("state", flat=True))
    assert on_their_board.items() <= standing.items()
    written = Event.objects.count(), Stay.objects.count()
    _, again = asked("import_issues", *files)
    assert (again["created"], again["updated"]) == (0, 0)
    assert again["unchanged"] == right["events"] + 1964
    assert (Event.objects.count(), Stay.objects.count()) == written


def column(label: str) -> str:
    word = label.partition("::")[2].lower().replace(" ", "_")
    return "closed" if word.startswith("closed_") else word


def test_an_issue_is_as_old_in_its_column_as_on_the_board_it_came_from(
    tmp_path: Path, asked: Asked
) -> None:
    asked("import_issues", page(tmp_path, issue(labels=["proposal::SOW_WIP"])))
    asked(
        "import_issues",
        events(
            tmp_path,
            (1, "2021-03-01T10:00:00.500Z", "add", "proposal::Strawman_WIP"),
            (2, "2021-03-05T10:00:00.000Z", "remove", "proposal::Strawman_WIP"),
            (3, "2021-03-05T10:00:00.000Z", "add", "proposal::SOW_WIP"),
        ),
    )
    found = ScopingIssue.objects.get()
    assert (found.state, found.entered_state_at) == (
        "sow_wip",
        datetime(2021, 3, 5, 10, tzinfo=UTC),
    )
    assert list(found.stays.order_by("entered_at").values_list("state", flat=True)) == [
        "open",
        "strawman_wip",
        "sow_wip",
    ]
    assert differences() == 0


def test_later_events_go_on_where_the_history_ended(tmp_path: Path, asked: Asked) -> None:
    first = (1, "2021-03-01T10:00:00Z", "add", "proposal::Strawman_WIP")
    asked("import_issues", page(tmp_path, issue(labels=["proposal::Strawman_WIP"])))
    asked("import_issues", events(tmp_path, first))
    told = Event.objects.count()
    later = issue(labels=["proposal::On_hold"], updated_at="2021-04-01T10:00:00Z")
    asked("import_issues", page(tmp_path, later))
    found = ScopingIssue.objects.get()
    assert (found.state, found.held_from) == ("on_hold", "strawman_wip")
    assert Event.objects.about(found).last().data.get("anew") is None  # type: ignore[union-attr]
    assert Event.objects.count() <= told + 2
    assert differences() == 0


def test_the_last_label_added_settles_the_column_of_a_conflict(
    tmp_path: Path, asked: Asked
) -> None:
    torn = issue(labels=["proposal::SOW_WIP", "proposal::Approved"])
    asked("import_issues", page(tmp_path, torn))
    assert ScopingIssue.objects.get().state == State.SOW_WIP
    asked(
        "import_issues",
        events(
            tmp_path,
            (1, "2021-03-01T10:00:00Z", "add", "proposal::SOW_WIP"),
            (2, "2021-03-02T10:00:00Z", "add", "proposal::Approved"),
        ),
    )
    assert ScopingIssue.objects.get().state == State.APPROVED
    assert Imported.objects.get().undecided


def test_the_history_of_an_issue_moved_here_stays(tmp_path: Path, asked: Asked) -> None:
    asked("import_issues", page(tmp_path, issue()))
    perform(ScopingIssue.objects.get().dismiss, by=None, at=NOON, reason=CloseReason.DUPLICATE)
    late = events(tmp_path, (1, "2021-03-01T10:00:00Z", "add", "proposal::SOW_WIP"))
    _, report = asked("import_issues", late)
    assert "moved here" in report["problems"][0]["reason"]
    assert ScopingIssue.objects.get().state == State.CLOSED


def test_events_of_deleted_labels_and_of_strangers_are_named(tmp_path: Path, asked: Asked) -> None:
    asked("import_issues", page(tmp_path, issue()))
    file = events(tmp_path, (1, "2021-03-01T10:00:00Z", "add", ""))
    told = json.loads(file.read_text())
    file.write_text("\n".join(json.dumps(each) for each in (told, told | {"resource_id": 99})))
    _, report = asked("import_issues", file)
    assert [problem["verdict"] for problem in report["problems"]] == ["warn", "reject"]
    assert adds_up(report)


def test_the_rest_pages_tell_what_the_csv_told(data: Path, files: list[Path], asked: Asked) -> None:
    pages = [data / "derived" / f"gitlab_api_issues_page{number}.json.gz" for number in (1, 2, 3)]
    _, first = asked("import_issues", *pages)
    assert (first["read"], first["created"], first["problems"]) == (300, 300, [])
    _, second = asked("import_issues", files[1])
    assert (second["unchanged"], second["created"]) == (300, 1664)


def test_a_project_export_brings_issues_and_history_together(tmp_path: Path, asked: Asked) -> None:
    (tmp_path / "project_members.ndjson").write_text(
        json.dumps({"user": {"id": 7, "username": "erin.manager", "name": "Erin Manager"}})
    )
    line = issue(labels=None, author_id=7, state="closed", closed_at="2021-05-02T10:00:00.000Z") | {
        "issue_assignees": [{"user_id": 7}],
        "label_links": [{"label": {"title": "proposal::Closed_Won"}}],
        "resource_label_events": [
            event(1, "2021-03-01T10:00:00Z", "add", "proposal::SOW_WIP"),
            event(2, "2021-05-02T10:00:00Z", "remove", "proposal::SOW_WIP"),
            event(3, "2021-05-02T10:00:00Z", "add", "proposal::Closed_Won"),
        ],
        "resource_state_events": [
            {"id": 4, "created_at": "2021-05-02T10:00:00Z", "state": "closed"}
        ],
    }
    file = tmp_path / "issues.ndjson"
    file.write_text(json.dumps(line) + "\n" + "{broken\n")
    status, report = asked("import_issues", file, "--project", "services/ps-plan")
    assert (status, report["created"], report["rejected"]) == (0, 1, 1)
    found = ScopingIssue.objects.get()
    assert (found.outcome, found.close_quarter, found.closed_from) == ("won", "Q222", "sow_wip")
    assert str(found.engagement_manager) == "Erin Manager"
    assert Imported.objects.get().project == "services/ps-plan"
    again = asked("import_issues", file, "--project", "services/ps-plan")[1]
    assert (again["unchanged"], again["rejected"]) == (1, 1)


@pytest.mark.parametrize(
    "text",
    [
        '[{"iid": 1, "iid": 2}]',
        "[" * 100_000,
        '{"records": []}',
        '[{"iid": NaN}]',
        '[{"iid": ' + "9" * 5000 + "}]",
        '["issue"]',
    ],
)
def test_a_document_that_is_none_is_refused(text: str, tmp_path: Path, asked: Asked) -> None:
    file = tmp_path / "page.json"
    file.write_text(text)
    status, report = asked("import_issues", file)
    assert (status, [problem["verdict"] for problem in report["problems"]]) == (2, ["refuse"])


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "a\0b"},
        {"title": "\ud800"},
        {"iid": True},
        {"iid": "7"},
        {"iid": -1},
        {"labels": [7]},
        {"assignees": "me"},
        {"description": {"a": 1}},
        {"created_at": None},
        {"labels": ["x" * 300]},
    ],
)
def test_an_issue_of_the_wrong_shape_is_rejected_alone(
    fields: dict[str, Any], tmp_path: Path, asked: Asked
) -> None:
    file = tmp_path / "page.json"
    file.write_text(json.dumps([issue() | fields, issue(iid=2)]))
    status, report = asked("import_issues", file)
    assert (status, report["rejected"], report["created"]) == (0, 1, 1)


def issue(**fields: Any) -> dict[str, Any]:
    return {
        "id": 70,
        "iid": 1,
        "title": "Acme - Migration",
        "description": None,
        "state": "opened",
        "created_at": "2021-02-01T10:00:00.000Z",
        "updated_at": "2021-03-09T10:00:00.000Z",
        "closed_at": None,
        "labels": [],
        "assignees": [],
        "author": {"username": "ann.author", "name": "Ann Author"},
        "confidential": False,
        "web_url": "https://tracker.example.com/services/ps-plan/-/issues/1",
    } | fields


def page(folder: Path, *issues: dict[str, Any]) -> Path:
    file = folder / "page.json"
    file.write_text(json.dumps(issues, indent=1))
    return file


def event(number: int, at: str, action: str, label: str) -> dict[str, Any]:
    return {
        "id": number,
        "created_at": at,
        "resource_type": "Issue",
        "resource_id": 70,
        "label": {"id": 5, "name": label} if label else None,
        "action": action,
    }


def events(folder: Path, *told: tuple[int, str, str, str]) -> Path:
    file = folder / "events.ndjson"
    file.write_text("\n".join(json.dumps(event(*each)) for each in told))
    return file
