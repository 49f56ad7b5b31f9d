"""Issues from the tracker's CSV: judged record by record, in three headers, twice without effect."""

from __future__ import annotations

from pathlib import Path

import pytest

from emdesk.ledger.models import Event
from emdesk.workflow import perform
from scoping.models import Imported, ScopingIssue, Stay
from scoping.models.account import NOT_NAMED
from scoping.states import CloseReason, State
from scoping.stays import differences
from tests.factories import NOON
from tests.scoping.imports.conftest import Asked, adds_up, expected, verdicts
from tests.scoping.imports.through_the_page import issues_csv, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def quirks(data: Path) -> Path:
    return data / "quirks" / "gitlab_bad_rows.csv"


def issue(iid: int) -> ScopingIssue:
    return Imported.objects.get(iid=iid).issue


def test_every_quirk_of_an_export_gets_its_verdict(quirks: Path, data: Path, asked: Asked) -> None:
    status, report = asked("import_issues", quirks)
    assert status == 0
    assert adds_up(report)
    assert verdicts(report, 43) == expected(data, quirks.name)
    assert (report["read"], report["rejected"], report["updated"]) == (43, 3, 1)


def test_the_same_export_twice_changes_nothing(quirks: Path, asked: Asked) -> None:
    asked("import_issues", quirks)
    events = Event.objects.count()
    rows = list(ScopingIssue.objects.order_by("pk").values())
    _, again = asked("import_issues", quirks)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 40)
    assert Event.objects.count() == events
    assert list(ScopingIssue.objects.order_by("pk").values()) == rows


@pytest.mark.parametrize(
    ("iid", "state", "outcome", "quarter"),
    [
        (9002, "closed", "lost", "Q322"),
        (9003, "closed", "", ""),
        (9004, "sow_wip", "", ""),
        (9005, "on_hold", "", ""),
        (9007, "closed", "won", "Q322"),
        (9008, "closed", "won", "Q322"),
        (9009, "closed", "won", "Q322"),
        (9010, "closed", "won", "Q322"),
        (9011, "closed", "won", "Q122"),
        (9012, "closed", "won", "Q322"),
        (9013, "closed", "won", "Q322"),
        (9014, "closed", "won", "Q322"),
        (9016, "ready_for_approval", "", ""),
        (9017, "open", "", ""),
        (9020, "open", "", ""),
        (9021, "closed", "", ""),
        (9022, "closed", "", ""),
        (9023, "closed", "won", "Q322"),
        (9024, "approved", "", ""),
        (9041, "approved", "", ""),
        (9043, "closed", "won", "Q422"),
    ],
)
def test_labels_say_where_an_issue_stands(
    quirks: Path, asked: Asked, iid: int, state: str, outcome: str, quarter: str
) -> None:
    asked("import_issues", quirks)
    found = issue(iid)
    assert (found.state, found.outcome, found.close_quarter) == (state, outcome, quarter)


def test_contradicting_labels_are_flagged_kept_and_counted_nowhere(
    quirks: Path, asked: Asked
) -> None:
    asked("import_issues", quirks)
    flagged = {imported.iid for imported in Imported.objects.all() if imported.undecided}
    assert flagged == {9003, 9004, 9005, 9022}
    torn = Imported.objects.get(iid=9003)
    assert set(torn.labels) >= {"proposal::Closed_Lost", "proposal::Closed_Won"}
    assert torn.issue.close_reason == CloseReason.IMPORTED
    _, found = asked("win_rate")
    assert found["total"]["lost"] == 1
    assert found["total"]["won"] == 10


def test_two_segments_are_none_and_both_labels_stay(quirks: Path, asked: Asked) -> None:
    asked("import_issues", quirks)
    found = issue(9006)
    assert found.segment is None
    assert {"Segment::Ent_EMEA", "Segment::MM_EMEA"} <= set(found.free_labels)
    assert str(issue(9018).segment) == "Ent_EAST"


def test_the_newest_of_several_rows_counts(quirks: Path, asked: Asked) -> None:
    asked("import_issues", quirks)
    assert Imported.objects.filter(iid=9001).count() == 1
    assert (issue(9001).title, issue(9001).state) == ("Cancity scoping 9038", State.APPROVED)


def test_the_exporters_apostrophe_is_taken_off_again(quirks: Path, asked: Asked) -> None:
    asked("import_issues", quirks)
    assert issue(9028).description.startswith("- first point")
    assert issue(9029).title.startswith("=cmd|")


def test_nothing_of_a_long_text_is_lost(quirks: Path, asked: Asked) -> None:
    asked("import_issues", quirks)
    assert len(Imported.objects.get(iid=9034).description) == 1_050_000
    assert len(Imported.objects.get(iid=9033).title) > 255
    assert len(issue(9033).title) == 200


def test_the_first_of_two_assignees_leads_and_strangers_cannot_sign_in(
    quirks: Path, asked: Asked
) -> None:
    asked("import_issues", quirks)
    manager = issue(9025).engagement_manager
    assert manager is not None
    assert (manager.name, manager.is_active, manager.has_usable_password()) == (
        "Erin Manager",
        False,
        False,
    )
    assert issue(9026).engagement_manager is None
    assert Imported.objects.get(iid=9025).assignees[1] == "Olu Other (olu.other)"


def test_the_ledger_tells_how_each_issue_came_to_stand_where_it_stands(
    quirks: Path, asked: Asked
) -> None:
    asked("import_issues", quirks)
    for found in ScopingIssue.objects.all():
        *_, last = Event.objects.about(found).moves()
        assert (last.after, last.at) == (found.state, found.entered_state_at)
        assert Stay.objects.get(issue=found, left_at=None).state == found.state
    assert differences() == 0


def test_what_people_edited_and_moved_here_stays(quirks: Path, asked: Asked) -> None:
    asked("import_issues", quirks)
    moved, edited = issue(9027), issue(9015)
    perform(moved.dismiss, by=None, at=NOON, reason=CloseReason.DUPLICATE)
    ScopingIssue.objects.filter(pk=edited.pk).update(title="Our own words")
    changed = quirks.read_text().replace("2021-09-01 10:00:00", "2021-10-01 10:00:00")
    changed = changed.replace("Cancity scoping 90", "Renamed scoping 90")
    report = import_text(changed, asked)
    assert report["updated"] > 30
    assert issue(9027).state == State.CLOSED
    assert issue(9015).title == "Our own words"
    assert issue(9016).title == "Renamed scoping 9016"
    assert differences() == 0


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def import_text(text: str, asked: Asked) -> dict[str, int]:
    file = Path("issues.csv")
    file.write_text(text)
    return asked("import_issues", file)[1]


def test_the_older_headers_tell_the_same_issues(data: Path, asked: Asked) -> None:
    folder = data / "derived"
    asked("import_issues", folder / "gitlab_issues_export_18_4.csv.gz")
    _, older = asked("import_issues", folder / "gitlab_issues_export_13x_first300.csv")
    assert (older["read"], older["unchanged"]) == (300, 300)
    _, oldest = asked("import_issues", data / "gitlab" / "gitlabhq_csv_gitlab_export_2020.csv")
    assert (oldest["read"], oldest["created"]) == (4, 4)
    assert Imported.objects.get(iid=35).project == "jashkenas/underscore"


@pytest.mark.parametrize(
    ("title", "customer", "account"),
    [
        ("TBD - Health check", "Initech", "Initech"),
        ("Initech - Health check", "*(not recorded)*", "Initech"),
        ("TBD - Health check", "*(not recorded)*", NOT_NAMED),
        ("n/a - Health check", "", NOT_NAMED),
        ("Nano Ltd - Health check", "to-do", "Nano Ltd"),
    ],
)
def test_a_word_that_says_there_is_no_customer_makes_none(
    tmp_path: Path, asked: Asked, title: str, customer: str, account: str
) -> None:
    export = tmp_path / "export.csv"
    told = issues_csv(row(1, title)).decode()
    export.write_text(told.replace(f"{title},,", f'{title},"| Customer | {customer} |",'))

    asked("import_issues", export)

    assert issue(1).account.name == account
