"""The door."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from playwright.sync_api import expect

from emdesk.people.models import Role
from tests.browser.conftest import PASSWORD, sign_in
from tests.people.codes import code_of


def show_password(page, user, password=PASSWORD):
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def show_code(page, code, button):
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name=button, exact=True).click()


def test_signing_in_opens_my_day(visit, amara):
    page = visit("/account/login/")

    sign_in(page, amara)

    expect(page.get_by_role("heading", level=1)).to_have_text("My day")
    expect(page).to_have_title("My day · emdesk")


def test_one_comes_back_to_where_one_was_going(visit, amara):
    page = visit("/board/?view=team")
    show_password(page, amara)

    expect(page).to_have_url(re.compile(r"/board/\?view=team$"))


def test_a_wrong_password_is_said_plainly(visit, amara):
    page = visit("/account/login/")
    show_password(page, amara, "wrong")

    expect(page.locator("main")).to_contain_text("E-mail and password do not match.")


def test_signing_out_closes_the_door(visit, person):
    page = visit("/", person(9_010, "Omar Haddad", Role.EM))

    page.get_by_role("button", name="account of Omar Haddad").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/board/")

    expect(page).to_have_url(re.compile("/account/login/"))


def test_a_session_that_ended_sends_the_whole_board_to_the_door(visit, errors, person):
    errors.expect(401)
    omar = person(9_011, "Odile Marchand", Role.EM)
    page = visit("/board/?view=team", omar)
    omar.end_sessions()

    page.get_by_label("Filter by text").fill("anything")

    expect(page).to_have_url(re.compile(r"/account/login/\?next="))


@pytest.fixture
def paula(person):
    return person(9_012, "Paula Brandt", Role.PS_LEADERSHIP)


@pytest.fixture
def required(settings):
    settings.MFA_REQUIRED = True


def test_who_decides_sets_up_a_second_factor_and_comes_to_my_day(visit, required, paula):
    page = visit("/account/login/")
    show_password(page, paula)

    expect(page.get_by_role("heading", level=1)).to_have_text("Set up your second factor")
    picture = page.get_by_alt_text("Picture for your authenticator app")
    assert picture.evaluate("picture => picture.naturalWidth")
    show_code(page, code_of(page.locator("code").inner_text()), "Switch on")
    expect(page.locator(".codes code")).to_have_count(10)
    page.get_by_role("link", name="I have saved them").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("My day")


def test_afterwards_it_is_shown_at_each_sign_in(visit, required, paula):
    secret = generate_totp_secret()
    TOTP.activate(paula, secret)
    page = visit("/account/login/")
    show_password(page, paula)

    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor")
    show_code(page, "000000", "Sign in")
    expect(page.get_by_label("Code")).to_have_attribute("aria-invalid", "true")
    show_code(page, code_of(secret), "Sign in")

    expect(page.get_by_role("heading", level=1)).to_have_text("My day")
