"""Sweeps a desk of many clocks, in a process of its own: ``python -m bench.sweeping COUNT``.

Prints, as JSON, the median milliseconds of a pass with nothing due inside the task, and how many
clocks a second were announced (state, event and dispatch row, committed) of those that came due.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 (models need the setup)
from django.db.transaction import atomic  # noqa: E402

from emdesk.copying import copy, maker, numbers  # noqa: E402
from emdesk.ledger.recording import append, event_of  # noqa: E402
from emdesk.sla.models import Clock  # noqa: E402
from emdesk.sla.sweeping import BATCH, sweep  # noqa: E402
from emdesk.sla.tasks import sweep_clocks  # noqa: E402
from scoping.models import Account, ScopingIssue  # noqa: E402
from scoping.states import State  # noqa: E402

AT_ONCE = 1_000
FIRED = 3_000
IDLE = 21
DAY = timedelta(days=1)
make_issue = maker(ScopingIssue)


def raise_issues(count: int, at: datetime) -> None:
    """Issues as people raise them, each with its clock for first contact."""
    account = Account.objects.create(name="Clockwork")
    for _ in range(count // AT_ONCE):
        with atomic():
            issues = [
                make_issue(
                    id=pk,
                    title="Tick",
                    account_id=account.pk,
                    created_at=at,
                    entered_state_at=at,
                    state=State.OPEN,
                )
                for pk in numbers(ScopingIssue, AT_ONCE)
            ]
            copy(ScopingIssue, issues)
            append(
                [
                    event_of(each, "scoping.opened", by=None, at=at, after=State.OPEN)
                    for each in issues
                ]
            )


def measured(count: int) -> dict[str, Any]:
    at = datetime.now(UTC)
    raise_issues(count - FIRED, at)
    raise_issues(FIRED, at - DAY / 4)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    idle = []
    for _ in range(IDLE):
        began = time.perf_counter()
        sweep_clocks()
        idle.append((time.perf_counter() - began) * 1_000)
    began = time.perf_counter()
    swept = sweep(at + DAY / 4 + timedelta(minutes=1))
    took = time.perf_counter() - began
    assert swept.announced == FIRED, swept  # noqa: S101
    assert Clock.objects.live().count() == count  # noqa: S101
    return {"idle": median(idle), "rate": FIRED / took, "batch": BATCH}


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))
