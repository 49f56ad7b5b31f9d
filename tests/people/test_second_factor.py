"""Who needs a second factor gets nowhere without one."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.people.second_factor import forget
from tests.people.codes import SET_UP, code_of, set_up, show_code
from tests.people.people import NOON, is_in, make_user, sign_in, signed_in

pytestmark = pytest.mark.usefixtures("required", "no_waiting")
DECIDE = {
    *("technical_architect", "delivery_manager", "ps_leadership", "legal", "signatory"),
    *("revenue", "deal_desk", "admin"),
}


@pytest.mark.parametrize("role", Role)
def test_those_who_decide_set_up_a_second_factor_before_anything_else(role):
    client = signed_in(make_user(role))

    response = client.get(reverse("people:profile"))

    if role.value in DECIDE:
        assert response.headers["Location"] == reverse(SET_UP)
    else:
        assert response.status_code == 200


def test_a_part_of_a_page_sends_the_whole_page_to_set_it_up():
    client = signed_in(make_user(Role.LEGAL))

    response = client.get(reverse("people:profile"), headers={"HX-Request": "true"})

    assert (response.status_code, response.headers["HX-Redirect"]) == (401, reverse(SET_UP))


def test_where_it_is_not_required_nobody_is_asked(settings):
    settings.MFA_REQUIRED = False

    assert is_in(signed_in(make_user(Role.LEGAL)))


def test_once_it_is_set_up_the_desk_opens():
    client = signed_in(make_user(Role.LEGAL))

    set_up(client)

    assert is_in(client)
    assert "shown this once" in client.get(reverse("mfa_view_recovery_codes")).content.decode()


def test_a_password_alone_no_longer_opens_it():
    user = make_user(Role.LEGAL)
    secret = set_up(signed_in(user))
    client = Client()

    response = sign_in(client, user)

    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    show_code(client, "000000")
    assert not is_in(client)
    with time_machine.travel(NOON):
        sign_in(client, user)
        show_code(client, code_of(secret))
        assert is_in(client)


def test_a_code_opens_the_desk_once():
    user = make_user(Role.LEGAL)
    secret = set_up(signed_in(user))
    first, second = Client(), Client()

    with time_machine.travel(NOON, tick=False):
        for client in (first, second):
            sign_in(client, user)
            show_code(client, code_of(secret))

        assert is_in(first)
        assert not is_in(second)


def test_a_recovery_code_opens_the_desk_once():
    user = make_user(Role.LEGAL)
    set_up(signed_in(user))
    codes = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    code = codes.wrap().get_unused_codes()[0]
    first, second = Client(), Client()

    for client in (first, second):
        sign_in(client, user)
        show_code(client, code)

    assert is_in(first)
    assert not is_in(second)


def test_who_needs_it_cannot_switch_it_off():
    user = make_user(Role.LEGAL)
    client = signed_in(user)
    set_up(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def test_an_administrator_can_make_the_desk_forget_a_lost_phone():
    user, admin = make_user(Role.LEGAL), make_user(Role.ADMIN)
    client = signed_in(user)
    set_up(client)

    forget(user, by=admin, at=NOON)

    assert not is_in(client)
    assert Event.objects.about(user).get().verb == "people.second_factor_forgotten"
    assert signed_in(user).get(reverse("people:profile")).headers["Location"] == reverse(SET_UP)


def test_setting_it_up_takes_a_password_given_lately():
    client = signed_in(make_user(Role.LEGAL))

    with time_machine.travel(NOON.now(NOON.tzinfo) + timedelta(minutes=6)):
        response = client.get(reverse(SET_UP))

    assert response.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_who_needs_none_may_have_one_and_drop_it():
    user = make_user(Role.EM)
    client = signed_in(user)
    set_up(client)
    elsewhere = Client()
    sign_in(elsewhere, user)

    client.post(reverse("mfa_deactivate_totp"))

    assert is_in(client)
    assert not Authenticator.objects.filter(user=user).exists()
    assert is_in(signed_in(user))
