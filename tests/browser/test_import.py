"""Bringing a board and its deals over, as a lead does it: upload, map, check, run, and take it back."""

from __future__ import annotations

import csv
import gzip
import json
from io import StringIO

import pytest
from playwright.sync_api import expect

from scoping.models import ImportRun, Opportunity, ScopingIssue, Stay, Step
from tests.browser.test_axe import EVERY_LOOK, LOOKS, faults
from tests.scoping.imports.conftest import SHARED
from tests.scoping.imports.through_the_page import Importer, issues_csv, row
from tests.scoping.imports.worker import empty_queue, worker

DATA = SHARED / "data"
SOME = 40
PATIENCE = 90_000


@pytest.fixture
def files(settings, tmp_path):
    settings.EMDESK_FILES = tmp_path / "files"
    empty_queue()
    return tmp_path / "files"


@pytest.fixture
def exports():
    """Some issues of the shared board with their history, and the deals beside them."""
    if not DATA.is_dir():
        pytest.skip("The shared files are not here; EMDESK_SHARED names their folder.")
    with gzip.open(DATA / "derived/gitlab_issues_export_18_4.csv.gz", "rt", newline="") as text:
        rows = list(csv.DictReader(text))[:SOME]
    board = StringIO()
    writer = csv.DictWriter(board, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    ids = {int(each["ID"]) for each in rows}
    with gzip.open(DATA / "derived/gitlab_api_resource_label_events.ndjson.gz", "rt") as text:
        events = [line for line in text if json.loads(line)["resource_id"] in ids]
    deals = (DATA / "crm_maven/sales_pipeline.csv").read_text().splitlines()[: SOME + 1]
    return {
        "board.csv": board.getvalue(),
        "events.ndjson": "".join(events),
        "pipeline.csv": "\n".join(deals),
    }


def chosen(exports):
    return [
        {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
        for name, text in exports.items()
    ]


def test_a_lead_brings_a_board_over_and_takes_it_back(visit, lena, files, exports, tmp_path):
    page = visit("/import/", lena)
    with worker(files, tmp_path / "worker.log"):
        page.locator("#id_upload").set_input_files(chosen(exports))
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_role("heading", name="what the files mean")).to_be_visible()
        expect(page.get_by_label("What events.ndjson is")).to_have_value("gitlab_events")

        page.get_by_role("button", name="Check").click()
        imports = page.get_by_role("button", name="Import ")
        expect(imports).to_be_visible(timeout=PATIENCE)
        assert not ScopingIssue.objects.exists()

        imports.click()
        expect(page.get_by_role("heading", name="Imported")).to_be_visible(timeout=PATIENCE)
        assert ScopingIssue.objects.count() == Opportunity.objects.count() == SOME
        assert Stay.objects.count() > SOME
        page.get_by_role("link", name=f"{SOME} new issues").click()
        expect(page.locator("tbody tr")).to_have_count(SOME)
        page.go_back()

        page.get_by_role("link", name="Undo import").click()
        page.get_by_role("button", name="Undo import").click()
        expect(page.get_by_role("heading", name="Undone")).to_be_visible(timeout=PATIENCE)
        assert not ScopingIssue.objects.exists()
        assert not Opportunity.objects.exists()


def test_without_script_the_same_forms_do_it(visit, lena, files):
    page = visit("/import/", lena, java_script_enabled=False)
    table = {"name": "a.csv", "mimeType": "text/csv", "buffer": issues_csv(row(1))}
    page.locator("#id_upload").set_input_files([table])
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Waiting for a worker.")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("link", name="Reload")).to_be_visible()
    assert ImportRun.objects.get().cancelled


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_on_any_step(visit, lena, files, look):
    lead = Importer.signed_in(lena)
    broken = row(2).replace("2026-01-05 09:00:00", "yesterday")
    mapped = lead.uploaded(("a.csv", issues_csv(row(1))), ("b.csv", b"a,b\n1,2\n"))
    checked = lead.checked(("a.csv", issues_csv(row(1), broken)))
    done = lead.imported(("a.csv", issues_csv(row(1), broken)))
    under_way = lead.uploaded(("a.csv", issues_csv(row(1))))
    lead.map(under_way)
    undone = lead.imported(("a.csv", issues_csv(row(5))))
    undone = lead.undo(undone)
    assert undone.step == Step.UNDONE
    page = visit("/import/", lena, **LOOKS[look])
    found = {"list": faults(page)}
    for run in (mapped, checked, done, under_way, undone):
        page.goto(f"/import/{run.pk}/")
        found[run.status] = faults(page)
    for part in ("undo/", "issues/made/"):
        page.goto(f"/import/{done.pk}/{part}")
        found[part] = faults(page)
    assert {name: each for name, each in found.items() if each} == {}


def test_nothing_runs_off_a_phone(visit, lena, files):
    lead = Importer.signed_in(lena)
    mapped = lead.uploaded(("a.csv", issues_csv(row(1))))
    done = lead.imported(("a.csv", issues_csv(row(1))))
    for path in ("/import/", f"/import/{mapped.pk}/", f"/import/{done.pk}/"):
        page = visit(path, lena, **LOOKS["phone"])
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
