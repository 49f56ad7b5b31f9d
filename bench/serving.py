"""Web servers under measurement: gunicorn as in production, the same for every application."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.desks import PROJECT

WORKERS, THREADS = 2, 4
PATIENCE = 30


@dataclass(frozen=True)
class Server:
    """One application behind gunicorn on a port of its own."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def workers(self) -> list[int]:
        pid = self.process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def serving(module: str, environment: dict[str, str]) -> Iterator[Server]:
    """``module.application`` until the block ends."""
    port = free_port()
    process = subprocess.Popen(
        [
            *("setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "gunicorn"),
            *(f"bench.counted:counted({module!r})", "--bind", f"127.0.0.1:{port}"),
            *("--workers", str(WORKERS), "--worker-class", "gthread", "--threads", str(THREADS)),
            *("--keep-alive", "75", "--no-control-socket", "--log-level", "error"),
        ],
        cwd=PROJECT,
        env=environment | {"CSRF_TRUSTED_ORIGINS": f"http://127.0.0.1:{port}"},
    )
    try:
        wait_for(port, process)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("bench: a web server does not start.")
