"""An import costs the same for each issue, however many there are."""

from __future__ import annotations

import csv
import gzip
import time
from itertools import cycle, islice
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoping.models import ScopingIssue
from tests.reports import report
from tests.scoping.imports.conftest import Asked

pytestmark = pytest.mark.django_db
PLACE = "https://gitlab.example.com/example-services/ps-plan/-/issues"
PER_BATCH = 60


@pytest.mark.parametrize("issues", [2_000, pytest.param(10_000, marks=pytest.mark.full)])
def test_a_thousand_issues_take_a_fixed_number_of_statements(
    issues: int, data: Path, tmp_path: Path, asked: Asked
) -> None:
    file = many(data, issues, tmp_path)
    started, used = time.perf_counter(), time.process_time()
    with CaptureQueriesContext(connection) as statements:
        _, answer = asked("import_issues", file)
    took = time.perf_counter() - started
    assert answer["created"] == ScopingIssue.objects.count() == issues
    people = 6 * 12  # who is named for the first time is written one by one
    assert len(statements) < PER_BATCH * issues / 1_000 + people + 100
    report(
        "imports",
        f"{issues:,} issues with ledger",
        per_second=round(issues / took),
        own_cpu_seconds=round(time.process_time() - used, 2),
        statements=len(statements),
    )


def many(data: Path, issues: int, folder: Path) -> Path:
    """The shared export over and over, each time under new numbers."""
    with gzip.open(data / "derived" / "gitlab_issues_export_18_4.csv.gz", "rt", newline="") as text:
        rows = list(csv.DictReader(text))
    file = folder / "issues.csv"
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        for iid, row in enumerate(islice(cycle(rows), issues), 1):
            writer.writerow(row | {"ID": str(iid + 10**7), "IID": iid, "URL": f"{PLACE}/{iid}"})
    return file
