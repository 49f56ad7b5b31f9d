"""The shared files give the shared answers, to the deal and to the cent."""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count, Sum

from scoping.models import Imported, Opportunity, ScopingIssue
from tests.scoping.imports.conftest import Asked, adds_up, maven_arguments

pytestmark = pytest.mark.django_db
Reference = Callable[[str], Any]
ISSUE_AXES = {
    "quarter": "strict_per_quarter",
    "segment": "strict_per_segment",
    "em": "strict_per_assignee",
}
MAVEN_AXES = {
    "quarter": "per_fiscal_quarter",
    "office": "per_regional_office",
    "em": "per_manager",
    "owner": "per_agent",
    "product": "per_product",
    "sector": "per_sector",
    "office_and_quarter": "per_office_and_quarter",
}


def take_issues(data: Path, asked: Asked) -> dict[str, Any]:
    status, report = asked("import_issues", data / "derived" / "gitlab_issues_export_18_4.csv.gz")
    assert status == 0
    return report


def take_deals(data: Path, asked: Asked) -> dict[str, Any]:
    file = data / "crm_maven" / "sales_pipeline.csv"
    status, report = asked("import_opportunities", file, *maven_arguments(data))
    assert status == 0
    return report


def test_the_maven_pipeline_gives_its_right_answers_and_issues_find_their_deals(
    data: Path, asked: Asked, reference: Reference
) -> None:
    right = reference("maven")
    report = take_deals(data, asked)
    assert (report["read"], report["created"]) == (right["rows"], right["rows"])
    assert adds_up(report)
    assert all(problem["verdict"] == "warn" for problem in report["problems"])
    for axis, name in MAVEN_AXES.items():
        _, found = asked("win_rate", "--basis", "opportunities", "--by", axis)
        assert found["rows"] == right[name], axis
        assert found["total"] == right["total"]
    stages = Opportunity.objects.values_list("stage_name").annotate(Count("pk")).order_by()
    assert dict(stages) == right["stage_counts"]
    for stage, pipeline in right["open_pipeline"].items():
        of_stage = Opportunity.objects.filter(stage_name=stage)
        worth = of_stage.aggregate(worth=Sum("amount"))["worth"]
        assert (of_stage.count(), worth) == (pipeline["rows"], Decimal(pipeline["list_price_sum"]))
    take_issues(data, asked)
    everything_found_its_deal(data)


def test_the_issue_export_gives_its_right_answers_and_deals_find_their_issues(
    data: Path, asked: Asked, reference: Reference
) -> None:
    right = reference("gitlab")
    issues = take_issues(data, asked)
    assert (issues["read"], issues["created"]) == (right["rows"], right["rows"])
    assert (issues["warned"], issues["problems"]) == (0, [])
    for axis, name in ISSUE_AXES.items():
        _, found = asked("win_rate", "--by", axis)
        rows = [{key: row[key] for key in row if key != "won_value"} for row in found["rows"]]
        assert rows == right[name], axis
    live = ScopingIssue.objects.live().values_list("state").annotate(Count("pk")).order_by()
    columns = {
        name.casefold().replace(" ", "_"): n for name, n in right["open_board_columns"].items()
    }
    assert dict(live) == columns
    known = Imported.objects.select_related("issue__segment", "issue__engagement_manager")
    here = {imported.iid: imported.issue for imported in known}
    with (data / "reference" / "gitlab_per_issue.csv").open(newline="") as table:
        for row in csv.DictReader(table):
            issue = here.pop(int(row["iid"]))
            manager = issue.engagement_manager
            assert issue.outcome == row["outcome_strict"]
            assert issue.close_quarter == row["quarter"]
            assert (issue.segment.name if issue.segment else "") == row["segment"]
            assert (manager.email.partition("@")[0] if manager else "") == row["assignee"]
    assert not here
    take_deals(data, asked)
    everything_found_its_deal(data)
    for take in (take_deals, take_issues):
        again = take(data, asked)
        assert (again["created"], again["updated"]) == (0, 0)


def everything_found_its_deal(data: Path) -> None:
    with (data / "derived" / "crosswalk_iid_to_opportunity.csv").open(newline="") as table:
        right = {int(row["iid"]): row["opportunity_id"] for row in csv.DictReader(table)}
    found = Imported.objects.values_list("iid", "issue__opportunity__external_id")
    assert dict(found) == right
