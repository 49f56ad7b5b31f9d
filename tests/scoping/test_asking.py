"""Asking the requester: what goes out, when it cannot, and taking it back."""

from datetime import timedelta

import pytest

from emdesk.activity.sentences import what
from emdesk.ledger.models import Event
from emdesk.notifications.delivery import deliver
from emdesk.notifications.handing_over import claim, pass_on
from emdesk.notifications.models import Mail, Notification
from emdesk.notifications.writing import one_line
from emdesk.workflow import Refused
from scoping.facts import answer, set_status
from scoping.models import Question, Snooze
from scoping.states import EmStatus
from scoping.triage.asking import GRACE, ask, unanswered, withdraw
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

pytestmark = pytest.mark.django_db
LINK = "https://desk.example/issues/7/questions/"
HOSTILE = [
    "a\r\nBcc: evil@example.com",
    "b\nX: y",
    "c\u2028Bcc: e@x",
    "d\x85\x0b\x1c\x0ce",
    "\u202ef",
]


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

    assert deliver(LATER) == 1

    (mail,), recipients = server.mails, server.addresses
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
    assert not Mail.objects.exists()


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
    claim(Mail.objects.all(), LATER, 1)
    pass_on(None, Mail.objects.get(), LATER)

    with pytest.raises(Refused):
        withdraw(issue, by=em, at=LATER)


# Delivery: what is its own; the rest is tested where all mails are delivered.


def test_a_mail_that_comes_back_is_told_by_the_issue_which_is_back_in_the_queue(server, issue, em):
    asked(issue, em)
    server.recipient = lambda address: "550 no such user"

    deliver(LATER)

    event = Event.objects.about(issue).last()
    assert (event.verb, event.actor) == ("scoping.ask_failed", None)
    assert what(event).startswith("could not mail the questions to ana@example.com")
    assert queue(em, LATER).total == 1
    assert not Notification.objects.filter(kind="returned").exists()


# Header injection.


@pytest.mark.parametrize("text", HOSTILE)
def test_no_field_reaches_the_headers_of_the_mail(server, em, text):
    requester = make_user("account_team", name=f"Ana {text}")
    issue = make_issue(account=make_account(name=text), title=text, requester=requester)
    em.name = f"Maya {text}"
    em.save()

    ask(issue, [text], note=text, link=LINK, by=em, at=NOON)
    assert deliver(LATER) == 1

    (mail,), recipients = server.mails, server.addresses
    allowed = {
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version", "Subject", "From", "To"),
        *("Reply-To", "Date", "Message-ID", "X-Emdesk-Attempt"),
    }
    assert set(mail.keys()) <= allowed
    assert recipients == [requester.email]
    assert len(str(mail["Subject"]).splitlines()) == 1
    assert mail["Subject"] == f"PS-{issue.pk} {one_line(text)}: one open question"
