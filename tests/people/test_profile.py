from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from emdesk.ledger.models import Event
from emdesk.people.models import Absence, Role, User
from tests.people.people import NOON, TODAY, make_user, signed_in

ME = {"name": "Ana Silva", "time_zone": "Europe/Lisbon", "single_keys": "on"}


def plan(client, delegate, first=TODAY, last=TODAY, **said):
    said |= {"delegate": delegate.pk, "first_day": first, "last_day": last}
    return client.post(reverse("people:add_absence"), said)


@pytest.fixture
def today():
    with time_machine.travel(NOON):
        yield TODAY


@pytest.mark.parametrize("name", ["people:profile", "people:theme", "people:add_absence"])
def test_a_stranger_sees_the_sign_in_page(client, name):
    for ask in (client.get, client.post):
        assert ask(reverse(name)).headers["Location"].startswith(reverse("account_login"))


def test_people_say_who_and_where_they_are():
    user = make_user(Role.EM)

    signed_in(user).post(reverse("people:profile"), ME)

    user.refresh_from_db()
    assert (user.name, user.time_zone, user.single_keys) == ("Ana Silva", "Europe/Lisbon", True)


def test_single_letter_keys_can_be_switched_off():
    user = make_user()

    signed_in(user).post(reverse("people:profile"), ME | {"single_keys": ""})

    user.refresh_from_db()
    assert not user.single_keys


@pytest.mark.parametrize(
    ("field", "value"),
    [("roles", "admin"), ("level", "director"), ("email", "x@example.com"), ("is_active", "")],
)
def test_nobody_gives_themselves(field, value):
    user = make_user(Role.EM)
    before = getattr(user, field)

    signed_in(user).post(reverse("people:profile"), ME | {field: value})

    user.refresh_from_db()
    assert getattr(user, field) == before


def test_a_zone_that_does_not_exist_is_refused():
    user = make_user()

    response = signed_in(user).post(reverse("people:profile"), ME | {"time_zone": "Mars/Base"})

    assert response.status_code == 422
    user.refresh_from_db()
    assert user.time_zone == "UTC"


def test_days_away_name_who_stands_in(today):
    ana, ben = make_user(), make_user(name="Ben")
    client = signed_in(ana)

    plan(client, ben, last=TODAY + timedelta(days=3))

    assert ana.delegate_on(TODAY) == ben
    assert "Ben stands in" in client.get(reverse("people:profile")).content.decode()
    assert Event.objects.about(ana).get().actor == ana


def test_overlapping_days_come_back_with_the_reason(today):
    ana, ben = make_user(), make_user()
    client = signed_in(ana)
    plan(client, ben)

    response = plan(client, ben)

    assert response.status_code == 422
    assert "These days overlap another absence." in response.content.decode()
    assert Absence.objects.count() == 1


def test_only_somebody_else_who_still_works_here_stands_in(today):
    ana, gone = make_user(), make_user(is_active=False)
    client = signed_in(ana)

    assert plan(client, ana).status_code == 422
    assert plan(client, gone).status_code == 422
    assert not Absence.objects.exists()


def test_nobody_plans_days_away_for_another(today):
    ana, ben = make_user(), make_user()

    plan(signed_in(ben), ana, user=ana.pk)

    assert Absence.objects.get().user == ben


def test_coming_back_ends_it_yesterday(today):
    ana, ben = make_user(), make_user()
    absence = Absence(user=ana, delegate=ben, first_day=TODAY - timedelta(days=3), last_day=TODAY)
    absence.keep(by=ana, at=NOON)

    signed_in(ana).post(reverse("people:end_absence", args=[absence.pk]))

    absence.refresh_from_db()
    assert absence.last_day == TODAY - timedelta(days=1)


@pytest.mark.parametrize("role", Role)
def test_anothers_absence_does_not_exist(today, role):
    ana, ben = make_user(), make_user(role)
    absence = Absence(user=ana, delegate=ben, first_day=TODAY, last_day=TODAY)
    absence.keep(by=ana, at=NOON)

    response = signed_in(ben).post(reverse("people:end_absence", args=[absence.pk]))

    assert response.status_code == 404
    assert ana.delegate_on(TODAY) == ben


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_the_desk_remembers_how_it_should_look(theme):
    response = signed_in(make_user()).post(
        reverse("people:theme"), {"theme": theme, "next": "/board/?em=3"}
    )

    assert response.cookies["theme"].value == theme
    assert response.headers["Location"] == "/board/?em=3"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_choosing_a_look_leads_nowhere_else(elsewhere):
    client = signed_in(make_user())

    response = client.post(reverse("people:theme"), {"theme": "dark", "next": elsewhere})

    assert response.headers["Location"] == reverse("people:profile")


def test_there_are_three_looks():
    response = signed_in(make_user()).post(reverse("people:theme"), {"theme": "<script>"})

    assert response.status_code == 400
    assert "theme" not in response.cookies


def test_changes_need_the_token_of_the_page():
    user = make_user()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)

    assert strict.post(reverse("people:profile"), ME).status_code == 403
    assert User.objects.get(pk=user.pk).name == user.name
