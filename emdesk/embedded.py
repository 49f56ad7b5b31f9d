"""PostgreSQL and Redis from wheels, for a machine that was given neither.

The first process in need starts them, the last one out stops them. They listen on unix sockets
only, in a folder nobody else may enter.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shlex
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TextIO

import redis
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.retry import Retry

from emdesk.lodging import Lodging

PROJECT = Path(__file__).resolve().parent.parent
PATIENCE = 20.0


def database_url() -> str:
    """DATABASE_URL, or the address of the embedded server."""
    return os.environ.get("DATABASE_URL") or joined(var_folder()).database_url


def redis_url() -> str:
    """REDIS_URL, or the address of the embedded server."""
    return os.environ.get("REDIS_URL") or joined(var_folder()).redis_url


def var_folder() -> Path:
    """Where this installation keeps what it makes while it runs; EMDESK_VAR moves it."""
    return Path(os.environ.get("EMDESK_VAR") or PROJECT / "var").resolve()


@cache
def joined(var: Path, *, durable: bool = True) -> Servers:
    """The servers under `var`, running, and kept running until this process ends."""
    servers = Servers(var, durable=durable)
    servers.join()
    atexit.register(servers.leave)
    return servers


class Servers:
    """One PostgreSQL and one Redis, shared by every process that joins."""

    def __init__(self, var: Path, *, durable: bool = True) -> None:
        self.var = var
        self.durable = durable
        self.lodging = Lodging(var)
        self.membership: tuple[int, TextIO] | None = None

    @property
    def database_url(self) -> str:
        return f"postgresql://emdesk@/emdesk?host={self.lodging.sockets}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.redis_socket}"

    @property
    def postgres_socket(self) -> Path:
        return self.lodging.sockets / ".s.PGSQL.5432"

    @property
    def redis_socket(self) -> Path:
        return self.lodging.sockets / "redis.sock"

    @property
    def data(self) -> Path:
        return self.lodging.home / "postgres"

    # A member holds a shared lock, which even a process killed outright gives back.

    def join(self) -> None:
        with self.alone():
            users = (self.var / "embedded.users").open("a")
            fcntl.flock(users, fcntl.LOCK_SH)
            self.membership = os.getpid(), users
            self.start()

    def leave(self) -> None:
        if self.membership and self.membership[0] == os.getpid():
            with self.alone():
                self.membership[1].close()
                self.membership = None
                if self.deserted():
                    self.stop()

    def keep_up(self) -> None:
        """Start again what has died."""
        if not (answers(self.postgres_socket) and answers(self.redis_socket)):
            with self.alone():
                self.start()

    def end(self) -> None:
        """Stop both, whoever is still there."""
        with self.alone():
            self.stop()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time starts or stops."""
        try:
            self.var.mkdir(parents=True, exist_ok=True)
            lock = (self.var / "embedded.lock").open("a")
        except OSError as refusal:
            raise ImproperlyConfigured(
                f"Cannot write to {self.var} ({refusal.strerror}). Make it writable,"
                " or name another folder in EMDESK_VAR."
            ) from None
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def deserted(self) -> bool:
        with (self.var / "embedded.users").open("a") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    def start(self) -> None:
        if not answers(self.postgres_socket):
            self.start_postgres()
        if not answers(self.redis_socket):
            self.start_redis()

    def stop(self) -> None:
        if answers(self.redis_socket):
            shut_down_redis(self.redis_socket)
        if answers(self.postgres_socket):
            self.pg_ctl("stop", "-m", "fast")

    def start_postgres(self) -> None:
        if not self.data.exists():
            self.create_database()
        self.forget_the_dead()
        log = self.lodging.home / "postgres.log"
        self.pg_ctl("start", "-l", log, "-o", shlex.join(self.postgres_options()))

    def pg_ctl(self, deed: str, *options: str | Path) -> None:
        program = self.lodging.postgres("pg_ctl")
        self.lodging.run(program, deed, "--silent", "--wait", "-D", self.data, *options)

    def postgres_options(self) -> list[str]:
        options = ["-k", str(self.lodging.sockets), "-c", "listen_addresses="]
        if not self.durable:
            options += ["-c", "fsync=off", "-c", "full_page_writes=off"]
        return options

    def create_database(self) -> None:
        """Made beside and moved into place, so that half a database is never taken for a whole."""
        unfinished = self.data.with_name("postgres.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        initdb, postgres = self.lodging.postgres("initdb"), self.lodging.postgres("postgres")
        self.lodging.run(
            initdb, "-D", unfinished, "-U", "emdesk", "-A", "trust", "-E", "UTF8", *locale
        )
        make = "CREATE DATABASE emdesk\n"
        self.lodging.run(postgres, "--single", "-D", unfinished, "postgres", given=make)
        unfinished.rename(self.data)

    def forget_the_dead(self) -> None:
        """A server killed outright leaves a pid behind, by now perhaps some other process's."""
        left_behind = self.data / "postmaster.pid"
        deadline = time.monotonic() + PATIENCE
        while served_by(left_behind, self.data) and time.monotonic() < deadline:
            time.sleep(0.05)
        left_behind.unlink(missing_ok=True)
        self.postgres_socket.with_name(".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def start_redis(self) -> None:
        options: dict[str, str | Path] = {
            "port": "0",
            "unixsocket": self.redis_socket,
            "unixsocketperm": "700",
            "dir": self.lodging.home,
            "logfile": self.lodging.home / "redis.log",
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "yes",
        }
        words = (word for name, value in options.items() for word in (f"--{name}", value))
        self.lodging.run(self.lodging.redis_server, *words)
        wait_until(lambda: redis_is_ready(self.redis_socket))


def answers(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(place))
        except OSError:
            return False
    return True


def served_by(pid_file: Path, data: Path) -> bool:
    """Whether the process named in `pid_file` is a PostgreSQL server of `data`."""
    try:
        pid = pid_file.read_text().split("\n", 1)[0]
        return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def redis_at(place: Path) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(place), retry=Retry(NoBackoff(), 0))


def redis_is_ready(place: Path) -> bool:
    try:
        with redis_at(place) as server:
            return bool(server.ping())
    except redis.RedisError:
        return False


def shut_down_redis(place: Path) -> None:
    with redis_at(place) as server:
        server.shutdown(nosave=True)
    wait_until(lambda: not answers(place))


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise ImproperlyConfigured(f"Redis has not answered for {PATIENCE:.0f} s.")
        time.sleep(0.01)
