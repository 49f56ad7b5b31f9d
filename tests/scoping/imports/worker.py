"""A Celery worker of its own on the tests' database and a broker database of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection

from emdesk.embedded import PROJECT

WAIT = 120


@contextmanager
def worker(files: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Running until the block ends; ``files`` is where it finds what was uploaded."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.scoping.imports.child_settings",
        "EMDESK_CHILD_DATABASE": str(connection.settings_dict["NAME"]),
        "EMDESK_FILES": str(files),
    }
    words = [
        *(sys.executable, "-m", "celery", "--app", "emdesk", "worker"),
        *("--concurrency", "1", "--loglevel", "INFO", "--without-gossip", "--without-mingle"),
    ]
    with log.open("ab") as out:
        process = subprocess.Popen(
            words, cwd=PROJECT, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Worker and children at once, without a word to them."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def empty_queue() -> None:
    redis.from_url(settings.REDIS_URL).delete("celery")


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(f"Not in {WAIT} seconds: {what}.")
