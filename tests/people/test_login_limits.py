"""Guessing passwords: how few guesses count, and how little the owner of an account suffers."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from emdesk.people.known_browser import COOKIE
from emdesk.people.models import Role
from tests.people.codes import set_up, show_code
from tests.people.people import NOON, PASSWORD, is_in, make_user, report, sign_in, signed_in

PER_ACCOUNT, PER_ADDRESS = 10, 30
TRIED, REFUSED, TOLD_OFF = "tried", "refused", "told off"


@pytest.fixture(autouse=True)
def standing_clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def guesses(pytestconfig: pytest.Config) -> range:
    """More than any limit lets through; ten times as many in the campaign."""
    return range(1_000 if pytestconfig.getoption("--full") else 100)


def address(number: int) -> str:
    return f"198.51.{number // 250}.{number % 250 + 1}"


def guess(email: str, ip: str = "192.0.2.7", client: Client | None = None, **extra) -> str:
    """Whether a wrong password was looked at, and if not, how it was turned away."""
    said = {"login": email, "password": "a wrong password"}
    extra |= {"REMOTE_ADDR": ip}
    response = (client or Client()).post(reverse("account_login"), said, **extra)
    if response.status_code == 429:
        return TOLD_OFF
    page = response.content.decode()
    return TRIED if "do not match" in page else REFUSED


def hammer(email: str) -> None:
    for number in range(PER_ACCOUNT):
        assert guess(email, address(number)) == TRIED
    assert guess(email, address(99)) == REFUSED


def test_one_address_guessing_one_account_gets_few_guesses(guesses):
    victim, seen = make_user(), Counter()
    for _ in guesses:
        seen[guess(victim.email)] += 1

    report("one address, one account", guesses=len(guesses), accepted=seen[TRIED])
    assert seen[TRIED] == PER_ACCOUNT


@pytest.mark.full
def test_many_addresses_guessing_one_account_get_no_more(guesses):
    victim, seen = make_user(), Counter()
    for number in guesses:
        seen[guess(victim.email, address(number % 200))] += 1

    report("200 addresses, one account", guesses=len(guesses), accepted=seen[TRIED])
    assert seen[TRIED] == PER_ACCOUNT


def test_one_address_guessing_many_accounts_gets_few_guesses(guesses):
    victims, seen = [make_user().email for _ in range(200)], Counter()
    for number in guesses:
        seen[guess(victims[number % 200])] += 1

    report("one address, 200 accounts", guesses=len(guesses), accepted=seen[TRIED])
    assert seen[TRIED] == PER_ADDRESS


def test_the_right_password_does_not_help_who_guessed_too_often(client):
    victim = make_user()
    hammer(victim.email)

    sign_in(client, victim)

    assert not is_in(client)


def test_the_owner_comes_in_from_a_known_browser_while_a_stranger_hammers():
    victim = make_user()
    own = signed_in(victim)
    own.post(reverse("account_logout"))
    hammer(victim.email)

    sign_in(own, victim)

    assert is_in(own)


def test_a_new_browser_waits_a_quarter_of_an_hour_once_the_stranger_stops(standing_clock):
    victim, own, minutes = make_user(), Client(), 0
    hammer(victim.email)
    while not is_in(own):
        standing_clock.shift(timedelta(minutes=1))
        minutes += 1
        sign_in(own, victim)

    report("lock-out of the owner", known_browser_minutes=0, new_browser_minutes=minutes)
    assert minutes <= 15


def test_a_link_by_mail_lets_a_new_browser_in_while_a_stranger_hammers(client):
    victim = make_user()
    hammer(victim.email)
    client.post(reverse("account_reset_password"), {"email": victim.email})
    found = re.search(r"https?://\S+/password/reset/\S+", mail.outbox[0].body)
    form = client.get(urlsplit(found[0]).path).headers["Location"]

    client.post(form, {"password1": "a long new secret", "password2": "a long new secret"})

    assert is_in(client)
    client.post(reverse("account_logout"))
    sign_in(client, victim, "a long new secret")
    assert is_in(client)


def test_a_known_browser_has_few_guesses_too():
    victim = make_user()
    stolen = signed_in(victim)
    stolen.post(reverse("account_logout"))

    seen = Counter(guess(victim.email, client=stolen) for _ in range(40))

    assert seen[TRIED] == PER_ACCOUNT


def test_a_browser_known_for_another_person_counts_as_unknown():
    victim, insider = make_user(), make_user()
    own = signed_in(insider)
    own.post(reverse("account_logout"))
    hammer(victim.email)

    assert guess(victim.email, client=own) == REFUSED


def test_a_made_up_browser_counts_as_unknown():
    victim = make_user()
    hammer(victim.email)
    forger = Client()
    forger.cookies[COOKIE] = "known:1abcde:signature"

    assert guess(victim.email, client=forger) == REFUSED


def test_a_success_in_between_does_not_give_new_guesses():
    victim, insider = make_user(), make_user()
    for _ in range(3):
        assert guess(victim.email) == TRIED
        assert sign_in(Client(), insider, REMOTE_ADDR="192.0.2.7").status_code == 302

    seen = Counter(guess(victim.email) for _ in range(PER_ACCOUNT))

    assert seen[TRIED] == PER_ACCOUNT - 3


def test_writing_the_address_differently_gives_no_new_guesses():
    victim = make_user(email="ana@example.com")
    hammer(victim.email)

    assert guess("ANA@Example.com", address(100)) == REFUSED


def test_nobody_chooses_the_address_they_are_counted_by():
    victim = make_user()

    seen = Counter(
        guess(f"x{number}@example.com", HTTP_X_FORWARDED_FOR=address(number))
        for number in range(PER_ADDRESS + 5)
    )

    assert seen[TRIED] == PER_ADDRESS
    assert guess(victim.email) == REFUSED


def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    seen = Counter(
        guess(
            f"x{number}@example.com",
            ip="10.0.0.1",
            HTTP_X_FORWARDED_FOR=f"{address(number)}, 203.0.113.9",
        )
        for number in range(PER_ADDRESS + 5)
    )

    assert seen[TRIED] == PER_ADDRESS
    assert guess("y@example.com", "10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.10") == TRIED


def test_a_mailbox_is_not_flooded_with_links():
    victim = make_user()
    for number in range(40):
        said = {"email": victim.email}
        Client().post(reverse("account_reset_password"), said, REMOTE_ADDR=address(number))

    assert len(mail.outbox) == 5


def test_codes_cannot_be_guessed_either(monkeypatch, guesses):
    monkeypatch.setattr("django.db.transaction.on_commit", lambda happen, **_: happen())
    victim = make_user(Role.LEGAL)
    set_up(signed_in(victim))
    thief = Client()
    sign_in(thief, victim)

    pages = [show_code(thief, f"{number:06}").content.decode() for number in guesses]

    tried = sum("too old" in page for page in pages)
    report("second factor", guesses=len(pages), accepted=tried)
    assert tried == PER_ACCOUNT


def test_the_administration_has_no_door_of_its_own(client):
    admin = make_user(Role.ADMIN)

    for address in ("/admin/login/?next=/admin/", "/admin/"):
        assert client.get(address).headers["Location"].startswith(reverse("account_login"))
    guess = client.post("/admin/login/", {"username": admin.email, "password": PASSWORD})
    assert guess.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert not is_in(client)
