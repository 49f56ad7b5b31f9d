"""emdesk on one machine: databases, web, worker and beat, from one command to Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import StringIO
from pathlib import Path
from types import FrameType

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections

from emdesk import alive, embedded, environment

PATIENCE = 60
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emdesk.settings")
    for number in ENDS:
        signal.signal(number, interrupt)
    try:
        run()
    except KeyboardInterrupt:
        print("emdesk has stopped.")
    except (ImproperlyConfigured, CommandError, DatabaseError, OSError) as wrong:
        sys.exit(f"emdesk: {wrong}")


def interrupt(number: int, frame: FrameType | None) -> None:
    """End once: whoever asks again must wait for the databases."""
    for each in ENDS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def run() -> None:
    refuse_foreign_servers()
    port = environment.number("EMDESK_PORT", 8000)
    refuse_taken(port)
    var = embedded.var_folder()
    with only_one(var), running_servers(var) as servers:
        known = prepared_before(servers)
        if not known:
            prepare(servers)
        with running_processes(var, port) as processes:
            if known:  # looked at all the same, while web starts
                prepare(servers)
            greet(port, processes, var)
            while processes.poll() is None:
                servers.keep_up()
                time.sleep(1)
    raise ImproperlyConfigured(f"supervisor ended by itself; {var}/log/supervisord.log says why.")


def refuse_foreign_servers() -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        if name in os.environ:
            raise ImproperlyConfigured(f"bin/dev brings its own servers. Unset {name}.")


def refuse_taken(port: int) -> None:
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise ImproperlyConfigured(
                f"Port {port} is taken or not ours to take. Name another: EMDESK_PORT=8001 bin/dev"
            ) from None


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    (var / "log").mkdir(parents=True, exist_ok=True)
    with (var / "local.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ImproperlyConfigured(
                f"bin/dev is already running on {var}. Name another folder in EMDESK_VAR."
            ) from None
        yield


@contextmanager
def running_servers(var: Path) -> Iterator[embedded.Servers]:
    servers = embedded.joined(var)
    try:
        yield servers
    finally:
        servers.end()


def prepare(servers: embedded.Servers) -> None:
    """Bring the database up to date and the demo into it; next to nothing when both are there."""
    print("Bringing the database up to date, and the demo into it.", flush=True)
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("demo", stdout=StringIO())
    connections.close_all()
    _mark(servers).write_text(_migrations())


def prepared_before(servers: embedded.Servers) -> bool:
    """Whether these databases were brought to where the migrations are now."""
    mark = _mark(servers)
    return mark.exists() and mark.read_text() == _migrations()


def _mark(servers: embedded.Servers) -> Path:
    return servers.lodging.home / "prepared"


def _migrations() -> str:
    """A hash of ours, and of the versions of what brings others."""
    found = sha256()
    for pattern in ("*/migrations/0*.py", "emdesk/*/migrations/0*.py", "requirements/*.txt"):
        for path in sorted(embedded.PROJECT.glob(pattern)):
            found.update(path.read_bytes())
    return found.hexdigest()


@contextmanager
def running_processes(var: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Supervisor in a session of its own, so that Ctrl-C reaches it through us alone."""
    configuration = Path(__file__).with_name("supervisor.conf")
    supervisor = ("-m", "supervisor.supervisord", "--configuration", configuration)
    processes = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", sys.executable, *supervisor],
        env=os.environ | {"EMDESK_VAR": str(var), "EMDESK_PORT": str(port)},
        start_new_session=True,
    )
    try:
        yield processes
    finally:
        processes.terminate()
        processes.wait()


def greet(port: int, processes: subprocess.Popen[bytes], var: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not alive.web_answers(port):
        if processes.poll() is not None or time.monotonic() > deadline:
            raise ImproperlyConfigured(f"web does not start; {var}/log/web.log says why.")
        time.sleep(0.1)
    print(f"\nemdesk is at http://127.0.0.1:{port}\n")
    call_command("demo", logins=True)
    print(f"\nLogs are in {var}/log. Ctrl-C ends everything.", flush=True)


if __name__ == "__main__":
    main()
