"""The database goes away under people at work: they are told to wait, and nothing goes wrong."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

import psycopg2
import pytest

from tests.own_desk import OwnDesk, own_desk, status, until
from tests.reports import report

CLIENTS = 4
PAUSE = 0.05  # enough that those who serve them come to their work
RECOVERY = 30
SIDES = ("estimate_feedback", "strawman_wip")
WORLD = """
from datetime import datetime, UTC
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from emdesk.people.models import Role, Segment, User
from emdesk.workflow import adopt
from scoping.models import Account, ScopingIssue
at = datetime.now(UTC)
made = []
for number in range(%d):
    email = f"em{User.objects.count()}@example.com"
    user = User.objects.create_user(email, name="EM", roles=[Role.EM])
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    account = Account.objects.create(name="Acme")
    issues = []
    for _ in range(5):
        issue = ScopingIssue.objects.open_issue(
            by=None, at=at, account=account, title="Move", engagement_manager=user,
            segment=Segment.objects.first())
        adopt(issue, "strawman_wip", at=at, origin="import")
        issues.append(issue.pk)
    made.append({"session": session.session_key, "issues": issues})
print(json.dumps(made))
"""
OUTCOME = """
from emdesk.ledger.models import Event
from scoping.models import ScopingIssue
found = {}
for issue in ScopingIssue.objects.all():
    moves = list(Event.objects.about(issue).moves().values_list("before", "after"))
    chained = all(one[1] == other[0] for one, other in zip(moves, moves[1:]))
    made = Event.objects.about(issue).exclude(verb="scoping.adopted").moves().count() - 1
    found[issue.pk] = [issue.state, moves[-1][1], issue.moves, len(moves) - 1, chained, made]
print(json.dumps(found))
"""


ASK_WORKER = "from emdesk.notifications.tasks import anchor_head\nanchor_head.delay()\n"


@dataclass
class Person:
    """Somebody who moves cards of their own to and fro, with hardly a pause."""

    port: int
    session: str
    issues: list[int]
    answers: list[tuple[float, int]] = field(default_factory=list)
    moved: Counter[int] = field(default_factory=Counter)
    unsure: Counter[int] = field(default_factory=Counter)

    def ask(self, method: str, path: str, **said: str) -> tuple[int, str]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=40)
        token = "x" * 32
        headers = {
            "Cookie": f"session={self.session}; csrf={token}",
            "X-CSRFToken": token,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            line.request(method, path, urlencode(said), headers)
            answer = line.getresponse()
            body = answer.read().decode()
        finally:
            line.close()
        self.answers.append((time.monotonic(), answer.status))
        return answer.status, body

    def work(self, ended: threading.Event) -> None:
        rng = random.Random(self.session)  # noqa: S311
        while not ended.is_set():
            pk = rng.choice(self.issues)
            with suppress(OSError, HTTPException):
                self.move(pk)

    def move(self, pk: int) -> None:
        """To the other side, if it can be seen where it is now."""
        code, page = self.ask("GET", f"/board/column/{SIDES[0]}/")
        if code == 200:
            to = SIDES[1] if f'id="c{pk}"' in page else SIDES[0]
            code, _ = self.ask("POST", f"/issues/{pk}/move/", to=to)
            self.moved[pk] += code == 200
            self.unsure[pk] += code == 503
        time.sleep(PAUSE)


class Server:
    """The desk's PostgreSQL, as somebody who means it no good sees it."""

    def __init__(self, desk: OwnDesk) -> None:
        self.desk = desk

    def backends(self) -> list[int]:
        return [
            pid
            for (pid,) in self.say(
                "SELECT pid FROM pg_stat_activity WHERE datname IS NOT"
                " NULL AND pid <> pg_backend_pid()"
            )
        ]

    def say(self, statement: str) -> list[tuple[int, ...]]:
        connection = psycopg2.connect(self.desk.servers.database_url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall()
        finally:
            connection.close()

    def terminate(self) -> None:
        """Every connection is ended, as an administrator does."""
        for pid in self.backends():
            self.say(f"SELECT pg_terminate_backend({pid})")

    def kill(self) -> None:
        """One backend dies of SIGKILL, so the server drops all others and recovers."""
        for pid in self.backends()[:1]:
            os.kill(pid, signal.SIGKILL)

    def restart(self) -> None:
        """The server stops without a word and comes back."""
        servers = self.desk.servers
        servers.pg_ctl("restart", "-m", "immediate", "-l", servers.lodging.home / "postgres.log")

    def answers(self) -> bool:
        with suppress(psycopg2.Error):
            return bool(self.say("SELECT 1"))
        return False


@pytest.fixture(scope="module")
def desk(migrated: str) -> Iterator[OwnDesk]:
    with own_desk(migrated) as desk:
        yield desk


@pytest.fixture(scope="module")
def port(desk: OwnDesk) -> Iterator[int]:
    """Where web answers, which nobody starts again whatever happens."""
    with desk.web() as port:
        yield port


def campaign(desk: OwnDesk, port: int, name: str, faults: list[Callable[[Server], None]]) -> None:
    """Let people work through these faults; then hold what was written against what was answered."""
    server = Server(desk)
    before = desk.python(OUTCOME)
    people = [Person(port, **made) for made in desk.python(WORLD % CLIENTS)]
    ended = threading.Event()
    threads = [threading.Thread(target=each.work, args=(ended,)) for each in people]
    for thread in threads:
        thread.start()
    recoveries = []
    try:
        until(lambda: sum(sum(each.moved.values()) for each in people) > 20)
        for fault in faults:
            fault(server)
            recoveries.append(recovered(server, people, port))
            time.sleep(1)
    finally:
        ended.set()
        for thread in threads:
            thread.join()

    codes = Counter(code for each in people for _, code in each.answers)
    wrong = wrong_writes(desk, people, before)
    report(
        "database",
        name,
        faults=len(faults),
        answers=dict(sorted(codes.items())),
        wrong_writes=len(wrong),
        slowest_recovery_seconds=round(max(recoveries), 1),
        manual_actions=0,
    )
    log = (desk.folder / "gunicorn.log").read_text()
    assert set(codes) <= {200, 503}, log[-20_000:]
    assert wrong == []
    assert max(recoveries) <= RECOVERY
    assert "The ledger is whole" in desk.manage("verify_ledger")
    assert "0 differ" in desk.manage("rebuild", "--check")


def recovered(server: Server, people: list[Person], port: int) -> float:
    """Seconds until the desk is ready and everybody is answered again."""
    began = time.monotonic()
    until(server.answers)
    until(lambda: status(port, "/healthz/ready") == 200)
    since = time.monotonic()

    def everybody() -> bool:
        return all(
            any(code == 200 and at > since for at, code in each.answers[-20:]) for each in people
        )

    until(everybody)
    return time.monotonic() - began


def wrong_writes(desk: OwnDesk, people: list[Person], before: dict[str, object]) -> list[str]:
    """Issues whose rows, ledger and answers do not tell one story."""
    found = []
    for pk, (state, last, moves, told, chained, made) in desk.python(OUTCOME).items():
        if pk in before:
            continue
        person = next(each for each in people if int(pk) in each.issues)
        least, unsure = person.moved[int(pk)], person.unsure[int(pk)]
        if state != last or moves != told or not chained:
            found.append(f"{pk}: {state} {last} {moves} {told} {chained}")
        if not least <= made <= least + unsure:
            found.append(f"{pk}: {made} moves, {least} answered, {unsure} unsure")
    return found


def test_while_connections_are_ended_and_killed_people_wait_and_nothing_is_written_wrong(
    desk, port
):
    campaign(desk, port, "backends ended and killed", [Server.terminate, Server.kill])


@pytest.mark.chaos
def test_five_immediate_restarts_need_nobody_to_help(desk, port):
    campaign(desk, port, "immediate restarts", [Server.restart] * 5)


@pytest.mark.chaos
def test_twenty_faults_of_every_kind_write_nothing_wrong(desk, port):
    kinds = [Server.terminate, Server.kill, Server.restart, Server.kill]

    campaign(desk, port, "all kinds", kinds * 5)


def test_a_worker_goes_on_by_itself_when_the_database_is_back(desk):
    heads = desk.folder / "ledger-heads.jsonl"
    server = Server(desk)

    def head_is_written() -> float:
        heads.unlink(missing_ok=True)
        desk.python(ASK_WORKER)
        return until(lambda: heads.exists() and heads.read_text(), within=RECOVERY)

    with desk.worker() as worker:
        head_is_written()
        for fault in (Server.terminate, Server.kill):
            fault(server)
            until(server.answers)
        took = head_is_written()
        assert worker.poll() is None

    report("database", "worker after two faults", recovery_seconds=round(took, 1))


def test_without_a_database_the_desk_says_so_and_is_alive_but_not_ready(desk, port):
    desk.servers.pg_ctl("stop", "-m", "immediate")
    try:
        codes = {path: status(port, path) for path in ("/healthz/live", "/healthz/ready")}
    finally:
        back = time.monotonic()
        desk.servers.keep_up()
    until(lambda: status(port, "/healthz/ready") == 200, within=RECOVERY)
    took = time.monotonic() - back

    report("database", "away and back", recovery_seconds=round(took, 1))
    assert codes == {"/healthz/live": 200, "/healthz/ready": 503}
