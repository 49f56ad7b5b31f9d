"""Sessions: none survives what it should not, none is handed over, none grows old."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from emdesk.people import views
from emdesk.people.models import Role, User
from tests.people.codes import SET_UP, code_of, set_up, show_code
from tests.people.people import NOON, PASSWORD, is_in, make_user, report, sign_in, signed_in

pytestmark = pytest.mark.usefixtures("required", "no_waiting")
NEW = "another long secret"
LATER = timedelta(seconds=90)


def key_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def change_password(client: Client) -> None:
    said = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), said)


def fixed(client: Client) -> str:
    """The key an attacker planted in this browser before its owner signs in."""
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return session.session_key


def opens(key: str) -> bool:
    stranger = Client()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = key
    return SESSION_KEY in stranger.session and is_in(stranger)


def at_sign_in(user: User, client: Client) -> str:
    key = fixed(client)
    sign_in(client, user)
    return key


def at_second_factor(user: User, client: Client) -> str:
    secret = set_up(signed_in(user))
    key = fixed(client)
    sign_in(client, user)
    with time_machine.travel(NOON.now(NOON.tzinfo) + LATER):
        show_code(client, code_of(secret))
    return key


def at_set_up(user: User, client: Client) -> str:
    sign_in(client, user)
    key = key_of(client)
    set_up(client)
    return key


FIXATIONS = (at_sign_in, at_second_factor, at_set_up)


@pytest.mark.parametrize("moment", FIXATIONS)
def test_a_key_from_before_opens_nothing_after(moment):
    role = Role.EM if moment is at_sign_in else Role.LEGAL
    client = Client()

    key = moment(make_user(role), client)

    assert is_in(client)
    assert key_of(client) != key
    assert not opens(key)


def signs_out(user: User, client: Client) -> None:
    client.post(reverse("account_logout"))


def changes_password_elsewhere(user: User, client: Client) -> None:
    change_password(signed_in(user))


def changes_password_here(user: User, client: Client) -> None:
    change_password(client)


def gets_another_role(user: User, client: Client) -> None:
    user.change_roles([*user.roles, Role.EM_LEAD], by=None, at=NOON)


def gets_another_role_and_loses_it(user: User, client: Client) -> None:
    before = [*user.roles]
    gets_another_role(user, client)
    user.change_roles(before, by=None, at=NOON)


def is_switched_off(user: User, client: Client) -> None:
    user.deactivate(by=None, at=NOON)


def is_switched_off_and_on(user: User, client: Client) -> None:
    user.deactivate(by=None, at=NOON)
    user.reactivate(by=None, at=NOON)


def sets_up_a_second_factor_elsewhere(user: User, client: Client) -> None:
    set_up(signed_in(user))


STALE = (
    signs_out,
    changes_password_elsewhere,
    changes_password_here,
    gets_another_role,
    gets_another_role_and_loses_it,
    is_switched_off,
    is_switched_off_and_on,
    sets_up_a_second_factor_elsewhere,
)


@pytest.mark.parametrize("happening", STALE)
def test_a_key_opens_nothing_once_its_person(happening):
    user = make_user(Role.EM)
    client = signed_in(user)
    key = key_of(client)

    happening(user, client)

    assert not opens(key)


def test_the_one_who_changes_the_password_stays_in():
    client = signed_in(make_user(Role.EM))

    change_password(client)

    assert is_in(client)


def test_a_new_role_that_decides_asks_for_the_second_factor_at_once():
    user = make_user(Role.EM)
    client = signed_in(user)

    user.change_roles([Role.SIGNATORY], by=None, at=NOON)

    assert not is_in(client)
    sign_in(client, user)
    assert client.get(reverse("people:profile")).headers["Location"] == reverse(SET_UP)


def test_a_session_from_before_the_second_factor_signs_in_again():
    """Even one whose key the set-up had missed."""
    user = make_user(Role.LEGAL)
    early = signed_in(user)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "A" * 32})

    response = early.get(reverse("people:profile"))

    assert response.headers["Location"].startswith(reverse("account_login"))
    assert SESSION_KEY not in early.session


def test_a_day_is_over_after_eight_hours_whatever_one_does():
    with time_machine.travel(NOON) as clock:
        client = signed_in(make_user(Role.EM))
        for _ in range(31):
            clock.shift(timedelta(minutes=15))
            assert is_in(client)

        clock.shift(timedelta(minutes=20))

        assert not is_in(client)


def test_a_screen_left_alone_for_half_an_hour_closes_for_those_who_decide():
    with time_machine.travel(NOON) as clock:
        decides, other = signed_in(make_user(Role.LEGAL)), signed_in(make_user(Role.EM))
        set_up(decides)
        assert is_in(decides)
        clock.shift(timedelta(minutes=29))
        assert is_in(decides)
        assert is_in(other)

        clock.shift(timedelta(minutes=31))

        assert not is_in(decides)
        assert is_in(other)


def test_a_page_that_asks_by_itself_is_no_sign_of_a_person(monkeypatch):
    monkeypatch.setattr(views.profile, "unattended", True, raising=False)
    with time_machine.travel(NOON) as clock:
        client = signed_in(make_user(Role.LEGAL))
        set_up(client)
        client.get(reverse("mfa_index"))
        for _ in range(29):
            clock.shift(timedelta(minutes=1))
            assert is_in(client)

        clock.shift(timedelta(minutes=2))

        assert not is_in(client)


def test_the_figures_of_sessions():
    accepted = 0
    for moment in FIXATIONS:
        accepted += opens(moment(make_user(Role.LEGAL), Client()))
    for happening in STALE:
        user = make_user(Role.EM)
        client = signed_in(user)
        key = key_of(client)
        happening(user, client)
        accepted += opens(key)

    report("sessions", planted=len(FIXATIONS), stale=len(STALE), accepted=accepted)
    assert accepted == 0
