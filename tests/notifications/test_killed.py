"""A sender that is killed outright, at each of the four moments that differ.

A process of its own takes up mails and ends itself by SIGKILL; the next one finishes the work.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from emdesk.notifications import handing_over
from emdesk.notifications.delivery import MailServer, deliver
from emdesk.notifications.handing_over import LEASE, Round
from emdesk.notifications.models import Mail
from emdesk.notifications.posting import post
from tests.factories import NOON, make_user
from tests.notifications.server import MailServer as Server
from tests.reports import report

pytestmark = pytest.mark.django_db(transaction=True)


def end_here(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after_claiming() -> None:
    MailServer.reach = end_here  # type: ignore[method-assign, assignment]


def while_sending() -> None:
    MailServer.send = end_here  # type: ignore[method-assign, assignment]


def after_the_answer() -> None:
    begin = handing_over.pass_on
    handing_over.pass_on = lambda taken, *more: end_here() if taken else begin(taken, *more)


def after_the_mark() -> None:
    Round._give_back = end_here  # type: ignore[method-assign, assignment]  # noqa: SLF001


MOMENTS = {
    "after claiming": after_claiming,
    "while sending": while_sending,
    "between answer and mark": after_the_answer,
    "after the mark": after_the_mark,
}


def killed(arm: Callable[[], None]) -> None:
    """One look of a sender that is killed; its connections are its own."""
    pid = os.fork()
    if pid == 0:
        try:
            for connection in connections.all():
                connection.connection = None
            arm()
            deliver(NOON)
        finally:
            os._exit(3)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status)


@pytest.mark.parametrize("rounds", [10, pytest.param(150, marks=pytest.mark.chaos)])
@pytest.mark.parametrize("moment", MOMENTS)
def test_who_is_killed_at_a_named_moment_loses_nothing_and_doubles_only_when_flagged(
    server: Server, moment: str, rounds: int
) -> None:
    to = make_user(email="ana@example.com")
    for number in range(rounds):
        post(f"m{number}", "test", to, f"Mail {number}", "Hello.", at=NOON)
        killed(MOMENTS[moment])
        deliver(NOON + LEASE + timedelta(seconds=5))

    arrived = Counter(mail["Message-ID"] for mail in server.mails)
    mails = {mail.message_id: mail for mail in Mail.objects.all()}
    lost = [key for key in mails if not arrived[key]]
    doubled = {key for key, times in arrived.items() if times > 1}
    flagged = {key for key, mail in mails.items() if mail.unknown_outcomes}
    report(
        "notifications",
        f"killed {moment}, {rounds} times",
        mails=rounds,
        lost=len(lost),
        doubled=len(doubled),
        flagged=len(flagged),
        doubled_but_not_flagged=len(doubled - flagged),
    )
    assert (lost, doubled - flagged) == ([], set())
    assert all(mail.sent_at for mail in mails.values())
    expected = {"between answer and mark": (rounds, rounds), "while sending": (0, rounds)}
    assert (len(doubled), len(flagged)) == expected.get(moment, (0, 0))
