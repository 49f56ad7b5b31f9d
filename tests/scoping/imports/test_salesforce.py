"""Salesforce's files in each of its spellings; the four EM fields; issues closed with their deal."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count, Sum

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, undo
from scoping.models import Account, Imported, Opportunity, ScopingIssue
from scoping.states import State
from tests.factories import make_issue, make_ready_issue, make_user
from tests.scoping.imports.conftest import Asked, adds_up, expected, verdicts

pytestmark = pytest.mark.django_db
ID = "006f4000002NAbGAAW"


def test_every_quirk_of_an_export_gets_its_verdict(data: Path, asked: Asked) -> None:
    file = data / "quirks" / "salesforce_bad_rows.csv"
    status, report = asked("import_opportunities", file, "--source", "salesforce")
    assert (status, report["read"], adds_up(report)) == (0, 37, True)
    assert verdicts(report, 37) == expected(data, file.name)
    again = asked("import_opportunities", file, "--source", "salesforce")[1]
    assert (again["created"], again["updated"]) == (0, 0)


def test_a_data_loader_export_gives_its_right_answers(
    data: Path, asked: Asked, reference: Callable[[str], Any]
) -> None:
    right = reference("salesforce_dataloader")
    folder = data / "salesforce"
    _, report = asked(
        "import_opportunities", folder / "dataloader_Opportunity.csv", "--source", "salesforce",
        "--accounts", folder / "dataloader_Account_subset.csv",
    )  # fmt: skip
    assert (report["read"], report["created"]) == (right["rows"], right["rows"])
    for axis, name in {"quarter": "per_fiscal_quarter", "type": "per_type"}.items():
        found = asked("win_rate", "--basis", "opportunities", "--by", axis)[1]
        assert found["rows"] == right[name]
        assert found["total"]["win_rate"] == right["total"]["win_rate"]
        assert found["total"]["won_value"] == right["total"]["won_amount"]
    stages = Opportunity.objects.values_list("stage_name").annotate(Count("pk")).order_by()
    assert dict(stages) == right["stage_counts"]
    pipeline = Opportunity.objects.filter(forecast_category="pipeline").aggregate(
        rows=Count("pk"), amount=Sum("amount"), expected_revenue=Sum("expected_revenue")
    )
    expects = right["open"]["per_forecast_category"]["Pipeline"]
    assert {name: float(value) for name, value in pipeline.items()} == expects
    assert Account.objects.filter(name="Goldman, Sachs & Co.").exists()


def test_the_rest_answer_tells_what_the_export_told(data: Path, asked: Asked) -> None:
    folder = data / "salesforce"
    arguments = ("--source", "salesforce")
    asked("import_opportunities", folder / "dataloader_Opportunity.csv", *arguments)
    reports = [
        asked(
            "import_opportunities", folder / f"rest_query_opportunity_page{n}.json.gz", *arguments
        )
        for n in (1, 2)
    ]
    assert [report["unchanged"] for _, report in reports] == [250, 178]
    whole_file = [
        problem["reason"] for problem in reports[0][1]["problems"] if not problem["record"]
    ]
    assert whole_file == ["The answer goes on in another page."]
    assert Account.objects.filter(name="Goldman, Sachs & Co.").exists()


def test_a_file_settles_which_comes_first_day_or_month(data: Path, asked: Asked) -> None:
    file = data / "salesforce" / "powerbi_Opportunity.csv"
    _, report = asked("import_opportunities", file, "--source", "salesforce")
    assert (report["read"], report["rejected"]) == (36, 0)
    assert set(Opportunity.objects.values_list("close_date", flat=True)) >= {date(2024, 2, 3)}


def test_the_fields_an_em_keeps_come_along_under_their_mapped_names(
    tmp_path: Path, asked: Asked
) -> None:
    manager = make_user(name="Erin Manager")
    file = rows(
        tmp_path,
        {
            "Our_EM": "Erin Manager",
            "EM_Confidence__c": "Amber",
            "EM_Confidence_Rationale__c": "Date",
        },
    )
    asked("import_opportunities", file, "--source", "salesforce", "--field", "em=Our_EM")
    deal = Opportunity.objects.get()
    assert (deal.engagement_manager, deal.confidence, deal.confidence_rationale) == (
        manager,
        "amber",
        "Date",
    )
    Opportunity.objects.update(confidence="green", confidence_rationale="We know better")
    file = rows(tmp_path, {"EM_Confidence__c": "Red", "LastModifiedDate": "2021-09-02T00:00:00Z"})
    asked("import_opportunities", file, "--source", "salesforce")
    deal.refresh_from_db()
    assert (deal.confidence, deal.confidence_rationale) == ("green", "We know better")


def test_values_pushes_and_the_day_of_the_word_come_along(tmp_path: Path, asked: Asked) -> None:
    told = {
        "Professional_Services_Value__c": "9000",
        "Proserve_Amount__c": "8500.50",
        "Edu_Services_Value__c": "1000",
        "Edu_Value_Override__c": "1500",
        "Investment_Services_Value__c": "200",
        "PushCount": "3",
        "EM_Confidence__c": "Green",
        "EM_Confidence_Rationale__c": "Signed",
    }
    asked("import_opportunities", rows(tmp_path, told), "--source", "salesforce")

    deal = Opportunity.objects.get()
    assert deal.quoted_value == Decimal("8500.50")
    assert (deal.services_value, deal.edu_value, deal.edu_override) == (9000, 1000, 1500)
    assert (deal.investment_value, deal.push_count) == (200, 3)
    assert deal.judged_at is not None


def test_a_later_close_date_from_the_crm_is_a_push_that_the_event_tells(
    tmp_path: Path, asked: Asked
) -> None:
    asked("import_opportunities", rows(tmp_path, {}), "--source", "salesforce")
    later = {"CloseDate": "2021-11-30", "LastModifiedDate": "2021-09-02T00:00:00Z"}
    asked("import_opportunities", rows(tmp_path, later), "--source", "salesforce")

    deal = Opportunity.objects.get()
    assert deal.push_count == 1
    told = Event.objects.about(deal).last()
    assert told is not None
    assert (told.data["was"]["push_count"], told.data["fields"]["push_count"]) == (0, 1)


def test_confidence_is_grey_where_nobody_says(tmp_path: Path, asked: Asked) -> None:
    asked("import_opportunities", rows(tmp_path, {}), "--source", "salesforce")
    assert Opportunity.objects.get().confidence == "grey"


@pytest.mark.parametrize(("stage", "outcome"), [("Closed Won", "won"), ("8-Closed Lost", "lost")])
def test_a_deal_that_closes_closes_its_issue_in_the_quarter_of_its_close_date(
    stage: str, outcome: str, tmp_path: Path, asked: Asked
) -> None:
    issue = make_ready_issue(State.SOW_WIP)
    imported(issue, deal_id=ID)
    asked("import_opportunities", rows(tmp_path, {}), "--source", "salesforce")
    issue = ScopingIssue.objects.get()
    assert (issue.state, str(issue.opportunity)) == (State.SOW_WIP, "PS engagement")
    later = {"StageName": stage, "LastModifiedDate": "2021-09-02T00:00:00Z"}
    asked("import_opportunities", rows(tmp_path, later), "--source", "salesforce")
    issue = ScopingIssue.objects.get()
    assert (issue.state, issue.outcome, issue.close_quarter) == ("closed", outcome, "Q322")
    last = Event.objects.about(issue).last()
    assert last is not None
    assert (last.verb, last.origin) == (
        f"scoping.{'win' if outcome == 'won' else 'lose'}",
        "system",
    )
    again = asked("import_opportunities", rows(tmp_path, later), "--source", "salesforce")[1]
    assert again["unchanged"] == 1


def test_a_lead_can_undo_what_closed_with_the_deal(tmp_path: Path, asked: Asked) -> None:
    issue = make_ready_issue(State.SOW_WIP)
    imported(issue, deal_id=ID)
    won = rows(tmp_path, {"StageName": "Closed Won"})
    asked("import_opportunities", won, "--source", "salesforce")
    at = Event.objects.about(issue).last().at  # type: ignore[union-attr]
    with pytest.raises(NotAllowed):
        undo(ScopingIssue.objects.get(), by=make_user(), at=at, within=timedelta(minutes=10))
    undo(
        ScopingIssue.objects.get(), by=make_user(Role.EM_LEAD), at=at, within=timedelta(minutes=10)
    )
    assert ScopingIssue.objects.get().state == State.SOW_WIP


def test_an_issue_that_cannot_be_closed_with_its_deal_is_named(
    tmp_path: Path, asked: Asked
) -> None:
    issue = make_issue()
    imported(issue, deal_id=ID)
    _, report = asked(
        "import_opportunities",
        rows(tmp_path, {"StageName": "Closed Won"}),
        "--source",
        "salesforce",
    )
    assert issue.reference in report["problems"][0]["reason"]
    assert ScopingIssue.objects.get().state == State.OPEN


def test_a_deal_finds_its_issue_by_the_link_it_holds(tmp_path: Path, asked: Asked) -> None:
    issue = make_ready_issue(State.SOW_WIP)
    imported(issue, project="services/ps-plan", iid=7)
    link = "https://tracker.example.com/services/ps-plan/-/issues/7"
    asked(
        "import_opportunities", rows(tmp_path, {"Scoping_Issue_Link__c": link}),
        "--source", "salesforce",
    )  # fmt: skip
    assert ScopingIssue.objects.get().opportunity == Opportunity.objects.get()


def test_a_deleted_deal_counts_nowhere_any_more(tmp_path: Path, asked: Asked) -> None:
    asked(
        "import_opportunities",
        rows(tmp_path, {"StageName": "Closed Won"}),
        "--source",
        "salesforce",
    )
    gone = {"StageName": "Closed Won", "IsDeleted": "1", "LastModifiedDate": "2021-09-02T00:00:00Z"}
    _, report = asked("import_opportunities", rows(tmp_path, gone), "--source", "salesforce")
    assert report["updated"] == 1
    assert asked("win_rate", "--basis", "opportunities")[1]["total"]["won"] == 0


def test_an_older_record_changes_nothing(tmp_path: Path, asked: Asked) -> None:
    asked("import_opportunities", rows(tmp_path, {"Amount": "100"}), "--source", "salesforce")
    old = {"Amount": "50", "LastModifiedDate": "2020-01-01T00:00:00Z"}
    _, report = asked("import_opportunities", rows(tmp_path, old), "--source", "salesforce")
    assert (report["unchanged"], report["warned"]) == (1, 1)
    assert Opportunity.objects.get().amount == Decimal(100)


@pytest.mark.parametrize("answer", [{"a": 1}, {"records": 1}, {"records": [{"Id": ID}]}, [1]])
def test_an_answer_to_another_query_is_refused(answer: Any, tmp_path: Path, asked: Asked) -> None:
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(answer))
    assert asked("import_opportunities", file, "--source", "salesforce")[0] == 2


def rows(folder: Path, fields: dict[str, str]) -> Path:
    row = {
        "Id": ID,
        "AccountId": "001f4000003NkdYAAS",
        "Name": "PS engagement",
        "StageName": "4-Proposal",
        "Amount": "25000",
        "CloseDate": "2021-09-30",
        "LastModifiedDate": "2021-08-01T09:00:00.000+0000",
    } | fields
    file = folder / "opportunities.csv"
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, row)
        writer.writeheader()
        writer.writerow(row)
    return file


def imported(issue: ScopingIssue, **fields: Any) -> Imported:
    fields = {
        "project": "services/ps-plan",
        "iid": 1,
        "fingerprint": "",
        "moves": issue.moves,
    } | fields
    return Imported.objects.create(issue=issue, **fields)
