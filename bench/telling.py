"""Tells of events by mail in two ways, in a process of its own: ``python -m bench.telling MAILS``.

Ours: events that are due are announced and their mails delivered. Bare: for each mail a loop
renders both parts, sends them and commits one row, over one kept connection. Prints, as JSON, how
long each took in seconds, how many mails the server accepted, and the statements of a fan-out.
"""

from __future__ import annotations

import json
import multiprocessing
import socket
import sys
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

import django

django.setup()

from aiosmtpd.controller import Controller  # noqa: E402 (models need the setup)
from django.conf import settings  # noqa: E402
from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402
from django.db import connection  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from emdesk.clock import database_now  # noqa: E402
from emdesk.ledger.models import Dispatch  # noqa: E402
from emdesk.ledger.recording import append, event_of  # noqa: E402
from emdesk.notifications.delivery import deliver  # noqa: E402
from emdesk.notifications.fanning import fan_out  # noqa: E402
from emdesk.notifications.models import Mail, Preferences  # noqa: E402
from emdesk.people.models import Role, User  # noqa: E402
from scoping.models import Account, ScopingIssue  # noqa: E402

PEOPLE, FIFTY, WARM_UP = 20, 50, 50
WORDS = "answered “Why do you want to move?”: “Because the contract ends in autumn”"


class Counting:
    """A mail server that counts."""

    accepted = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.accepted += 1
        return "250 OK"


def serve(line: Connection) -> None:
    """In a process of its own, so that it takes no turns from the sender."""
    handler = Counting()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    line.send(port)
    line.recv()
    controller.stop()
    line.send(handler.accepted)


def people() -> list[User]:
    found = [
        User.objects.create_user(f"em{n}@example.com", name=f"Em {n}", roles=[Role.EM])
        for n in range(FIFTY)
    ]
    for user in found:
        Preferences.objects.create(user=user, quiet_from=None, quiet_until=None)
    return found


def issues(users: list[User]) -> list[ScopingIssue]:
    account = Account.objects.create(name="Borealis")
    found = [
        ScopingIssue.objects.open_issue(
            by=None, at=datetime.now(UTC), account=account, title="Move it", engagement_manager=user
        )
        for user in users[:PEOPLE]
    ]
    Dispatch.objects.all().delete()
    return found


def ours(mails: int, subjects: list[ScopingIssue]) -> tuple[float, float]:
    said = {"question": "Why do you want to move?", "text": "Because the contract ends in autumn"}
    append(
        [
            event_of(
                subjects[n % len(subjects)],
                "scoping.answered",
                by=None,
                at=datetime.now(UTC),
                **said,
            )
            for n in range(mails)
        ]
    )
    began = time.perf_counter()
    while fan_out(database_now()):
        pass
    announced = time.perf_counter() - began
    while deliver(database_now()):
        pass
    return time.perf_counter() - began, announced


def bare(mails: int, users: list[User]) -> float:
    began = time.perf_counter()
    with get_connection() as line:
        for n in range(mails):
            user = users[n % PEOPLE]
            said = {
                "name": user.name,
                "sentence": WORDS,
                "title": "Move it",
                "because": "it is yours",
            }
            text = render_to_string("notifications/mail.txt", said)
            html = render_to_string("notifications/mail.html", said)
            message = EmailMultiAlternatives(
                "PS-1: an answer", text, to=[user.email], connection=line
            )
            message.attach_alternative(html, "text/html")
            message.send()
            at = datetime.now(UTC)
            Mail.objects.create(
                key=f"bare:{n}",
                kind="bare",
                recipient=user,
                address=user.email,
                subject="PS-1: an answer",
                text=text,
                html=html,
                written_at=at,
                leaves_at=at,
                next_at=at,
                sent_at=at,
            )
    return time.perf_counter() - began


def statements(subject: ScopingIssue, users: list[User]) -> int:
    subject.account_team.set(users)
    states = {"before": "strawman_wip", "after": "estimate_feedback"}
    append([event_of(subject, "scoping.send_estimate", by=None, at=datetime.now(UTC), **states)])
    at = database_now()
    with CaptureQueriesContext(connection) as found:
        fan_out(at)
    framing = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(1 for each in found.captured_queries if not each["sql"].startswith(framing))


def measure(mails: int) -> dict[str, Any]:
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,))
    server.start()
    there.close()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", here.recv()
    users = people()
    subjects = issues(users)
    bare(WARM_UP, users)
    ours(WARM_UP, subjects)
    Mail.objects.all().delete()
    took_bare = bare(mails, users)
    took, announced = ours(mails, subjects)
    here.send("enough")
    accepted = here.recv() - 2 * WARM_UP
    server.join()
    return {
        "ours": took,
        "announced": announced,
        "bare": took_bare,
        "accepted": accepted,
        "statements": statements(subjects[0], users),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
