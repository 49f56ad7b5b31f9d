"""Handing mails over: one connection, what is tried again, and what holds up no other."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from emdesk.notifications import handing_over
from emdesk.notifications.delivery import BATCH, deliver
from emdesk.notifications.models import Mail, Notification
from emdesk.notifications.waits import FIRST, LONGEST, LONGEST_OUTAGE, TRIES
from tests.factories import NOON, make_user
from tests.notifications.server import HANG_UP, STALL
from tests.notifications.writing import notice_of_an_estimate, the_mail, write
from tests.own_desk import free_port
from tests.reports import report

pytestmark = pytest.mark.django_db


def test_a_busy_server_is_asked_again_later_and_each_time_later_still(server, ana):
    write(ana)
    server.recipient = lambda address: "451 later"

    at, waits = NOON, []
    for _ in range(3):
        deliver(at)
        waits.append(the_mail().next_at - at)
        at = the_mail().next_at
    server.recipient = lambda address: "250 OK"
    deliver(at)

    for number, wait in enumerate(waits):
        assert FIRST * 2**number * 0.5 <= wait <= FIRST * 2**number * 1.5 + timedelta(seconds=3)
    assert server.mails[0]["X-Emdesk-Attempt"] == "4"
    assert the_mail().unknown_outcomes == 0


def test_no_wait_is_longer_than_an_hour_and_after_eight_tries_it_ends(server, ana):
    write(ana)
    server.recipient = lambda address: "451 later"

    at, tries = NOON, 0
    while the_mail().waits:
        deliver(at)
        assert the_mail().next_at - at <= LONGEST + timedelta(seconds=3)
        at = the_mail().next_at
        tries += 1

    assert tries == TRIES == 8
    assert "later" in the_mail().last_error
    assert deliver(at + timedelta(days=9)) == 0


@pytest.mark.parametrize("refuses", ["recipient", "data"])
def test_what_is_refused_for_good_is_tried_once_and_told_to_the_em(server, ana, refuses):
    issue, event = notice_of_an_estimate(ana)
    setattr(server, refuses, lambda address: "550 no such user")

    deliver(NOON + timedelta(minutes=1))
    deliver(NOON + timedelta(days=1))

    found = the_mail()
    assert (found.attempts, found.dead_at is None, found.unknown_outcomes) == (1, False, 0)
    (line,) = Notification.objects.filter(recipient=issue.engagement_manager)
    assert (line.kind, line.event, line.inbox) == ("returned", event, True)
    assert "ana@example.com came back" in line.because
    assert "no such user" in line.because


def test_one_refused_recipient_does_not_hold_up_the_others(server, ana):
    ben = make_user(email="ben@example.com")
    write(ana, 2)
    write(ben, 2)
    server.recipient = lambda address: "550 no" if address.startswith("ana") else "250 OK"

    deliver(NOON)

    assert server.addresses == ["ben@example.com"] * 2
    assert server.connections == 1


def test_a_server_that_is_away_counts_against_no_mail(server, ana, settings):
    write(ana, BATCH)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    at = NOON
    for _ in range(TRIES + 3):
        assert deliver(at) == 0
        at = max(Mail.objects.values_list("next_at", flat=True))
    assert set(Mail.objects.values_list("attempts", flat=True)) == {0}
    assert at - NOON < (TRIES + 3) * LONGEST_OUTAGE * 1.5 + timedelta(minutes=1)

    settings.EMAIL_PORT = port
    deliver(at)
    assert len(server.taken) == BATCH


def test_a_server_that_hangs_up_after_the_mail_may_have_it_and_the_next_copy_is_the_same(
    server, ana
):
    write(ana)
    server.data = lambda address: HANG_UP
    deliver(NOON)
    found = the_mail()
    assert (found.waits, found.unknown_outcomes) == (True, 1)

    server.data = lambda address: "250 OK"
    deliver(found.next_at)

    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"] == found.message_id
    assert [mail["X-Emdesk-Attempt"] for mail in (first, second)] == ["1", "2"]


def test_a_server_that_stalls_costs_its_own_mail_a_while_and_the_others_go_on(server, ana):
    ben = make_user(email="ben@example.com")
    write(ana)
    write(ben, 3)
    server.stall, server.data = 5, lambda to: STALL if to.startswith("ana") else "250 OK"

    began = time.monotonic()
    deliver(NOON)

    assert server.addresses.count("ben@example.com") == 3
    assert time.monotonic() - began < 5
    found = Mail.objects.get(recipient=ana)
    assert (found.unknown_outcomes, found.attempts, found.waits) == (1, 1, True)


def test_a_batch_that_takes_too_long_is_given_back(server, ana, monkeypatch):
    monkeypatch.setattr(handing_over, "ENOUGH", timedelta(0))
    write(ana, 5)

    assert deliver(NOON) == 0

    assert set(Mail.objects.values_list("token", "attempts")) == {(None, 0)}


# What a poison row does.


def test_rows_nobody_can_send_are_parked_and_all_others_are_sent(server, ana):
    write(ana, 150)
    bad = list(Mail.objects.order_by("pk").values_list("pk", flat=True)[::30])
    Mail.objects.filter(pk__in=bad).update(subject="a\nBcc: evil@example.com")

    at = NOON
    while due := Mail.objects.unsettled().order_by("next_at").first():
        at = max(at, due.next_at)
        deliver(at)

    dead = Mail.objects.dead()
    report(
        "notifications",
        "poison rows",
        mails=150,
        poisoned=5,
        sent=len(server.taken),
        parked=dead.count(),
    )
    assert sorted(dead.values_list("pk", flat=True)) == bad
    assert set(dead.values_list("attempts", flat=True)) == {TRIES}
    assert len(server.taken) == 145


# Several at once.


@pytest.mark.django_db(transaction=True)
def test_several_senders_at_once_send_each_mail_once(server, ana):
    write(ana, 120)

    def send():
        while deliver(NOON):
            pass
        connection.close()

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    ids = [mail["Message-ID"] for mail in server.mails]
    assert (len(ids), len(set(ids))) == (120, 120)
