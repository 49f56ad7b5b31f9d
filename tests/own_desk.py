"""A whole desk with servers of its own: whatever befalls it, no other test notices."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from emdesk.embedded import PROJECT, Servers
from tests.migrated import copy_to

BEFORE = """
import json, django
django.setup()
"""
PATIENCE = 60


class OwnDesk:
    """Its folder, its servers, and the environment its processes run in."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.servers = Servers(folder, durable=False)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "EMDESK_VAR": str(folder),
            "DJANGO_SETTINGS_MODULE": "emdesk.settings",
            **variables,
        }

    def run(self, *words: str | Path) -> str:
        ended = subprocess.run(
            [sys.executable, *words],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def manage(self, *words: str) -> str:
        return self.run("manage.py", *words)

    def python(self, code: str) -> Any:
        """Run code inside the desk; it tells by ``print(json.dumps(…))``."""
        return json.loads(self.run("-c", BEFORE + code) or "null")

    @contextmanager
    def process(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        log = self.folder / f"{words[0]}.log"
        with log.open("ab") as file:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", *words],
                cwd=PROJECT,
                env=self.environment,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @contextmanager
    def web(self) -> Iterator[int]:
        """Web as it runs in service, on a free port."""
        port = free_port()
        address = ("--bind", f"127.0.0.1:{port}")
        workers = ("--workers", "2", "--worker-class", "gthread", "--threads", "4")
        with self.process("gunicorn", "emdesk.wsgi", *address, *workers, "--no-control-socket"):
            until(lambda: status(port, "/healthz/ready") == 200)
            yield port

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        words = ("--app", "emdesk", "worker", "--concurrency", "1", "--without-gossip")
        with self.process("celery", *words, "--without-mingle") as worker:
            yield worker


@contextmanager
def own_desk(migrated: str, **variables: str) -> Iterator[OwnDesk]:
    """With a copy of this database of the tests' own, which saves migrating it."""
    folder = Path(tempfile.mkdtemp(prefix="emdesk-test-"))
    folder.chmod(0o755)
    desk = OwnDesk(folder, **variables)
    desk.servers.join()
    try:
        copy_to(desk.servers, migrated)
        yield desk
    finally:
        desk.servers.leave()
        shutil.rmtree((folder / "servers").resolve(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def status(port: int, path: str) -> int | None:
    line = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        line.request("GET", path)
        return line.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        line.close()


def until(true: Callable[[], Any], within: float = PATIENCE) -> float:
    """Wait for something to become true; how many seconds it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within, "it did not happen in time"
        time.sleep(0.1)
    return time.monotonic() - began
