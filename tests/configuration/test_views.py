"""The settings page: read by all, changed by a few, never without a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from emdesk.configuration.fiscal_year import first_month
from emdesk.configuration.models import Setting
from emdesk.configuration.values import set_value
from emdesk.people.models import Role
from tests.subject import make_user

PAGE = "/settings/"
KEY = "fiscal_first_month"
CHANGE = f"/settings/{KEY}/"
CHANGERS = {Role.EM_LEAD, Role.DIRECTOR, Role.ADMIN}


def client_of(*roles):
    client = Client()
    client.force_login(make_user(*roles))
    return client


def said(**fields):
    today = localdate().isoformat()
    return {"value": "4", "effective_from": today, "reason": "New owner"} | fields


@pytest.mark.django_db
def test_the_addresses_are_where_the_desk_expects_them():
    assert reverse("configuration:settings") == PAGE
    assert reverse("configuration:change", args=[KEY]) == CHANGE


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_everyone_signed_in_reads_and_a_few_change(role):
    client = client_of(role)

    page = client.get(PAGE)
    form, change = client.get(CHANGE), client.post(CHANGE, said())

    assertContains(page, "First month of the fiscal year")
    assertContains(page, "February")
    allowed = role in CHANGERS
    assert (CHANGE in page.content.decode()) == allowed
    assert (form.status_code, change.status_code) == ((200, 302) if allowed else (403, 403))
    assert Setting.objects.exists() == allowed


@pytest.mark.django_db
def test_nobody_reads_settings_without_signing_in():
    assert Client().get(PAGE).status_code == Client().get(CHANGE).status_code == 302


@pytest.mark.django_db
def test_a_change_is_kept_with_who_when_and_why():
    client = client_of(Role.DIRECTOR)

    assertRedirects(client.post(CHANGE, said()), PAGE)

    setting = Setting.objects.get()
    assert (setting.value, setting.reason) == (4, "New owner")
    assert first_month(localdate()) == 4
    page = client.get(PAGE)
    assertContains(page, "April")
    assertContains(page, f"set by {setting.set_by}")
    assertContains(page, "New owner")


@pytest.mark.django_db
def test_what_is_to_come_is_shown_beside_what_holds():
    client = client_of(Role.ADMIN)
    later = localdate() + timedelta(days=40)

    client.post(CHANGE, said(effective_from=later.isoformat(), value="7"))

    page = client.get(PAGE)
    assertContains(page, '<p class="setting-value">February</p>', html=True)
    assertContains(page, "setting-upcoming")
    assertContains(page, "<b>July</b>")


@pytest.mark.django_db
def test_a_corrected_day_shows_its_last_value_and_keeps_both_in_the_history():
    client = client_of(Role.ADMIN)
    later = (localdate() + timedelta(days=40)).isoformat()

    client.post(CHANGE, said(effective_from=later, value="7"))
    client.post(CHANGE, said(effective_from=later, value="8"))

    page = client.get(PAGE)
    assertContains(page, "setting-upcoming", count=1)
    assertContains(page, "<b>August</b>")
    assertContains(page, "<td>July</td>")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"value": "13"}, {"value": "0"}, {"value": ""}, {"value": "４"}, {"reason": ""},
        {"reason": "x" * 301}, {"effective_from": ""}, {"effective_from": "02/03/2026"},
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused_and_nothing_is_set(wrong):
    response = client_of(Role.ADMIN).post(CHANGE, said(**wrong))

    assert response.status_code == 422
    assert response.context["form"].errors
    assert not Setting.objects.exists()


@pytest.mark.django_db
def test_fields_nobody_asked_for_change_nothing():
    client_of(Role.ADMIN).post(CHANGE, said(key="other", set_by="1", set_at="2000-01-01", pk="9"))

    setting = Setting.objects.get()
    assert (setting.key, setting.set_at.year > 2000) == (KEY, True)


@pytest.mark.django_db
def test_an_unknown_setting_does_not_exist():
    assert client_of(Role.ADMIN).get("/settings/no_such_thing/").status_code == 404


@pytest.mark.django_db
def test_a_hostile_reason_is_shown_as_text():
    client = client_of(Role.ADMIN)

    client.post(CHANGE, said(reason="<script>alert(1)</script>"))

    assertNotContains(client.get(PAGE), "<script>alert")


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 5])
def test_the_page_costs_the_same_however_long_the_history(django_assert_num_queries, rows):
    client = client_of(Role.VIEWER)
    for month in range(1, rows + 1):
        set_value(KEY, month, effective_from=localdate(), reason="x", by=make_user(), at=now())
    client.get(PAGE)

    with django_assert_num_queries(4):  # session, user, settings, the inbox
        client.get(PAGE)
