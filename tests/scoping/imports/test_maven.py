"""A Maven pipeline comes in whole, is judged record by record, and twice changes nothing."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from emdesk.ledger.models import Event
from scoping.models import Account, Opportunity
from tests.scoping.imports.conftest import Asked, adds_up, expected, maven_arguments, verdicts

pytestmark = pytest.mark.django_db


def test_every_quirk_of_a_pipeline_gets_its_verdict(data: Path, asked: Asked) -> None:
    file = data / "quirks" / "maven_bad_rows.csv"
    status, report = asked("import_opportunities", file, *maven_arguments(data))
    assert status == 0
    assert adds_up(report)
    assert (report["read"], report["blank"]) == (52, 1)
    assert verdicts(report, 52) == expected(data, file.name)


def test_the_same_pipeline_twice_changes_nothing(data: Path, asked: Asked) -> None:
    file = data / "quirks" / "maven_bad_rows.csv"
    _, first = asked("import_opportunities", file, *maven_arguments(data))
    events, rows = Event.objects.count(), list(Opportunity.objects.order_by("pk").values())
    _, second = asked("import_opportunities", file, *maven_arguments(data))
    assert (second["created"], second["updated"]) == (0, 0)
    assert second["unchanged"] == first["created"] + first["unchanged"]
    assert Event.objects.count() == events
    assert list(Opportunity.objects.order_by("pk").values()) == rows


def test_names_that_differ_in_accents_capitals_and_spaces_are_one_account(
    data: Path, asked: Asked
) -> None:
    asked("import_opportunities", data / "quirks/maven_bad_rows.csv", *maven_arguments(data))
    assert Account.objects.filter(name__iexact="Cancity").count() == 1
    assert Account.objects.filter(name="Café Nord").get().opportunities.count() == 2


def test_a_dry_run_reports_the_same_and_writes_nothing(data: Path, asked: Asked) -> None:
    file = data / "quirks" / "maven_bad_rows.csv"
    _, dry = asked("import_opportunities", file, *maven_arguments(data), "--dry-run")
    assert not Opportunity.objects.exists()
    assert not Account.objects.exists()
    assert dry == asked("import_opportunities", file, *maven_arguments(data))[1]


def test_what_people_edited_here_stays(data: Path, asked: Asked, tmp_path: Path) -> None:
    head = (
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
    )
    file = tmp_path / "pipeline.csv"
    file.write_text(f"{head}\nA1,Moses Frase,MG Special,Cancity,Engaging,2017-03-01,,\n")
    asked("import_opportunities", file, "--source", "maven")
    Opportunity.objects.update(confidence="green", product="MG Advanced")
    file.write_text(f"{head}\nA1,Moses Frase,GTX Pro,Codehow,Won,2017-03-01,2017-05-01,70\n")
    _, report = asked("import_opportunities", file, "--source", "maven")
    deal = Opportunity.objects.get()
    assert report["updated"] == 1
    assert (deal.confidence, deal.product) == ("green", "MG Advanced")
    assert (str(deal.account), deal.stage, str(deal.amount)) == ("Codehow", "won", "70.00")


FILES = {
    "file_empty.csv": "refuse",
    "file_header_only.csv": "accept",
    "file_no_header.csv": "refuse",
    "file_wrong_header.csv": "refuse",
    "file_reordered_header.csv": "accept",
    "file_header_case_space.csv": "warn",
    "file_duplicate_header.csv": "refuse",
    "file_semicolon.csv": "warn",
    "file_tabs.tsv": "warn",
    "file_utf16.csv": "warn",
    "file_latin1.csv": "refuse",
    "file_lone_cr.csv": "warn",
    "file_nul_byte.csv": "refuse",
    "file_unclosed_quote.csv": "warn",
    "file_not_csv.csv": "refuse",
    "file_html.csv": "refuse",
}


@pytest.mark.parametrize("name", FILES)
def test_every_odd_file_gets_its_verdict(data: Path, asked: Asked, name: str) -> None:
    assert expected(data, name) == {0: FILES[name]}
    status, report = asked("import_opportunities", data / "quirks" / name, *maven_arguments(data))
    assert status == (2 if FILES[name] == "refuse" else 0)
    assert verdicts(report, 0).get(0, "accept") == FILES[name]
    assert adds_up(report)
    if FILES[name] == "refuse":
        assert len(report["problems"]) == 1
        assert not Opportunity.objects.exists()
    elif name != "file_header_only.csv":
        assert report["created"] == Opportunity.objects.count() > 0


def test_two_rows_before_an_unclosed_quote_are_kept(data: Path, asked: Asked) -> None:
    file = data / "quirks" / "file_unclosed_quote.csv"
    _, report = asked("import_opportunities", file, *maven_arguments(data))
    assert (report["read"], report["created"]) == (2, 2)
    assert "line 4" in report["problems"][0]["reason"]


def test_people_read_the_problems_with_their_lines_and_one_sentence_of_counts(data: Path) -> None:
    out = StringIO()
    file = data / "quirks" / "maven_bad_rows.csv"
    call_command("import_opportunities", file, *map(str, maven_arguments(data)), stdout=out)
    *problems, counts = out.getvalue().strip().splitlines()
    assert "maven_bad_rows.csv, line 9, reject: There is no opportunity id." in problems
    assert counts.startswith("52 records read: ")
