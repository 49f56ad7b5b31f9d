"""Mail as it was sent, and how delivery is doing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from emdesk.clock import database_now
from emdesk.ledger.models import Dispatch, Event, Heartbeat
from emdesk.ledger.recording import record
from emdesk.notifications.delivery import deliver
from emdesk.notifications.models import Mail
from emdesk.notifications.posting import post
from emdesk.people.models import Role
from tests.factories import NOON, make_user
from tests.notifications.browsing import browser, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(em, told_of_all):
    return browser(em)


@pytest.fixture
def mail(em):
    return post("one", "test", em, "To Maya", "Only for Maya.", at=NOON)


@pytest.fixture
def sent(mail):
    Mail.objects.update(sent_at=NOON)
    return mail


def test_everybody_reads_the_mail_they_got_and_nobody_elses(em, client, sent):
    mail = sent
    assert "Only for Maya." in page_of(client, f"/mailbox/{mail.pk}/")
    assert "To Maya" in page_of(client, "/mailbox/")

    other = browser(make_user())
    assert "To Maya" not in page_of(other, "/mailbox/")
    for address in (f"/mailbox/{mail.pk}/", f"/mailbox/{mail.pk}/source/"):
        assert other.get(address).status_code == 404
    assert other.post(f"/mailbox/{mail.pk}/resend/").status_code == 404


def test_what_has_not_left_is_shown_to_administrators_alone(client, mail):
    assert "To Maya" not in page_of(client, "/mailbox/")
    assert client.get(f"/mailbox/{mail.pk}/").status_code == 404
    assert "To Maya" in page_of(browser(make_user(Role.ADMIN)), "/mailbox/?show=waiting")


def test_what_may_have_arrived_twice_can_be_looked_up(mail):
    admin = browser(make_user(Role.ADMIN))
    assert "To Maya" not in page_of(admin, "/mailbox/?show=doubled")
    Mail.objects.update(unknown_outcomes=1)
    assert "To Maya" in page_of(admin, "/mailbox/?show=doubled")


def test_an_administrator_sees_every_mail_as_it_was_sent_and_sends_it_once_more(client, sent):
    mail = sent
    admin = browser(make_user(Role.ADMIN))
    assert "Only for Maya." in page_of(admin, f"/mailbox/{mail.pk}/")
    assert client.post(f"/mailbox/{mail.pk}/resend/").status_code == 403
    assert admin.post(f"/mailbox/{mail.pk}/resend/").status_code == 302

    first, second = Mail.objects.order_by("pk")
    assert (first.text, first.address) == (second.text, second.address)
    assert Event.objects.filter(verb="notifications.resent").count() == 1


def test_the_source_is_the_message_that_goes_out(server, client, mail):
    deliver(NOON)

    response = client.get(f"/mailbox/{mail.pk}/source/")
    assert response["Content-Type"] == "message/rfc822"
    ((_, sent),) = server.taken
    assert response.content.rstrip() == sent.rstrip()


def test_a_desk_without_a_mail_server_delivers_to_the_page(settings, client, mail, tmp_path):
    settings.EMAIL_BACKEND = "emdesk.notifications.mailbox.Backend"
    settings.EMAIL_FILE_PATH = tmp_path
    assert deliver(NOON) == 1

    assert "sent 2 Mar" in page_of(client, "/mailbox/")
    assert list(tmp_path.iterdir()) == []


# Health.


def test_ready_turns_red_when_what_is_due_waits_longer_than_five_minutes(em, mail):
    at = database_now()
    for minutes, status in ((4, 200), (6, 503)):
        Mail.objects.update(next_at=at - timedelta(minutes=minutes))
        response = Client().get("/healthz/ready")
        assert response.status_code == status
        assert response.json()["ready"] == (status == 200)
    assert 360 <= response.json()["seconds"]["Oldest mail to send"] < 400


def test_ready_turns_red_when_nobody_announces(em):
    Dispatch.objects.all().delete()
    record(em, "people.amended", by=em, at=NOON, fields=[])
    Dispatch.objects.update(next_at=database_now() - timedelta(minutes=6))

    assert Client().get("/healthz/ready").status_code == 503
    Dispatch.objects.update(dead_at=NOON)
    response = Client().get("/healthz/ready")
    assert (response.status_code, response.json()["not delivered"]) == (200, 1)


@pytest.mark.parametrize("role", ["notices", "mail"])
def test_ready_turns_red_when_nobody_announces_or_sends_for_a_minute(role):
    for seconds, status in ((50, 200), (70, 503)):
        Heartbeat.objects.beat(role, database_now() - timedelta(seconds=seconds))
        assert Client().get("/healthz/ready").status_code == status


def test_what_waits_for_its_time_is_well(em, mail):
    Mail.objects.update(next_at=database_now() + timedelta(hours=9))
    assert Client().get("/healthz/ready").status_code == 200


def test_the_health_page_names_what_is_silent_and_what_was_not_delivered(em, mail):
    Heartbeat.objects.beat("mail", database_now() - timedelta(minutes=3))
    Mail.objects.update(dead_at=NOON, last_error="550 no such user")
    admin = browser(make_user(Role.ADMIN))

    page = page_of(admin, "/health/")

    assert "silent for too long" in page
    assert "550 no such user" in page
    assert browser(em).get("/health/").status_code == 403
