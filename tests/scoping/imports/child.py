"""A command in a process of its own: it can be killed, and it can be weighed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
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


WEIGHED = [
    "-c",
    "import resource, subprocess, sys\n"
    "status = subprocess.call([sys.executable, *sys.argv[1:]])\n"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)\n"
    "sys.exit(status)",
]  # a process counts the memory of the one it was forked from, so that one has to be small


def start(*words: Any, within: Sequence[str] = ()) -> subprocess.Popen[str]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.scoping.imports.child_settings",
        "EMDESK_CHILD_DATABASE": str(connection.settings_dict["NAME"]),
    }
    return subprocess.Popen(
        [sys.executable, *within, "manage.py", *map(str, words), "--json"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*words: Any) -> Ended:
    """Wait for a command; what it said, and the most memory it held."""
    with start(*words, within=WEIGHED) as process:
        said, errors = process.communicate()
    *errors_, weight = errors.splitlines()
    report = json.loads(said) if said.startswith("{") else {}
    return Ended(process.returncode, report, "\n".join(errors_), int(weight) / 1024)
