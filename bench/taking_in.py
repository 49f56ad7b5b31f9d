"""Takes one export into an empty desk, in a process of its own: ``python -m bench.taking_in FILE``.

Prints, as JSON, when each batch was written (seconds since the start), how many issues there are,
and the most memory the process ever held, in MiB.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db.transaction import atomic  # noqa: E402 (models need the setup)

from scoping.imports.files import IssueFile  # noqa: E402
from scoping.imports.running import Work, taken, undisturbed  # noqa: E402
from scoping.models import ScopingIssue  # noqa: E402


def take_in(path: Path) -> dict[str, Any]:
    began = time.perf_counter()
    written: list[float] = []
    work = Work(path, lambda: IssueFile(datetime.now(UTC), ""))
    with undisturbed(), atomic():
        [report] = taken([work], lambda _: written.append(time.perf_counter() - began))
    took = time.perf_counter() - began
    if report.problems:
        sys.exit("\n".join(report.lines()))
    return {
        "took": took,
        "written": written,
        "issues": ScopingIssue.objects.count(),
        "held": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(take_in(Path(sys.argv[1]))))
