"""Handing mails over: what goes out, what is tried again, and what a dead sender leaves."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from django.db import connection

from emdesk.ledger.models import Dispatch, Heartbeat
from emdesk.ledger.recording import record
from emdesk.notifications import delivery
from emdesk.notifications.delivery import BATCH, LEASE, claim, deliver
from emdesk.notifications.fanning import announce
from emdesk.notifications.models import Mail, Notification
from emdesk.notifications.posting import post, send_again
from emdesk.notifications.waits import FIRST, LONGEST, LONGEST_OUTAGE, TRIES
from emdesk.notifications.writing import letter, one_line
from emdesk.people.models import Role, User
from scoping.states import State
from tests.factories import NOON, make_account, make_ready_issue, make_user
from tests.notifications.server import HANG_UP, STALL
from tests.own_desk import free_port
from tests.reports import report

pytestmark = pytest.mark.django_db
HOSTILE = [
    "a\r\nBcc: evil@example.com",
    "b\nX: y",
    "c\u2028Bcc: e@x",
    "d\x85\x0b\x1c\x0ce",
    "\u202ef",
]
ALLOWED = {
    *("Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID"),
    *("X-Emdesk-Attempt", "In-Reply-To", "References", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "Auto-Submitted"),
}


@pytest.fixture
def ana():
    return make_user(Role.ACCOUNT_TEAM, name="Ana Reyes", email="ana@example.com")


def write(to: User, count: int = 1, **more: Any) -> list[Mail]:
    mails = [
        post(
            f"{to.pk}:{number}:{more.get('at', NOON)}",
            "test",
            to,
            f"Mail {number}",
            "Hello.",
            at=NOON,
        )
        for number in range(count)
    ]
    if more:
        Mail.objects.filter(pk__in=[mail.pk for mail in mails]).update(**more)
    return mails


def the_mail() -> Mail:
    return Mail.objects.get()


def notice_of_an_estimate(ana, **fields):
    issue = make_ready_issue(State.STRAWMAN_WIP, requester=ana, **fields)
    Dispatch.objects.all().delete()
    states = {"before": "strawman_wip", "after": "estimate_feedback"}
    event = record(issue, "scoping.send_estimate", by=issue.engagement_manager, at=NOON, **states)
    announce([event], NOON)
    return issue, event


# What goes out.


def test_a_notice_has_two_parts_one_recipient_its_thread_and_a_way_out(server, ana):
    issue, _ = notice_of_an_estimate(ana)

    assert deliver(NOON + timedelta(minutes=1)) == 1

    (mail,) = server.mails
    assert server.addresses == ["ana@example.com"]
    plain, html = mail.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "Hello Ana Reyes," in plain.get_content()
    assert f'href="http://127.0.0.1:8000/issues/{issue.pk}/"' in html.get_content()
    thread = f"<scoping.scopingissue.{issue.pk}@localhost>"
    assert mail["References"] == mail["In-Reply-To"] == thread
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith("<http://127.0.0.1:8000/inbox/unsubscribe/")
    assert mail["X-Emdesk-Attempt"] == "1"
    assert parsedate_to_datetime(mail["Date"]) == the_mail().leaves_at.replace(microsecond=0)


def test_what_the_page_shows_is_what_was_sent_byte_for_byte(server, ana):
    notice_of_an_estimate(ana)
    deliver(NOON + timedelta(minutes=1))

    ((_, sent),) = server.taken
    shown = letter(the_mail()).message().as_bytes(linesep="\r\n")
    assert sent.rstrip() == shown.rstrip()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_field_reaches_the_headers_of_a_mail(server, text):
    ana = make_user(Role.ACCOUNT_TEAM, name=f"Ana {text}")
    em = make_user(name=f"Maya {text}")
    issue, _ = notice_of_an_estimate(
        ana, title=text, account=make_account(name=text), engagement_manager=em
    )

    assert deliver(NOON + timedelta(minutes=1)) == 1

    (mail,) = server.mails
    assert set(mail.keys()) <= ALLOWED
    assert server.addresses == [ana.email]
    assert len(str(mail["Subject"]).splitlines()) == 1
    assert mail["Subject"] == f"{issue.reference} {one_line(text)}: the estimate is ready"
    report("notifications", "header injection", fields=4, texts=len(HOSTILE), injected=0)


def test_one_connection_carries_a_batch(server, ana):
    write(ana, BATCH)

    assert deliver(NOON) == BATCH

    assert (len(server.taken), server.connections) == (BATCH, 1)


def test_a_mail_leaves_no_sooner_than_it_may_and_once(server, ana):
    write(ana, next_at=NOON + FIRST)

    assert [deliver(NOON), deliver(NOON + FIRST), deliver(NOON + LEASE * 9)] == [0, 1, 0]
    assert len(server.taken) == 1


def test_who_has_left_since_is_written_no_more(server, ana):
    write(ana)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    deliver(NOON)

    assert (server.taken, the_mail().withdrawn_at is None) == ([], False)


def test_a_mail_held_overnight_is_not_sent_to_who_may_not_see_it_any_more(server, ana):
    issue, _ = notice_of_an_estimate(ana)
    held = NOON + timedelta(hours=9)
    Mail.objects.update(leaves_at=held, next_at=held)
    issue.requester = None
    issue.save(update_fields=["requester"])

    deliver(held)

    assert server.taken == []
    assert the_mail().withdrawn_at


def test_every_pass_gives_a_sign_of_life(ana):
    deliver(NOON)
    assert Heartbeat.objects.get(role="mail").at == NOON


# What is tried again.


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
    monkeypatch.setattr(delivery, "ENOUGH", timedelta(0))
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


# What a dead sender leaves: the four moments it can die at.


class Killed(BaseException):
    """The process ends here, as by SIGKILL: nothing after it runs."""


def die(*_: Any, **__: Any) -> None:
    raise Killed


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
    claim(NOON)

    assert deliver(NOON + LEASE / 2) == 0
    assert deliver(NOON + LEASE) == 1
    assert settled_of(server) == (1, 0, True)
    assert server.mails[0]["X-Emdesk-Attempt"] == "1"


def test_one_who_dies_before_the_server_took_it_doubles_nothing_and_is_flagged(
    server, ana, monkeypatch
):
    write(ana)
    died(server, NOON, monkeypatch, delivery.Line, "send", die)

    deliver(the_mail().next_at)

    assert settled_of(server) == (1, 1, True)


def test_one_who_dies_between_the_answer_and_the_mark_doubles_and_is_flagged(
    server, ana, monkeypatch
):
    write(ana)
    died(server, NOON, monkeypatch, delivery, "settle", die)

    deliver(the_mail().next_at)

    assert settled_of(server) == (2, 1, True)
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_one_who_dies_after_the_mark_doubles_nothing(server, ana, monkeypatch):
    write(ana)
    died(server, NOON, monkeypatch, delivery._Round, "_give_back", die)  # noqa: SLF001

    assert deliver(NOON + LEASE * 9) == 0
    assert settled_of(server) == (1, 0, True)


def test_senders_that_die_every_time_end_too(server, ana, monkeypatch):
    write(ana)
    for _ in range(TRIES):
        died(server, the_mail().next_at, monkeypatch, delivery.Line, "send", die)

    deliver(the_mail().next_at)

    assert the_mail().dead_at
    assert the_mail().last_error == "Its senders ended without an answer"
    assert server.taken == []


def test_who_holds_a_mail_no_more_cannot_mark_it(server, ana):
    write(ana)
    (stale,) = claim(NOON)
    (fresh,) = claim(NOON + LEASE)

    assert not delivery.settle(stale, stale.token, NOON, sent_at=NOON)
    assert delivery.settle(fresh, fresh.token, NOON, sent_at=NOON)


# Once more, by hand.


def test_another_copy_is_a_mail_of_its_own(server, ana):
    write(ana)
    deliver(NOON)
    admin = make_user(Role.ADMIN)
    send_again(the_mail(), by=admin, at=NOON)
    deliver(NOON)

    first, second = server.mails
    assert first["Message-ID"] != second["Message-ID"]
    assert first.get_content() == second.get_content()


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
