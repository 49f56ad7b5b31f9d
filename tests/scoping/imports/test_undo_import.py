"""A whole import taken back: what it made goes, what it changed is as it was, people's work stays."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.timezone import now

from emdesk.activity.commenting import comment
from emdesk.ledger.models import Event
from emdesk.people.models import Role, User
from emdesk.workflow import perform, values
from scoping.facts import amend
from scoping.models import Account, Imported, ImportRun, Opportunity, ScopingIssue, Stay, Step
from scoping.states import State
from scoping.stays import differences
from scoping.win_rate import win_rate
from scoping.win_rate_axes import Basis
from tests.factories import again, make_user
from tests.scoping.imports.through_the_page import Importer, events, issues_csv, read, row

pytestmark = pytest.mark.django_db
MAVEN = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
WORKING, FEEDBACK = "proposal::SOW_WIP", "proposal::Estimate_Feedback"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.EMDESK_FILES = tmp_path / "files"


@pytest.fixture
def lead() -> Importer:
    return Importer.signed_in(make_user(Role.EM_LEAD))


@pytest.fixture(autouse=True)
def whole_ledger(lead: Importer) -> Any:
    """After every undo the ledger is whole, and what is derived from it is what it says."""
    yield
    assert differences() == 0
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert "whole" in out.getvalue()
    call_command("rebuild", "--check", stdout=StringIO())


def pipeline(*rows: str) -> tuple[str, bytes]:
    return "pipeline.csv", "\n".join([MAVEN, *rows]).encode()


def picture() -> dict[str, Any]:
    """Everything of issues, deals and what their sources said, without what counts changes."""
    issues = {
        issue.pk: values(issue) | {"state": issue.state} for issue in ScopingIssue.objects.all()
    }
    deals = list(Opportunity.objects.order_by("pk").values())
    told = list(Imported.objects.order_by("pk").values())
    for each in told:
        del each["moves"]
    stays = [
        list(each)
        for each in Stay.objects.order_by("issue", "entered_at").values_list(
            "issue", "state", "entered_at", "left_at"
        )
    ]
    accounts = list(Account.objects.order_by("pk").values())
    return {"issues": issues, "deals": deals, "told": told, "stays": stays, "accounts": accounts}


def test_what_an_import_made_is_gone_and_its_events_stay(lead: Importer, client: Client) -> None:
    run = lead.imported(
        (
            "board.csv",
            issues_csv(
                row(1),
                row(
                    2,
                    labels="proposal::Closed_Won,close_qtr::Q127",
                    state="Closed",
                    closed="2026-03-01 09:00:00",
                ),
            ),
        ),
        pipeline("A1,Ann,GTK,Acme,Won,2026-01-01,2026-03-01,100"),
    )
    pk = ScopingIssue.objects.latest("pk").pk
    assert win_rate(Basis.ISSUES, "quarter").total.won == 1
    before = Event.objects.count()
    run = lead.undo(run)
    assert run.step == Step.UNDONE
    assert run.summary["kept"] == []
    for model in (ScopingIssue, Imported, Opportunity, Account, Stay):
        assert not model.objects.exists()
    assert win_rate(Basis.ISSUES, "quarter").total.won == 0
    assert win_rate(Basis.OPPORTUNITIES, "quarter").total.won == 0
    assert Event.objects.count() > before
    last = Event.objects.filter(subject_type="scoping.scopingissue", subject_id=pk).last()
    assert (last.verb, last.after, last.actor) == ("scoping.import_undone", "", lead.user)
    assert lead.client.get(f"/issues/{pk}/").status_code == 404
    assert "Undone" in lead.page(run)


def test_the_same_file_after_an_undo_makes_them_again(lead: Importer) -> None:
    file = ("board.csv", issues_csv(row(1), row(2)))
    lead.undo(lead.imported(file))
    run = lead.imported(file)
    assert (run.counts["created"], run.counts["unchanged"]) == (2, 0)
    assert ScopingIssue.objects.count() == 2


def test_what_an_import_changed_is_as_it_was(lead: Importer) -> None:
    lead.imported(("board.csv", issues_csv(row(1, labels=FEEDBACK), row(2))))
    before = picture()
    news = ("news.csv", issues_csv(row(1, "Acme - Other", WORKING, "2026-02-01"), row(2), row(3)))
    run = lead.imported(news)
    assert run.summary["issues"] == [1, 1]
    assert picture() != before
    run = lead.undo(run)
    assert picture() == before
    again_run = lead.imported(news)
    assert again_run.counts == run.counts | {"created": 1, "updated": 1, "unchanged": 1}
    changed = ScopingIssue.objects.get(imported__iid=1)
    assert (changed.title, changed.state) == ("Acme - Other", State.SOW_WIP)


def test_a_history_that_was_learned_is_forgotten_again(lead: Importer) -> None:
    content = issues_csv(row(1)).replace(b"Issue ID,", b"Issue ID,ID,").replace(b",,1,", b",,1,71,")
    lead.imported(("board.csv", content))
    before = picture()
    told = [
        {
            "id": n,
            "resource_type": "Issue",
            "resource_id": 71,
            "action": "add",
            "created_at": f"2026-01-0{5 + n}T10:00:00Z",
            "label": {"name": label},
        }
        for n, label in ((1, FEEDBACK), (2, WORKING))
    ]
    run = lead.imported(("events.ndjson", events(*told)))
    assert Stay.objects.count() == 3
    lead.undo(run)
    assert picture() == before


def test_a_deal_that_was_changed_is_as_it_was(lead: Importer) -> None:
    lead.imported(pipeline("A1,Ann,GTK,Acme,Engaging,2026-01-01,,"))
    before = picture()
    run = lead.imported(pipeline("A1,Ann,GTK,Acme,Won,2026-01-01,2026-03-01,100"))
    assert Opportunity.objects.get().won
    lead.undo(run)
    assert picture() == before


def test_an_issue_closed_by_its_deal_is_live_again(lead: Importer) -> None:
    link = "https://crm.example.com/lightning/r/Opportunity/DEALA1/view"
    board = issues_csv(row(1)).replace(b"Migration,,", f"Migration,{link},".encode())
    lead.imported(("board.csv", board))
    before = picture()
    run = lead.imported(pipeline("DEALA1,Ann,GTK,Acme,Won,2026-01-01,2026-03-01,100"))
    assert ScopingIssue.objects.get().state == State.CLOSED
    run = lead.undo(run)
    assert run.summary["kept"] == []
    assert picture() == before
    assert not Imported.objects.get().moved_here


@pytest.mark.parametrize("deed", ["move", "comment", "edit"])
def test_what_people_touched_since_stays_and_is_named(deed: str, lead: Importer) -> None:
    run = lead.imported(("board.csv", issues_csv(row(1), row(2))))
    touched = ScopingIssue.objects.get(imported__iid=1)
    if deed == "move":
        perform(touched.revise_scope, by=lead.user, at=now())
    elif deed == "comment":
        comment(touched, "We called them.", by=lead.user, at=now())
    else:
        amend(touched, by=lead.user, at=now(), next_step="Call")
    page = lead.page(run, "undo/")
    assert touched.reference in page
    run = lead.undo(run)
    assert ScopingIssue.objects.get() == touched
    [[what, url, reason]] = run.summary["kept"]
    assert (what, url) == (touched.reference, f"/issues/{touched.pk}/")
    assert reason.startswith(lead.user.name)
    assert Account.objects.get() == touched.account
    assert touched.reference in lead.page(run)


def test_a_changed_issue_somebody_moved_since_stays(lead: Importer) -> None:
    lead.imported(("board.csv", issues_csv(row(1, labels=FEEDBACK))))
    run = lead.imported(("news.csv", issues_csv(row(1, "New title", WORKING, "2026-02-01"))))
    issue = ScopingIssue.objects.get()
    perform(issue.revise_scope, by=lead.user, at=now())
    run = lead.undo(run)
    assert again(issue).title == "New title"
    assert again(issue).state == State.ESTIMATE_FEEDBACK
    assert len(run.summary["kept"]) == 1


def test_a_later_import_is_undone_first(lead: Importer) -> None:
    first = lead.imported(("board.csv", issues_csv(row(1))))
    second = lead.imported(("news.csv", issues_csv(row(1, "New", WORKING, "2026-02-01"))))
    assert f"Import {second.pk} changed it since" in lead.page(first, "undo/")
    lead.undo(second)
    run = lead.undo(first)
    assert run.summary["kept"] == []
    assert not ScopingIssue.objects.exists()


def test_a_deal_an_issue_belongs_to_stays(lead: Importer) -> None:
    run = lead.imported(pipeline("A1,Ann,GTK,Acme,Engaging,2026-01-01,,"))
    deal = Opportunity.objects.get()
    issue = ScopingIssue.objects.open_issue(
        by=lead.user, at=now(), account=deal.account, opportunity=deal, title="Ours"
    )
    run = lead.undo(run)
    assert Opportunity.objects.get() == deal
    assert f"{issue.reference} belongs to it." in run.summary["kept"][0]


def test_people_who_came_in_stay_switched_off(lead: Importer) -> None:
    lead.undo(lead.imported(("board.csv", issues_csv(row(1)))))
    assert not User.objects.get(name="Kim Stone").is_active


def test_an_import_is_undone_once(lead: Importer) -> None:
    run = lead.undo(lead.imported(("board.csv", issues_csv(row(1)))))
    answer = lead.client.post(f"/import/{run.pk}/undo/", follow=True)
    assert "There is nothing to undo" in answer.content.decode()


def test_what_was_never_run_is_not_undone(lead: Importer) -> None:
    run = lead.checked(("board.csv", issues_csv(row(1))))
    lead.client.post(f"/import/{run.pk}/undo/")
    assert ImportRun.objects.get().deed == ""


def test_a_whole_board_with_history_and_deals_is_taken_back(lead: Importer, data: Path) -> None:
    derived, crm = data / "derived", data / "crm_maven"
    run = lead.imported(
        read(derived / "gitlab_issues_export_13x_first300.csv"),
        read(crm / "accounts.csv"),
        (
            "sales_pipeline.csv",
            b"\n".join((crm / "sales_pipeline.csv").read_bytes().splitlines()[:301]),
        ),
    )
    assert ScopingIssue.objects.count() == 300
    assert Opportunity.objects.count() == 300
    run = lead.undo(run)
    assert run.summary["kept"] == []
    for model in (ScopingIssue, Opportunity, Imported, Stay, Account):
        assert not model.objects.exists()
