"""What goes out: the message itself, and to whom."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from emdesk.notifications.delivery import BATCH, deliver
from emdesk.notifications.handing_over import LEASE
from emdesk.notifications.models import Mail
from emdesk.notifications.posting import send_again
from emdesk.notifications.waits import FIRST
from emdesk.notifications.writing import letter, one_line
from emdesk.people.models import Role, User
from tests.factories import NOON, make_account, make_user
from tests.notifications.writing import notice_of_an_estimate, the_mail, write
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


def test_a_mail_that_had_to_wait_is_not_sent_to_who_may_not_see_it_any_more(server, ana):
    issue, _ = notice_of_an_estimate(ana)
    held = NOON + timedelta(hours=9)
    Mail.objects.update(next_at=held)
    issue.requester = None
    issue.save(update_fields=["requester"])

    deliver(held)

    assert server.taken == []
    assert the_mail().withdrawn_at


def test_another_copy_is_a_mail_of_its_own(server, ana):
    write(ana)
    deliver(NOON)
    admin = make_user(Role.ADMIN)
    send_again(the_mail(), by=admin, at=NOON)
    deliver(NOON)

    first, second = server.mails
    assert first["Message-ID"] != second["Message-ID"]
    assert first.get_content() == second.get_content()


def test_another_copy_goes_to_nobody_who_may_not_see_it_any_more(server, ana):
    issue, _ = notice_of_an_estimate(ana)
    deliver(NOON + timedelta(seconds=30))
    issue.requester = None
    issue.save(update_fields=["requester"])
    later = NOON + timedelta(days=1)
    send_again(the_mail(), by=make_user(Role.ADMIN), at=later)

    deliver(later)

    assert len(server.taken) == 1
    assert Mail.objects.latest("pk").withdrawn_at


@pytest.mark.parametrize("text", HOSTILE)
def test_one_line_is_one_line_without_steering_signs(text):
    assert len(one_line(text).splitlines()) == 1
    assert one_line(text).isprintable()


def test_names_of_any_script_stay_as_they_are():
    assert one_line("Ångfors  «Мир» 株式会社") == "Ångfors «Мир» 株式会社"
