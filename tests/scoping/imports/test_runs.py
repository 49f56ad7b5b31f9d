"""A worker does what was asked of an import: once, wholly or not at all, and everybody sees how far."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils.timezone import now

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from scoping.imports import runs
from scoping.imports.running import LOCK
from scoping.models import Deed, Imported, ImportRun, ScopingIssue, Step
from scoping.stays import differences
from scoping.tasks import carry_out_import
from tests.factories import make_user
from tests.reports import report
from tests.scoping.imports.through_the_page import Importer, issues_csv, read, row
from tests.scoping.imports.worker import empty_queue, kill, until, worker

pytestmark = pytest.mark.django_db(transaction=True)
ISSUES = 1_964
AT_ONCE = timedelta(0)


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMDESK_FILES = tmp_path / "files"
    empty_queue()
    return tmp_path / "files"


@pytest.fixture
def lead() -> Importer:
    return Importer.signed_in(make_user(Role.EM_LEAD))


def fresh(run: ImportRun) -> ImportRun:
    return ImportRun.objects.get(pk=run.pk)


def test_a_killed_worker_leaves_nothing_and_it_can_be_run_again(
    lead: Importer, own_folder: Path, tmp_path: Path, data: Path
) -> None:
    run = lead.uploaded(read(data / "derived" / "gitlab_issues_export_18_4.csv.gz"))
    log = tmp_path / "worker.log"
    with worker(own_folder, log):
        lead.map(run)
        until(lambda: fresh(run).step == Step.CHECKED, "checked")
        lead.client.post(f"/import/{run.pk}/start/")
    with worker(own_folder, log) as process:
        if not fresh(run).deed:
            pytest.skip("It was through before the first worker ended.")
        if fresh(run).begun_at is None:
            runs.look_after(now(), AT_ONCE)

            carry_out_import.delay(run.pk)
            until(lambda: 0 < fresh(run).read < ISSUES or not fresh(run).deed, "on its way")
        kill(process)
    if ScopingIssue.objects.exists():
        assert ScopingIssue.objects.count() == ISSUES
        assert fresh(run).step == Step.DONE
        return
    assert not Event.objects.filter(subject_type="scoping.scopingissue").exists()
    assert not Imported.objects.exists()
    assert fresh(run).deed == Deed.RUN
    until(lambda: not runs.look_after(now(), AT_ONCE) and not fresh(run).deed, "marked as left")
    assert fresh(run).step == Step.CHECKED
    assert "Nothing was changed" in lead.page(run)
    empty_queue()
    with worker(own_folder, log):
        lead.client.post(f"/import/{run.pk}/start/")
        until(lambda: fresh(run).step == Step.DONE, "run again")
    assert ScopingIssue.objects.count() == ISSUES
    assert differences() == 0
    report("imports", "worker killed while importing", half=0, issues_after=ISSUES)


def test_progress_is_seen_while_the_transaction_runs(
    lead: Importer, own_folder: Path, tmp_path: Path, data: Path
) -> None:
    run = lead.uploaded(read(data / "derived" / "gitlab_issues_export_18_4.csv.gz"))
    seen: set[int] = set()

    def ended() -> bool:
        here, now_there = ScopingIssue.objects.exists(), fresh(run)
        assert not (here and now_there.deed)
        if now_there.deed and now_there.read:
            seen.add(now_there.read)
        return not now_there.deed

    with worker(own_folder, tmp_path / "worker.log"):
        lead.map(run)
        until(lambda: fresh(run).step == Step.CHECKED, "checked")
        lead.client.post(f"/import/{run.pk}/start/")
        until(ended, "run")
    assert seen & {1_000, ISSUES}
    done = fresh(run)
    assert (done.read, done.total) == (ISSUES, ISSUES)
    report("imports", "1,964 issues by a worker", seconds=round(done.seconds or 0, 2))


def test_whoever_is_at_it_is_alone_with_it(lead: Importer) -> None:
    run = lead.checked(("board.csv", issues_csv(row(1))))
    runs.ask(run, Deed.RUN, by=lead.user, at=now())
    other: Any = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [runs.ONE_AT_A_TIME, run.pk])
        assert not runs.carry_out(run.pk, at=now())
        ImportRun.objects.update(begun_at=now())
        assert runs.look_after(now(), AT_ONCE) == []
        assert fresh(run).deed == Deed.RUN
    other.close()
    until(lambda: not runs.look_after(now(), AT_ONCE) and not fresh(run).deed, "marked as left")
    assert fresh(run).stopped == runs.KILLED
    assert not ScopingIssue.objects.exists()


def test_while_another_import_runs_this_one_waits(lead: Importer) -> None:
    run = lead.checked(("board.csv", issues_csv(row(1))))
    runs.ask(run, Deed.RUN, by=lead.user, at=now())
    other: Any = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        assert not runs.carry_out(run.pk, at=now())
        assert runs.look_after(now() + timedelta(seconds=1), AT_ONCE) == [run.pk]
    other.close()
    until(lambda: runs.carry_out(run.pk, at=now()), "run")
    assert fresh(run).step == Step.DONE


def test_asked_twice_it_is_done_once(lead: Importer) -> None:
    run = lead.checked(("board.csv", issues_csv(row(1))))
    assert runs.ask(run, Deed.RUN, by=lead.user, at=now())
    assert not runs.ask(run, Deed.RUN, by=lead.user, at=now())
    assert runs.carry_out(run.pk, at=now())
    events = Event.objects.count()
    assert not runs.carry_out(run.pk, at=now())
    assert Event.objects.count() == events


def test_a_cancelled_import_changes_nothing(lead: Importer) -> None:
    run = lead.checked(("board.csv", issues_csv(*(row(n) for n in range(1, 20)))))
    before = Event.objects.count()
    runs.ask(run, Deed.RUN, by=lead.user, at=now())
    lead.client.post(f"/import/{run.pk}/cancel/")
    assert "It will be cancelled" in lead.page(run) or fresh(run).cancelled
    assert runs.carry_out(run.pk, at=now())
    assert fresh(run).step == Step.CHECKED
    assert fresh(run).stopped == runs.CANCELLED
    assert not ScopingIssue.objects.exists()
    assert Event.objects.count() == before
    assert lead.run(run).step == Step.DONE


def test_a_fault_nobody_foresaw_leaves_a_run_that_can_be_asked_again(
    lead: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = lead.checked(("board.csv", issues_csv(row(1))))
    runs.ask(run, Deed.RUN, by=lead.user, at=now())
    run.files.get().path.unlink()

    carry_out_import.run(run.pk)
    assert not fresh(run).deed
    assert fresh(run).refused
    assert not ScopingIssue.objects.exists()


def test_a_file_refused_at_the_last_moment_keeps_the_others_out_too(lead: Importer) -> None:
    run = lead.checked(("a.csv", issues_csv(row(1))), ("b.csv", issues_csv(row(2))))
    run.files.get(number=2).path.write_bytes(b"\0")
    run = lead.run(run)
    assert run.refused
    assert run.step == Step.CHECKED
    assert "Nothing was changed" in run.stopped
    assert not ScopingIssue.objects.exists()
