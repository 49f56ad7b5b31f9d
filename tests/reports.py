"""Figures the tests publish, one file for each subject, in ``reports/``."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "reports"


def report(subject: str, name: str, **figures: Any) -> None:
    """Keep figures under ``name`` in ``reports/<subject>.json``, beside what is there."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{subject}.json").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        found = json.loads(file.read() or "{}")
        file.truncate(0)
        json.dump(found | {name: figures}, file, indent=2, sort_keys=True)
