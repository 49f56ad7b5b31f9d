"""An import killed at any moment leaves its file wholly in or wholly out."""

from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path

import pytest
from django.db import connection

from emdesk.ledger.models import Event
from scoping.imports.running import LOCK
from scoping.models import Account, Imported, ScopingIssue, Stay
from scoping.stays import differences
from tests.reports import report
from tests.scoping.imports import child

pytestmark = pytest.mark.django_db(transaction=True)
ISSUES = 1_964
LONGEST = 120


@pytest.mark.parametrize("kills", [3, pytest.param(40, marks=pytest.mark.full)])
def test_an_import_killed_in_the_middle_leaves_no_half(kills: int, data: Path) -> None:
    file = data / "derived" / "gitlab_issues_export_18_4.csv.gz"
    chance = random.Random(7)  # noqa: S311 (the same moments every time)
    out = 0
    for _ in range(kills):
        process = child.start("import_issues", file)
        wait_for(process, writing=True)
        time.sleep(chance.uniform(0, 1.5))
        process.kill()
        process.communicate()
        wait_for(None, writing=False)
        assert ScopingIssue.objects.count() in (0, ISSUES)
        if ScopingIssue.objects.exists():
            break
        assert not Event.objects.exists()
        assert not Imported.objects.exists()
        assert not Account.objects.exists()
        out += 1
    ended = child.run("import_issues", file)
    assert ended.report["created"] + ended.report["unchanged"] == ISSUES
    assert Stay.objects.filter(left_at=None).count() == ISSUES
    assert differences() == 0
    report("imports", f"killed up to {kills} times", wholly_out=out, half=0)


def wait_for(process: subprocess.Popen[str] | None, *, writing: bool) -> None:
    """Until an import has its transaction open, or none has any more."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                [LOCK],
            )
            [(held,)] = cursor.fetchall()
        if bool(held) is writing or (process and process.poll() is not None):
            return
        time.sleep(0.02)
    raise AssertionError("The import never came so far.")
