"""Files brought over by the page: recognised, mapped, checked, run; whatever is handed in."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from emdesk.ledger.models import Event
from emdesk.people.models import Role, User
from scoping.imports import uploads
from scoping.models import Account, ImportFile, ImportRun, Kind, Opportunity, ScopingIssue, Step
from scoping.states import State
from tests.factories import make_user
from tests.reports import report
from tests.scoping.imports.through_the_page import (
    Importer,
    issues_csv,
    read,
    reasons,
    row,
    unpacked,
    worked,
)

pytestmark = pytest.mark.django_db
MAVEN = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
DEALS = "Id,StageName,CloseDate,Name,Amount,Our_EM,Colour"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMDESK_FILES = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def lead() -> Importer:
    return Importer.signed_in(make_user(Role.EM_LEAD))


@pytest.fixture
def em() -> Importer:
    return Importer.signed_in(make_user(Role.EM))


def kinds(run: ImportRun) -> list[str]:
    return list(run.files.values_list("kind", flat=True))


def nothing_changed() -> bool:
    stored = (ScopingIssue, Opportunity, Account)
    return not any(each.objects.exists() for each in stored) and not Event.objects.exists()


def test_an_import_goes_by_four_steps(lead: Importer) -> None:
    run = lead.uploaded(("board.csv", issues_csv(row(1), row(2, labels="Segment::SMB"))))
    page = lead.page(run)
    assert "column SOW_WIP" in page
    assert "Kim Stone" in page
    lead.map(run)
    run = ImportRun.objects.get(pk=run.pk)
    assert "Waiting for a worker" in lead.page(run)

    run = worked(run)
    assert (run.step, run.counts["created"]) == (Step.CHECKED, 2)
    assert run.summary["people"] == ["Kim Stone"]
    assert not ScopingIssue.objects.exists()
    assert not User.objects.filter(name="Kim Stone").exists()
    run = lead.run(run)
    assert run.step == Step.DONE
    assert ScopingIssue.objects.count() == 2
    assert not User.objects.get(name="Kim Stone").is_active
    assert "2 new issues" in lead.page(run)
    assert "Acme - Migration" in lead.page(run, "issues/made/")


def test_what_the_check_says_is_what_the_run_does(lead: Importer, data: Path) -> None:
    run = lead.checked(read(data / "quirks" / "gitlab_bad_rows.csv"))
    before = run.counts, reasons(run)
    run = lead.run(run)
    assert (run.counts, reasons(run)) == before
    assert run.counts["rejected"]


def test_every_event_of_an_import_names_it(lead: Importer) -> None:
    run = lead.imported(("board.csv", issues_csv(row(1), row(2))))
    about = Event.objects.filter(subject_type="scoping.scopingissue")
    assert about.exists()
    assert {event.data["import_run"] for event in about} == {run.pk}


def test_kinds_are_recognised(lead: Importer, data: Path) -> None:
    derived, crm = data / "derived", data / "crm_maven"
    files = {
        derived / "gitlab_issues_export_13x_first300.csv": Kind.GITLAB_ISSUES,
        derived / "gitlab_issues_export_18_4.csv.gz": Kind.GITLAB_ISSUES,
        derived / "gitlab_api_issues_page1.json.gz": Kind.GITLAB_ISSUES,
        derived / "gitlab_api_resource_label_events.ndjson.gz": Kind.GITLAB_EVENTS,
        crm / "sales_pipeline.csv": Kind.MAVEN,
        crm / "accounts.csv": Kind.MAVEN_ACCOUNTS,
        crm / "products.csv": Kind.MAVEN_PRODUCTS,
        crm / "sales_teams.csv": Kind.MAVEN_TEAMS,
        data / "salesforce" / "dataloader_Opportunity.csv": Kind.SALESFORCE,
        data / "salesforce" / "rest_query_opportunity_page1.json.gz": Kind.SALESFORCE,
        data / "salesforce" / "dataloader_Account_subset.csv": Kind.SALESFORCE_ACCOUNTS,
        data / "samples" / "hubspot_deals_export.csv": Kind.UNKNOWN,
    }
    run = lead.uploaded(*map(read, files))
    assert kinds(run) == list(files.values())
    assert "emdesk does not know this file" in lead.page(run)


def test_a_wrong_guess_is_corrected(lead: Importer) -> None:
    run = lead.uploaded(("a.csv", issues_csv(row(1))), ("notes.csv", b"a,b\n1,2\n"))
    assert kinds(run) == [Kind.GITLAB_ISSUES, Kind.UNKNOWN]
    first = run.files.first()
    answer = lead.map(run, **{f"kind_{first.pk}": Kind.UNKNOWN})
    assert answer.status_code == 422
    assert "No file holds issues or opportunities" in answer.content.decode()


def test_companions_need_what_they_belong_to(lead: Importer) -> None:
    run = lead.uploaded(("board.csv", issues_csv(row(1))), ("p.csv", b"product,sales_price\nA,1\n"))
    answer = lead.map(run)
    assert answer.status_code == 422
    assert "Maven products are read beside Maven opportunities" in answer.content.decode()


def test_the_columns_of_the_em_are_mapped(lead: Importer) -> None:
    table = f"{DEALS}\n006000000000001AAA,1-Discovery,2026-05-01,Deal,5,Kim Stone,Green\n"
    run = lead.uploaded(("deals.csv", table.encode()))
    assert "Our_EM" in lead.page(run)
    names = dict.fromkeys(("field_rationale", "field_issue_link", "field_services_value"), "-")
    lead.map(run, field_em="Our_EM", field_confidence="Colour", **names)

    lead.run(worked(run))
    deal = Opportunity.objects.get()
    assert deal.engagement_manager is not None
    assert (deal.engagement_manager.name, deal.confidence) == ("Kim Stone", "green")


def test_issues_that_name_no_project_are_told_theirs(lead: Importer) -> None:
    content = issues_csv(row(7)).replace(
        b"https://gitlab.example.com/services/plan/-/issues/7", b""
    )
    run = lead.uploaded(("board.csv", content))
    assert "1 issue names no project" in " ".join(lead.page(run).split())
    lead.map(run, project="services/other")

    lead.run(worked(run))
    assert ScopingIssue.objects.get().imported.project == "services/other"


def test_an_engagement_manager_checks_and_a_lead_runs(em: Importer, lead: Importer) -> None:
    run = em.checked(("board.csv", issues_csv(row(1))))
    assert "an EM lead, a director, the deal desk or an administrator runs it" in em.page(run)
    assert em.client.post(f"/import/{run.pk}/start/").status_code == 403
    assert not ScopingIssue.objects.exists()
    assert lead.run(run).step == Step.DONE
    assert em.client.get(f"/import/{run.pk}/undo/").status_code == 403


def test_the_import_of_a_colleague_is_hidden(em: Importer) -> None:
    run = em.checked(("board.csv", issues_csv(row(1))))
    other = Importer.signed_in(make_user(Role.EM))
    assert other.client.get(f"/import/{run.pk}/").status_code == 404
    assert f"Import {run.pk}<" not in other.client.get("/import/").content.decode()


@pytest.mark.parametrize("role", [Role.ACCOUNT_TEAM, Role.PS_LEADERSHIP, Role.VIEWER])
def test_for_everybody_else_there_is_no_such_page(role: Role) -> None:
    stranger = Importer.signed_in(make_user(role))
    assert stranger.client.get("/import/").status_code == 404
    assert stranger.upload(("board.csv", issues_csv(row(1)))).status_code == 404
    assert not ImportRun.objects.exists()


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
@pytest.mark.parametrize("kind", [Kind.GITLAB_ISSUES, Kind.MAVEN, Kind.SALESFORCE])
def test_a_bad_file_gets_one_sentence_and_changes_nothing(
    name: str, kind: Kind, lead: Importer, data: Path, own_folder: Path
) -> None:
    answer = lead.upload(read(data / "quirks" / name))
    if answer.status_code == 422:
        assert name in answer.content.decode()
        assert not ImportRun.objects.exists()
        assert not list((own_folder / "imports").glob("*/*"))
    else:
        run = ImportRun.objects.get()
        lead.page(run)
        file = run.files.get()
        lead.map(run, **{f"kind_{file.pk}": kind})

        run = worked(run)
        assert run.refused
        [sentence] = reasons(run)
        assert sentence.endswith(".")
        assert sentence in lead.page(run).replace("&#x27;", "'").replace("&quot;", '"')
        assert (
            "button"
            not in lead.page(run).partition("Back to the mapping")[0].partition("checked-title")[2]
        )
    assert nothing_changed()
    report("imports", f"page: {name} as {kind}", refused=1, changed=0)


def test_every_odd_file_of_ours_gets_an_answer(lead: Importer, data: Path) -> None:
    files = sorted(path for path in (data / "quirks").iterdir() if path.suffix in (".csv", ".tsv"))
    answers = []
    for path in files:
        answer = lead.upload(read(path))
        answers.append(answer.status_code)
        if answer.status_code == 302:
            run = ImportRun.objects.latest("pk")
            answers.append(lead.client.get(f"/import/{run.pk}/").status_code)
            if lead.map(run).status_code == 302:
                lead.page(worked(run))
    assert set(answers) <= {200, 302, 422}
    assert nothing_changed()
    report("imports", "odd files through the page", files=len(files), errors=0, changed=0)


def test_a_file_past_the_ceiling_is_refused(
    lead: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 1_000)
    answer = lead.upload(("board.csv", issues_csv(*(row(n) for n in range(1, 50)))))
    assert answer.status_code == 422
    assert "is larger than 100 MB" in answer.content.decode()


def test_a_line_without_end_is_refused_at_the_door(lead: Importer) -> None:
    packed = gzip.compress(b"x" * (48 << 20))
    answer = lead.upload(("endless.csv.gz", packed))
    assert answer.status_code == 422
    assert "is longer than" in answer.content.decode()
    assert not ImportRun.objects.exists()


@pytest.mark.full
def test_a_packed_file_that_unpacks_without_end_is_refused(lead: Importer) -> None:
    lines = gzip.compress((b"x" * 1023 + b"\n") * (64 << 10))
    bomb = gzip.compress(f"{MAVEN}\n".encode()) + lines * 5
    run = lead.checked(("bomb.csv.gz", bomb))
    assert run.refused
    assert "holds more than 256 MB" in reasons(run)[0]
    assert nothing_changed()


def test_a_refused_file_keeps_the_others_out_too(lead: Importer) -> None:
    bad = f"{MAVEN},{'account'}\n".encode()
    run = lead.checked(("board.csv", issues_csv(row(1))), ("deals.csv", bad))
    assert run.refused
    answer = lead.client.post(f"/import/{run.pk}/start/", follow=True)
    assert "Check this import first" in answer.content.decode()
    assert nothing_changed()


def test_remarks_are_paged_and_come_as_a_file(lead: Importer) -> None:
    rows = [row(n).replace("2026-01-05 09:00:00", "=1+1") for n in range(1, 121)]
    run = lead.checked(("board.csv", issues_csv(row(500), *rows)))
    assert run.counts["rejected"] == 120
    page = lead.page(run)
    assert page.count("Left out</td>") == 50
    assert "Page 1 of 3" in page
    table = lead.client.get(f"/import/{run.pk}/problems/").content.decode("utf-8-sig")
    assert len(table.splitlines()) == 121


def test_the_records_left_out_come_as_they_stand(lead: Importer) -> None:
    broken = row(2, title='"Say ""hi"", all"').replace("2026-01-05 09:00:00", "yesterday")
    run = lead.checked(("board.csv", issues_csv(row(1), broken)))
    table = lead.client.get(f"/import/{run.pk}/left-out/1/").content.decode("utf-8-sig")
    head, only = table.splitlines()
    assert head.startswith('"Title","Description","IID"')
    assert '"Say ""hi"", all"' in only
    assert "yesterday" in only


def test_nothing_stored_in_a_file_becomes_markup(lead: Importer) -> None:
    evil = "<script>alert(1)</script>"
    content = issues_csv(row(1, title=evil, labels=evil, em=evil, handle="a.b")).replace(
        b"Confidential", f"Conf{evil}".encode()
    )
    run = lead.checked((f"{evil}.csv".replace("/", "_"), content))
    for part in ("", "?step=map"):
        assert "<script>alert" not in lead.page(run, part)


def test_files_are_private_and_go_after_their_time(lead: Importer, own_folder: Path) -> None:
    run = lead.uploaded(("board.csv", issues_csv(row(1))))
    path = run.files.get().path
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    ImportRun.objects.update(created_at="2020-01-01T00:00Z")

    assert uploads.remove_old(now()) == 1
    assert not path.exists()
    assert "files deleted" in lead.page(ImportRun.objects.get())
    assert lead.map(run).status_code == 302
    assert ImportRun.objects.get().deed == ""


def test_the_same_page_costs_the_same_for_more_imports(lead: Importer) -> None:

    costs = []
    for _ in range(2):
        lead.uploaded(("a.csv", issues_csv(row(1))))
        with CaptureQueriesContext(connection) as queries:
            lead.client.get("/import/")
        costs.append(len(queries))
        for _ in range(4):
            lead.uploaded(("a.csv", issues_csv(row(1))))
    assert costs[0] == costs[1]


def test_files_of_one_name_are_told_apart(lead: Importer) -> None:
    run = lead.uploaded(("a.csv", issues_csv(row(1))), ("a.csv", issues_csv(row(2))))
    assert list(run.files.values_list("name", flat=True)) == ["a.csv", "a (2).csv"]


def test_no_file_is_no_import(lead: Importer) -> None:
    answer = lead.client.post("/import/", {})
    assert answer.status_code == 422
    assert (
        "This field is required" in answer.content.decode() or "Choose" in answer.content.decode()
    )


def test_a_stranger_is_sent_to_the_door() -> None:
    assert Client().get("/import/").status_code == 302


def test_an_issue_moves_where_its_labels_say(lead: Importer) -> None:
    lead.imported(("board.csv", issues_csv(row(1))))
    assert ScopingIssue.objects.get().state == State.SOW_WIP


def test_first_three_hundred_come_in_by_the_page(lead: Importer, data: Path) -> None:
    name, content = unpacked(data / "derived" / "gitlab_issues_export_18_4.csv.gz", 100_000)
    run = lead.imported((name, content))
    assert ScopingIssue.objects.count() == run.counts["created"] == 1_964
    assert ImportFile.objects.get().name == name
