"""Everything that sends mail is killed at random, under the supervisor that runs a desk.

Nothing may be lost, and what arrived twice must be flagged. The moments are drawn from a seed;
what a process was doing then is chance, as in service.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from emdesk import embedded
from emdesk.embedded import PROJECT
from tests.notifications.server import HANG_UP, STALL, TAKEN, MailServer, serving
from tests.own_desk import OwnDesk, free_port, own_desk, until
from tests.reports import report

FIGURES = "notifications"
LONGEST_LULL = 2.5
LONGEST = 120
HOLDING = 8
PEOPLE = """
from datetime import datetime, UTC
from emdesk.ledger.models import Dispatch
from emdesk.notifications.models import Preferences
from emdesk.people.models import Role, User
from scoping.models import Account, ScopingIssue
em = User.objects.create_user("em@example.com", name="Em", roles=[Role.EM])
Preferences.objects.create(user=em, quiet_from=None, quiet_until=None)
account = Account.objects.create(name="Acme")
ScopingIssue.objects.open_issue(
    by=em, at=datetime.now(UTC), account=account, title="Move", engagement_manager=em)
Dispatch.objects.all().delete()
"""
TALLY = """
from emdesk.ledger.models import Dispatch, Event
from emdesk.notifications.models import Mail, Notification
events = set(Event.objects.filter(verb="scoping.answered").values_list("pk", flat=True))
mails = {m.message_id: [m.event_id, bool(m.sent_at), bool(m.dead_at), m.unknown_outcomes]
         for m in Mail.objects.all()}
print(json.dumps({
    "events": len(events),
    "waiting": Dispatch.objects.count(),
    "without mail": len(events - {event for event, *_ in mails.values()}),
    "without notice": len(events - set(Notification.objects.values_list("event", flat=True))),
    "mails": mails,
}))
"""
OPEN = """
SELECT (SELECT count(*) FROM notifications_mail
         WHERE sent_at IS NULL AND dead_at IS NULL AND withdrawn_at IS NULL)
     + (SELECT count(*) FROM ledger_dispatch)
"""
LET_TIME_PASS = """
UPDATE notifications_mail SET next_at = now()
 WHERE sent_at IS NULL AND dead_at IS NULL AND next_at > now() AND {which}
"""


@dataclass
class Moody:
    """A mail server's moods, drawn from a seed; ``calm`` ends them."""

    chance: random.Random
    calm: bool = False
    shown: Counter[str] = field(default_factory=Counter)

    def recipient(self, address: str) -> str:
        return self._draw({"451 later": 0.06, TAKEN: 0.94})

    def data(self, address: str) -> str:
        return self._draw({"452 full": 0.04, HANG_UP: 0.03, STALL: 0.02, TAKEN: 0.91})

    def _draw(self, moods: dict[str, float]) -> str:
        if self.calm:
            return TAKEN
        (mood,) = self.chance.choices(list(moods), list(moods.values()))
        self.shown[mood] += 1
        return mood


class Scene:
    """A desk under supervisor, and hands that end its processes by their ids."""

    def __init__(self, desk: OwnDesk, supervisor: int, beat: int) -> None:
        self.desk, self.supervisor, self.beat = desk, supervisor, beat
        self.killed: Counter[str] = Counter()

    def victims(self) -> dict[str, Callable[[], list[int]]]:
        return {
            "sender": lambda: self._of("manage.py deliver"),
            "worker": lambda: self._of("celery --app emdesk worker"),
            "a process of the worker": self._pool,
            "beat": lambda: self._of("celery --app emdesk beat"),
            "another beat": lambda: [self.beat],
            "web": lambda: self._of("gunicorn"),
            "Redis": self._redis,
            "a process of PostgreSQL": self._backends,
            "PostgreSQL": self._postmaster,
        }

    def kill(self, what: str) -> None:
        """One of them, if there is one now."""
        for pid in self.victims()[what]()[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.killed[what] += 1

    def _of(self, words: str) -> list[int]:
        return [pid for pid in children(self.supervisor) if words in command(pid)]

    def _pool(self) -> list[int]:
        return [child for pid in self._of("celery --app emdesk worker") for child in children(pid)]

    def _redis(self) -> list[int]:
        place = str(self.desk.servers.redis_socket)
        with suppress(Exception), embedded.redis_at(Path(place)) as server:
            return [int(server.info("server")["process_id"])]
        return []

    def _backends(self) -> list[int]:
        ask = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
        with suppress(psycopg2.Error):
            return [pid for (pid,) in self.say(f"{ask} AND pid <> pg_backend_pid()")]
        return []

    def _postmaster(self) -> list[int]:
        with suppress(OSError, ValueError):
            return [int((self.desk.servers.data / "postmaster.pid").read_text().split("\n")[0])]
        return []

    def say(self, statement: str) -> list[Any]:
        line = psycopg2.connect(self.desk.servers.database_url)
        try:
            line.autocommit = True
            with line.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            line.close()

    def is_settled(self) -> bool:
        """Nothing left to tell or to send; PostgreSQL may still be coming up after a kill."""
        with suppress(psycopg2.OperationalError):
            return not self.say(OPEN)[0][0]
        return False

    def let_time_pass(self, which: str = "sending_since IS NULL") -> None:
        """So that nobody waits minutes for a second try."""
        with suppress(psycopg2.Error):
            self.say(LET_TIME_PASS.format(which=which))


def children(pid: int) -> list[int]:
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(place.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(place.parent.name))
    return found


def command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


@contextmanager
def scene(port: int, migrated: str) -> Iterator[Scene]:
    with (
        own_desk(migrated, EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(port)) as desk,
        ExitStack() as stack,
    ):
        desk.python(PEOPLE)
        (desk.folder / "log").mkdir(exist_ok=True)
        desk.environment["EMDESK_PORT"] = str(free_port())
        configuration = str(PROJECT / "emdesk" / "supervisor.conf")
        words = ("supervisor.supervisord", "--configuration", configuration)
        supervisor = stack.enter_context(desk.process(*words))
        second = ("celery", "--app", "emdesk", "beat", "--pidfile=")
        beat = stack.enter_context(desk.process(*second))
        found = Scene(desk, supervisor.pid, beat.pid)
        until(lambda: found._of("manage.py deliver") and found._pool())  # noqa: SLF001
        yield found


@contextmanager
def producer(found: Scene) -> Iterator[None]:
    """Somebody at work the whole time; whatever they committed is in the ledger."""
    with found.desk.process("tests.notifications.producing"):
        until(lambda: found.say("SELECT 1 FROM ledger_event WHERE verb = 'scoping.answered'"))
        yield


def torment(found: Scene, kills: int, chance: random.Random, server: MailServer) -> None:
    """Kill one after the other; PostgreSQL and Redis are started again as on a desk."""
    names = list(found.victims())
    order = [name for _ in range(kills) for name in names][:kills]
    chance.shuffle(order)
    for what in order:
        let_some_leave(server, chance.randint(1, 8))
        found.kill(what)
        found.desk.servers.keep_up()
        found.let_time_pass()


def let_some_leave(server: MailServer, count: int) -> None:
    """Until so many more mails arrived, or a moment when nobody is there to send them."""
    before, began = len(server.taken), time.monotonic()
    while len(server.taken) < before + count and time.monotonic() - began < LONGEST_LULL:
        time.sleep(0.01)


def settle(found: Scene) -> dict[str, Any]:
    """Wait until everything is told and sent; who was killed while sending is given up.

    Time passes rarely: what a living sender holds would be taken from it each time.
    """
    began = passed = time.monotonic()
    while True:
        found.desk.servers.keep_up()
        if time.monotonic() - passed > HOLDING:
            passed = time.monotonic()
            found.let_time_pass("(sending_since IS NULL OR sending_since < now() - interval '3 s')")
        if found.is_settled():
            tally: dict[str, Any] = found.desk.python(TALLY)
            return tally
        assert time.monotonic() - began < LONGEST, f"not settled: {found.say(OPEN)}"
        time.sleep(0.5)


@pytest.mark.parametrize("kills", [9, pytest.param(200, marks=pytest.mark.chaos)])
def test_whatever_is_killed_no_mail_is_lost_and_none_is_doubled_unknown(
    kills: int, migrated: str
) -> None:
    chance = random.Random(kills)  # noqa: S311 (the same moments every time)
    moods = Moody(random.Random(kills + 1))  # noqa: S311
    server = MailServer(recipient=moods.recipient, data=moods.data, stall=1.0)
    with serving(server) as port, scene(port, migrated) as found:
        with producer(found):
            torment(found, kills, chance, server)
        moods.calm = True
        tally = settle(found)

    arrived = Counter(str(mail["Message-ID"]) for mail in server.mails)
    mails = tally["mails"]
    lost = [key for key in mails if not arrived[key]]
    doubled = [key for key, times in arrived.items() if times > 1]
    unflagged = [key for key in doubled if not mails[key][3]]
    report(
        FIGURES,
        f"chaos, {kills} kills",
        killed=dict(found.killed),
        moods=dict(moods.shown),
        due=tally["events"],
        sent=len(mails),
        lost=len(lost) + tally["without mail"],
        doubled=len(doubled),
        flagged=sum(1 for *_, unknown in mails.values() if unknown),
        doubled_but_not_flagged=len(unflagged),
    )
    assert tally["events"] > 5 * kills
    assert (tally["without mail"], tally["without notice"], lost, unflagged) == (0, 0, [], [])
    assert not [key for key, (_, _, dead, _) in mails.items() if dead]
    assert sum(found.killed.values()) >= kills * 0.7
