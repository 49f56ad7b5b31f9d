"""What to be told of, and leaving a kind of mail by the link in it."""

from __future__ import annotations

import pytest
from django.test import Client

from emdesk.ledger.models import Event
from emdesk.notifications.kinds import By
from emdesk.notifications.models import Mail, Preferences
from emdesk.notifications.writing import unsubscribe_token
from tests.notifications.browsing import browser, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(em, told_of_all):
    return browser(em)


def matrix(client, **changed):
    form = client.get("/inbox/settings/").context["form"]
    said = {}
    for field in form:
        value = field.value()
        if value not in (False, None):
            said[field.html_name] = value if value is not True else "on"
    return client.post("/inbox/settings/", said | changed)


def test_a_choice_is_kept_told_to_the_ledger_and_followed(em, client):
    assert matrix(client, **{"mail-ready": By.NEVER, "digest_hour": "6"}).status_code == 302

    found = Preferences.objects.get(user=em)
    assert (found.digest_hour, found.wishes) == (6, {"ready": {"inbox": True, "mail": "never"}})
    assert Event.objects.filter(verb="notifications.chosen").count() == 1
    tell(em)
    assert not Mail.objects.exists()


def test_half_of_quiet_hours_is_refused(client):
    response = matrix(client, quiet_from="")
    assert response.status_code == 422
    assert "Say both when quiet hours begin" in response.content.decode()


def test_a_broken_promise_cannot_be_kept_out_of_the_inbox(em, client):
    response = matrix(client)
    form = response.wsgi_request and client.get("/inbox/settings/").context["form"]
    assert form.fields["inbox-breached"].disabled


def test_a_test_mail_leaves_for_oneself(em, client):
    client.post("/inbox/settings/test/")
    assert Mail.objects.get().address == em.email


def test_the_link_in_a_mail_stops_its_kind_after_a_post_and_no_other(em):
    address = f"/inbox/unsubscribe/{unsubscribe_token(em, 'ready')}/"
    stranger = Client()
    assert "Stop mail of the kind" in stranger.get(address).content.decode()
    assert not Preferences.objects.exists()

    assert (
        "no more mail" in stranger.post(address, {"List-Unsubscribe": "One-Click"}).content.decode()
    )
    assert Preferences.objects.get(user=em).wishes == {"ready": {"mail": "never"}}
    stranger.post(address)
    assert Event.objects.filter(verb="notifications.chosen").count() == 1


def test_a_forged_link_is_nothing(em):
    token = unsubscribe_token(em, "ready")
    for forged in (token[:-2], "x", unsubscribe_token(em, "nothing"), token.swapcase()):
        assert Client().post(f"/inbox/unsubscribe/{forged}/").status_code == 404
    assert not Preferences.objects.exists()
