"""What a dead sender leaves: the four moments it can die at."""

from __future__ import annotations

from typing import Any

import pytest

from emdesk.notifications import handing_over
from emdesk.notifications.delivery import BATCH, MailServer, deliver
from emdesk.notifications.handing_over import LEASE, claim, pass_on
from emdesk.notifications.models import Mail
from emdesk.notifications.waits import TRIES
from tests.factories import NOON
from tests.notifications.writing import the_mail, write

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process ends here, as by SIGKILL: nothing after it runs."""


def die(*_: Any, **__: Any) -> None:
    raise Killed


def dies_when_one_is_taken(taken: Any, following: Any, at: Any) -> bool:
    if taken:
        raise Killed
    return pass_on(taken, following, at)


def died(server, at, monkeypatch, module, name, instead) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, name, instead)
        with pytest.raises(Killed):
            deliver(at)


def settled_of(server):
    found = the_mail()
    return len(server.taken), found.unknown_outcomes, found.sent_at is not None


def test_one_who_dies_after_claiming_doubles_nothing(server, ana, monkeypatch):
    write(ana)
    claim(Mail.objects.all(), NOON, BATCH)

    assert deliver(NOON + LEASE / 2) == 0
    assert deliver(NOON + LEASE) == 1
    assert settled_of(server) == (1, 0, True)
    assert server.mails[0]["X-Emdesk-Attempt"] == "1"


def test_one_who_dies_before_the_server_took_it_doubles_nothing_and_is_flagged(
    server, ana, monkeypatch
):
    write(ana)
    died(server, NOON, monkeypatch, MailServer, "send", die)

    deliver(the_mail().next_at)

    assert settled_of(server) == (1, 1, True)


def test_one_who_dies_between_the_answer_and_the_mark_doubles_and_is_flagged(
    server, ana, monkeypatch
):
    write(ana)
    died(server, NOON, monkeypatch, handing_over, "pass_on", dies_when_one_is_taken)

    deliver(the_mail().next_at)

    assert settled_of(server) == (2, 1, True)
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_one_who_dies_after_the_mark_doubles_nothing(server, ana, monkeypatch):
    write(ana)
    died(server, NOON, monkeypatch, handing_over.Round, "_give_back", die)

    assert deliver(NOON + LEASE * 9) == 0
    assert settled_of(server) == (1, 0, True)


def test_senders_that_die_every_time_end_too(server, ana, monkeypatch):
    write(ana)
    for _ in range(TRIES):
        died(server, the_mail().next_at, monkeypatch, MailServer, "send", die)

    deliver(the_mail().next_at)

    assert the_mail().dead_at
    assert the_mail().last_error == "Its senders ended without an answer"
    assert server.taken == []


def test_who_holds_a_mail_no_more_cannot_mark_it(server, ana):
    write(ana)
    (stale,) = claim(Mail.objects.all(), NOON, BATCH)
    (fresh,) = claim(Mail.objects.all(), NOON + LEASE, BATCH)

    assert not handing_over.settle(stale, dead_at=NOON)
    assert not pass_on(None, stale, NOON)
    assert pass_on(None, fresh, NOON)
    pass_on(stale, None, NOON)
    assert the_mail().waits
    pass_on(fresh, None, NOON)
    assert the_mail().sent_at
