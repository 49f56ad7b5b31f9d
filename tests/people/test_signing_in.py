import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from emdesk.people.models import Role
from tests.people.people import PASSWORD, is_in, make_user, sign_in, signed_in

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/board/?em=3"}


def test_people_come_in_by_address_and_password(client):
    response = sign_in(client, make_user(Role.EM))

    assert response.headers["Location"] == "/"
    assert is_in(client)


def test_the_address_may_be_written_in_capitals(client):
    user = make_user(email="ana@example.com")

    client.post(reverse("account_login"), {"login": "ANA@example.com", "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("login", ["ana@example.com", "nobody@example.com"])
def test_a_wrong_password_and_a_wrong_address_look_the_same(client, login):
    make_user(email="ana@example.com")

    page = client.post(reverse("account_login"), {"login": login, "password": "wrong"})

    assert "E-mail and password do not match." in page.content.decode()


def test_an_account_that_is_switched_off_stays_outside(client):
    sign_in(client, make_user(Role.EM, is_active=False))

    assert not is_in(client)


@pytest.mark.parametrize("name", ["account_signup", "account_email", "socialaccount_signup"])
def test_there_is_no_door_for_strangers(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_one_comes_back_to_where_one_was_going(client):
    user = make_user()
    there = client.get(reverse("people:profile")).headers["Location"]

    response = client.post(there, {"login": user.email, "password": PASSWORD, "next": "/profile/"})

    assert response.headers["Location"] == "/profile/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_nobody_is_sent_to_another_site(client, elsewhere):
    user = make_user()

    response = client.post(
        reverse("account_login"), {"login": user.email, "password": PASSWORD, "next": elsewhere}
    )

    assert response.headers["Location"] == "/"


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client):
    response = client.get(reverse("people:profile"), headers=HTMX)

    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/account/login/?next=/board/%3Fem%3D3"


def test_signing_out_takes_a_post(client):
    user = make_user()
    sign_in(client, user)
    client.get(reverse("account_logout"))
    assert is_in(client)

    client.post(reverse("account_logout"))

    assert not is_in(client)


def link_in(message: mail.EmailMessage) -> str:
    found = re.search(r"https?://\S+/password/reset/\S+", message.body)
    assert found, message.body
    return urlsplit(found[0]).path


def test_a_newcomer_sets_a_password_by_mail_and_is_in(client):
    user = make_user(email="new@example.com")
    user.set_unusable_password()
    user.save()

    client.post(reverse("account_reset_password"), {"email": "new@example.com"})
    form = client.get(link_in(mail.outbox[0])).headers["Location"]
    client.post(form, {"password1": "a long new secret", "password2": "a long new secret"})

    assert is_in(client)
    assert sign_in(Client(), user, "a long new secret").status_code == 302


def test_a_reset_link_works_once(client):
    user = make_user()
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = link_in(mail.outbox[0])
    form = client.get(link).headers["Location"]
    client.post(form, {"password1": "a long new secret", "password2": "a long new secret"})

    page = Client().get(link)

    assert "This link was used already" in page.content.decode()


def test_asking_for_an_unknown_address_says_the_same_and_sends_nothing(client):
    response = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})

    assert response.headers["Location"] == reverse("account_reset_password_done")
    assert not mail.outbox


@pytest.mark.parametrize("weak", ["short", "password1234", "ana.silva@exa"])
def test_a_weak_password_is_refused(weak):
    user = make_user(email="ana.silva@example.com")
    change = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}

    signed_in(user).post(reverse("account_change_password"), change)

    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_changing_the_password_is_told_by_mail():
    user = make_user()
    new = "another long secret"

    signed_in(user).post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert [message.to for message in mail.outbox] == [[user.email]]
    assert mail.outbox[0].subject == "emdesk: Your password was changed"
