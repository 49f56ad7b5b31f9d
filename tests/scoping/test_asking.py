"""Asking the requester: what goes out, when it cannot, and that no mail is lost or doubled."""

import threading
import time
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.db import connection

from emdesk.activity.sentences import what
from emdesk.ledger.models import Event
from emdesk.workflow import Refused
from scoping.facts import answer, set_status
from scoping.models import Inquiry, Question, Snooze
from scoping.states import EmStatus
from scoping.triage.asking import GRACE, ask, one_line, unanswered, withdraw
from scoping.triage.inquiries import LEASE, TRIES, claim, deliver
from scoping.triage.queue import queue
from tests.factories import (
    NOON,
    TODAY,
    again,
    make_account,
    make_issue,
    make_ready_issue,
    make_user,
)
from tests.own_desk import free_port, own_desk, until

pytestmark = pytest.mark.django_db
LINK = "https://desk.example/issues/7/questions/"
HOSTILE = [
    "a\r\nBcc: evil@example.com",
    "b\nX: y",
    "c\u2028Bcc: e@x",
    "d\x85\x0b\x1c\x0ce",
    "\u202ef",
]


class MailServer:
    """Takes mail, or answers as told."""

    def __init__(self):
        self.mails, self.answers = [], []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        said = self.answers.pop(0) if self.answers else "250 OK"
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((envelope.rcpt_tos, mail))
        return "250 OK"


@pytest.fixture
def server(settings):
    found = MailServer()
    controller = Controller(found, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield found
    controller.stop()


@pytest.fixture
def em():
    return make_user(name="Maya Okafor", email="maya@example.com")


@pytest.fixture
def issue():
    requester = make_user("account_team", name="Ana Reyes", email="ana@example.com")
    account = make_account(name="Borealis")
    return make_issue(requester=requester, account=account, title="Move it")


def asked(issue, em, *questions, **more):
    return ask(issue, questions or ("How many users?",), link=LINK, by=em, at=NOON, **more)


LATER = NOON + GRACE


# What goes out.


def test_the_mail_names_only_what_is_asked_with_a_link_and_replies_go_to_the_asker(
    server, issue, em
):
    asked(issue, em, "How many users?", "Which version?", note="By Friday, please.")

    assert deliver(LATER)

    ((recipients, mail),) = server.mails
    text = mail.get_content()
    assert recipients == ["ana@example.com"]
    assert mail["Subject"] == f"PS-{issue.pk} Borealis: 2 open questions"
    assert (mail["Reply-To"], mail["X-Emdesk-Attempt"]) == ("maya@example.com", "1")
    assert "- How many users?\n- Which version?\n" in text.replace("\r", "")
    for part in ("Hello Ana Reyes", "“Move it” for Borealis", "By Friday, please.", LINK):
        assert part in text
    assert text.rstrip().endswith("A reply to this mail goes to maya@example.com.")


def test_only_unanswered_questions_of_the_intake_are_offered_the_needed_ones_first(issue, em):
    known = Question.objects.filter(service="", required=True).first()
    answer(issue, known, text="Four", source="account_team", by=em, at=NOON)

    rows = unanswered(issue)

    keys = [row["key"] for row in rows]
    everything = Question.objects.filter(service="", at_intake=True).exclude(pk=known.pk)
    assert set(keys) == set(everything.values_list("key", flat=True))
    needed = [row["required"] for row in rows]
    assert needed == sorted(needed, reverse=True)


def test_asking_is_a_contact_in_the_ledger_and_the_account_teams_turn(issue, em):
    asked(issue, em, note="Soon")

    event = Event.objects.about(issue).last()
    assert (event.verb, event.actor, event.data["to"]) == ("scoping.asked", em, "Ana Reyes")
    assert (event.data["questions"], event.data["note"]) == (["How many users?"], "Soon")
    assert what(event) == "asked Ana Reyes: “How many users?”"
    found = again(issue)
    assert (found.em_status, found.waiting_on) == (EmStatus.WAITING, "account_team")


def test_an_asked_issue_leaves_the_queue_until_it_is_answered_or_its_day_comes(issue, em):
    asked(issue, em, until=TODAY + timedelta(days=3))
    assert queue(em, NOON).rows == []
    assert queue(em, NOON + timedelta(days=3)).total == 1

    question = Question.objects.filter(service="").first()
    answer(issue, question, text="Four", source="account_team", by=issue.requester, at=NOON)

    assert queue(em, NOON).total == 1


# When it cannot go out.


def test_without_a_requester_nobody_can_be_asked(em):
    with pytest.raises(Refused, match="Nobody is named as the requester"):
        asked(make_issue(), em)
    assert not Inquiry.objects.exists()


def test_who_has_left_is_not_written_to(issue, em):
    type(issue.requester).objects.filter(pk=issue.requester.pk).update(is_active=False)

    with pytest.raises(Refused, match="Ana Reyes is no longer here"):
        asked(again(issue), em)


def test_who_has_no_address_is_not_written_to(issue, em):
    type(issue.requester).objects.filter(pk=issue.requester.pk).update(email="")

    with pytest.raises(Refused, match="Ana Reyes has no address"):
        asked(again(issue), em)


@pytest.mark.parametrize("questions", [("",), (" \n\u2028 ",)])
def test_a_mail_without_a_question_is_refused(issue, em, questions):
    with pytest.raises(Refused, match="Choose at least one question"):
        asked(issue, em, *questions)


def test_only_what_waits_for_a_verdict_is_asked_about(em):
    with pytest.raises(Refused):
        asked(make_ready_issue(requester=make_user()), em)


# Taking it back.


def test_a_question_is_taken_back_while_its_mail_has_not_left(server, issue, em):
    asked(issue, em)

    withdraw(again(issue), by=em, at=NOON)

    assert not deliver(LATER)
    found = again(issue)
    assert (found.em_status, found.waiting_on, found.em_status_at) == ("", "", None)
    assert not Snooze.objects.exists()
    assert Event.objects.about(issue).last().verb == "scoping.ask_withdrawn"


def test_a_status_somebody_set_since_stays_when_the_question_is_taken_back(issue, em):
    asked(issue, em)
    set_status(issue, EmStatus.WAITING, by=em, at=NOON + timedelta(1), waiting_on="customer")

    withdraw(again(issue), by=em, at=NOON)

    assert again(issue).waiting_on == "customer"


def test_a_mail_that_left_is_not_taken_back(server, issue, em):
    asked(issue, em)
    deliver(LATER)

    with pytest.raises(Refused, match="The mail has left"):
        withdraw(issue, by=em, at=LATER)
    assert again(issue).em_status == EmStatus.WAITING


def test_a_mail_on_its_way_is_not_taken_back_nor_is_somebody_elses(issue, em):
    asked(issue, em)
    with pytest.raises(Refused):
        withdraw(issue, by=make_user(), at=NOON)
    claim(LATER)

    with pytest.raises(Refused):
        withdraw(issue, by=em, at=LATER)


# Delivery.


def test_a_mail_does_not_leave_before_it_may_and_leaves_once(server, issue, em):
    asked(issue, em)

    sent = [deliver(NOON), deliver(LATER), deliver(LATER + LEASE * 9)]

    assert sent == [False, True, False]
    assert len(server.mails) == 1


def test_a_busy_server_is_asked_again_later_and_each_time_later_still(server, issue, em):
    asked(issue, em)
    server.answers = ["451 later"] * 3

    at, pauses = LATER, []
    for _ in range(3):
        deliver(at)
        following = Inquiry.objects.get().next_at
        pauses.append(following - at)
        at = following
    deliver(at)

    assert pauses == [timedelta(seconds=30 * 2**n) for n in range(3)]
    ((_, mail),) = server.mails
    assert mail["X-Emdesk-Attempt"] == "4"


def test_after_eight_tries_it_is_parked_the_issue_says_so_and_is_back_in_the_queue(
    server, issue, em
):
    asked(issue, em)
    server.answers = ["451 later"] * 20

    tries = 0
    while Inquiry.objects.unsettled().exists():
        assert deliver(Inquiry.objects.get().next_at)
        tries += 1

    event = Event.objects.about(issue).last()
    assert tries == TRIES == 8
    assert (event.verb, event.actor) == ("scoping.ask_failed", None)
    assert what(event).startswith("could not mail the questions to ana@example.com")
    assert queue(em, LATER).total == 1
    assert not deliver(LATER + timedelta(days=9))


def test_an_address_that_is_refused_for_good_is_tried_once(server, issue, em):
    asked(issue, em)
    server.answers = ["550 no such user"]

    deliver(LATER)

    found = Inquiry.objects.get()
    assert (found.attempts, found.parked_at) == (1, LATER)
    assert "no such user" in found.last_error


def test_a_server_that_is_away_loses_nothing(settings, server, issue, em):
    asked(issue, em)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    deliver(LATER)
    settings.EMAIL_PORT = port

    deliver(Inquiry.objects.get().next_at)

    assert len(server.mails) == 1


def test_what_a_dead_sender_held_goes_out_again_as_the_same_mail(server, issue, em):
    asked(issue, em)
    first = claim(LATER)

    assert not deliver(LATER + LEASE / 2)
    assert deliver(LATER + LEASE)

    ((_, mail),) = server.mails
    assert (mail["Message-ID"], mail["X-Emdesk-Attempt"]) == (first.message_id, "2")


def test_senders_that_die_every_time_end_too(server, issue, em):
    asked(issue, em)
    for n in range(TRIES):
        assert claim(LATER + n * LEASE)

    assert deliver(LATER + TRIES * LEASE)

    assert Inquiry.objects.get().parked_at
    assert server.mails == []


def test_a_mail_nobody_can_build_does_not_stop_the_others(server, issue, em):
    asked(issue, em)
    Inquiry.objects.update(subject="a\nBcc: evil@example.com")
    ask(make_issue(requester=em), ["Why?"], link=LINK, by=em, at=NOON)

    assert [deliver(LATER), deliver(LATER), deliver(LATER)] == [True, True, False]

    ((recipients, _),) = server.mails
    assert recipients == ["maya@example.com"]


# Header injection.


@pytest.mark.parametrize("text", HOSTILE)
def test_no_field_reaches_the_headers_of_the_mail(server, em, text):
    requester = make_user("account_team", name=f"Ana {text}")
    issue = make_issue(account=make_account(name=text), title=text, requester=requester)
    em.name = f"Maya {text}"
    em.save()

    ask(issue, [text], note=text, link=LINK, by=em, at=NOON)
    assert deliver(LATER)

    ((recipients, mail),) = server.mails
    allowed = {
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version", "Subject", "From", "To"),
        *("Reply-To", "Date", "Message-ID", "X-Emdesk-Attempt"),
    }
    assert set(mail.keys()) <= allowed
    assert recipients == [requester.email]
    assert len(str(mail["Subject"]).splitlines()) == 1
    assert mail["Subject"] == f"PS-{issue.pk} {one_line(text)}: one open question"


@pytest.mark.parametrize("text", HOSTILE)
def test_one_line_is_one_line_without_steering_signs(text):
    assert len(one_line(text).splitlines()) == 1
    assert one_line(text).isprintable()


def test_names_of_any_script_stay_as_they_are():
    assert one_line("Ångfors  «Мир» 株式会社") == "Ångfors «Мир» 株式会社"


# With several at once, and a whole desk.


@pytest.mark.django_db(transaction=True)
def test_several_senders_at_once_send_each_mail_once(server, em):
    for _ in range(12):
        ask(make_issue(requester=em), ["Why?"], link=LINK, by=em, at=NOON)

    def send():
        while deliver(LATER):
            pass
        connection.close()

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    ids = [mail["Message-ID"] for _, mail in server.mails]
    assert (len(ids), len(set(ids))) == (12, 12)


ASK = """
from datetime import datetime, UTC
from django.utils.timezone import now
from emdesk.people.models import Role, User
from scoping.triage.asking import ask
from scoping.models import Account, ScopingIssue, Inquiry
em = User.objects.create_user("em@example.com", name="Em", roles=[Role.EM])
ana = User.objects.create_user("ana@example.com", name="Ana", roles=[Role.ACCOUNT_TEAM])
for n in range(3):
    issue = ScopingIssue.objects.open_issue(
        by=em, at=now(), account=Account.objects.create(name=f"A{n}"), title="T", requester=ana
    )
    ask(issue, ["Why?"], link="https://desk.example/", by=em, at=now())
print(Inquiry.objects.count())
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_what_was_asked_by_the_nudge_alone(server, settings):
    with own_desk(EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(settings.EMAIL_PORT)) as desk:
        assert desk.python(ASK) == 3
        with desk.worker():
            until(lambda: len(server.mails) >= 3)
            time.sleep(2)

    assert [recipients for recipients, _ in server.mails] == [["ana@example.com"]] * 3
