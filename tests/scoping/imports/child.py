"""A command in a process of its own: it can be killed, and it can be weighed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from django.db import connection

from emdesk.embedded import PROJECT


@dataclass
class Ended:
    status: int
    report: dict[str, Any]
    errors: str
    mebibytes: float


def start(*words: Any) -> subprocess.Popen[str]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.scoping.imports.child_settings",
        "EMDESK_CHILD_DATABASE": str(connection.settings_dict["NAME"]),
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", *map(str, words), "--json"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*words: Any) -> Ended:
    """Wait for a command; what it said, and the most memory it held."""
    with start(*words) as process:
        assert process.stdout
        assert process.stderr
        said, errors = process.stdout.read(), process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    report = json.loads(said) if said.startswith("{") else {}
    return Ended(process.returncode, report, errors, used.ru_maxrss / 1024)
