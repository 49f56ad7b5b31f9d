"""bin/dev and bin/test, run as a newcomer runs them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psycopg2
import pytest

from emdesk.embedded import PROJECT, Servers, answers
from tests.reports import report

LAST_LINE = "Ctrl-C ends everything."
# The promise is for a machine of one's own; under xdist another worker has half of it.
SECOND_START = 30 if "PYTEST_XDIST_WORKER" in os.environ else 5


class Desk:
    """A bin/dev under way."""

    def __init__(self, var: Path, port: int) -> None:
        self.var = var
        self.port = port
        asked_at = time.monotonic()
        self.process = subprocess.Popen(
            [PROJECT / "bin/dev"],
            env=surroundings(var, EMDESK_PORT=str(port)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = "".join(self.lines())
        self.seconds = time.monotonic() - asked_at

    def lines(self) -> Iterator[str]:
        assert self.process.stdout
        for line in self.process.stdout:
            yield line
            if LAST_LINE in line:
                return

    def status(self, path: str = "/healthz/ready") -> int | None:
        line = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request("GET", path)
            return line.getresponse().status
        except (OSError, HTTPException):
            return None
        finally:
            line.close()

    def comes_back(self, *, within: float) -> bool:
        deadline = time.monotonic() + within
        while self.status() != 200 and time.monotonic() < deadline:
            time.sleep(0.2)
        return self.status() == 200

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=60)
        return self.process.returncode


def surroundings(var: Path, **variables: str) -> dict[str, str]:
    return {"PATH": os.defpath, "HOME": str(var), "EMDESK_VAR": str(var)} | variables


def left_over(var: Path) -> set[int]:
    """Every process that was started with this folder and has not ended."""
    mark = os.fsencode(f"EMDESK_VAR={var}\0")
    servers = os.fsencode(f"{var}/servers")
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            known = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except OSError:
            continue
        if mark in known or servers in known:
            found.add(int(process.name))
    return found


def children_named(var: Path, words: str) -> list[int]:
    named = os.fsencode(words.replace(" ", "\0"))
    return sorted(
        pid for pid in left_over(var) if named in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="emdesk-test-"))
    folder.chmod(0o755)
    yield folder
    Servers(folder).end()
    shutil.rmtree((folder / "servers").resolve(), ignore_errors=True)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@contextmanager
def desk_on(var: Path, port: int) -> Iterator[Desk]:
    desk = Desk(var, port)
    try:
        yield desk
    finally:
        if desk.process.poll() is None:
            desk.end(signal.SIGTERM)


def people_in(var: Path) -> int:
    connection = psycopg2.connect(Servers(var).database_url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_user")
        (counted,) = cursor.fetchone() or (0,)
    connection.close()
    return int(counted)


@pytest.fixture(scope="module")
def people(var: Path, port: int) -> int:
    """The first start, with all it promises; then how many people the demo brought."""
    with desk_on(var, port) as desk:
        assert f"http://127.0.0.1:{port}" in desk.said
        assert re.search(r"\S+@\S+", desk.said), "no demo login was printed"
        assert desk.status() == 200
        found = people_in(var)
        assert ended_cleanly(desk, signal.SIGTERM)
    return found


def ended_cleanly(desk: Desk, number: signal.Signals) -> bool:
    servers = Servers(desk.var)
    return (
        desk.end(number) == 0
        and left_over(desk.var) == set()
        and not answers(servers.postgres_socket)
        and not answers(servers.redis_socket)
    )


def test_a_second_start_is_fast_whatever_is_killed_comes_back_and_all_ends_cleanly(
    var: Path, port: int, people: int
) -> None:
    with desk_on(var, port) as desk:
        report("two-commands", "second start", seconds=round(desk.seconds, 2), bound=SECOND_START)
        assert desk.seconds < SECOND_START
        assert people_in(var) == people > 0
        for words in ("gunicorn emdesk.wsgi", "--app emdesk worker", "--app emdesk beat"):
            before = children_named(var, words)
            os.kill(before[0], signal.SIGKILL)
            deadline = time.monotonic() + 20
            while not set(children_named(var, words)) - set(before):
                assert time.monotonic() < deadline, f"{words} did not come back"
                time.sleep(0.2)
        os.kill(int((var / "servers/postgres/postmaster.pid").read_text().split()[0]), 9)
        assert desk.comes_back(within=30)
        assert people_in(var) == people
        assert ended_cleanly(desk, signal.SIGINT)


def refusal(var: Path, *command: str, **variables: str) -> str:
    """The one line with which a command refuses."""
    refused = subprocess.run(
        command or [str(PROJECT / "bin/dev")],
        env=surroundings(var, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert refused.returncode not in (0, None)
    (line,) = refused.stderr.strip().splitlines()
    return line


def test_a_taken_port_is_refused_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = refusal(tmp_path, EMDESK_PORT=port)
    assert line.startswith(f"emdesk: Port {port} is taken")


def test_a_folder_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot write to" in refusal(tmp_path / "file" / "var")


def test_servers_of_someone_else_are_refused_in_one_line(tmp_path: Path) -> None:
    line = refusal(tmp_path, DATABASE_URL="postgresql://db.example/desk")
    assert line == "emdesk: bin/dev brings its own servers. Unset DATABASE_URL."


def test_a_missing_system_package_is_named_in_one_line(tmp_path: Path) -> None:
    """Without root as the line to run; with root when apt fails, as the reason beside it."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, script in {
        "dpkg-query": 'case "$*" in *noto-cjk*) exit 1 ;; esac; echo install ok installed',
        "apt-get": "echo 'E: there is no network' >&2; exit 100",
    }.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    line = refusal(tmp_path, PATH=f"{tools}:{os.defpath}")
    assert line.endswith("apt-get install -y --no-install-recommends fonts-noto-cjk")


def test_no_network_is_said_in_one_line(tmp_path: Path) -> None:
    """In a clean clone, where the packages have yet to be fetched."""
    for folder in ("bin", "requirements"):
        shutil.copytree(PROJECT / folder, tmp_path / "clone" / folder)
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_CONFIG_FILE": os.devnull}
    line = refusal(tmp_path / "var", str(tmp_path / "clone/bin/dev"), **nowhere)
    assert line.startswith("emdesk: Python packages could not be installed")
    assert "network" in line


def test_bin_test_passes_its_arguments_on_and_ends_with_pytest_s_closing_line() -> None:
    chosen = ["tests/emdesk/test_environment.py", "-k", "trimmed"]
    tested = subprocess.run(
        [PROJECT / "bin/test", *chosen],
        env=surroundings(Path(os.environ["EMDESK_VAR"])),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert tested.returncode == 0, tested.stderr
    assert re.match(r"1 passed.* in [\d.]+s", tested.stdout.strip().splitlines()[-1])
