"""What only shows when transactions really commit."""

from collections import Counter
from threading import Barrier, Thread

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from emdesk.ledger.models import Event
from emdesk.people.models import Absence, Role
from tests.people.codes import set_up
from tests.people.people import NOON, TODAY, is_in, make_user, sign_in, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(number, act):
    """Let so many threads act at the same moment; what each of them came to."""
    together, came_to = Barrier(number), []

    def run():
        together.wait()
        try:
            came_to.append(act())
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came_to


def test_of_two_absences_planned_at_once_one_is_refused():
    ana, ben = make_user(), make_user()

    def plan():
        try:
            Absence(user=ana, delegate=ben, first_day=TODAY, last_day=TODAY).keep(by=ana, at=NOON)
        except ValidationError:
            return "refused"
        return "planned"

    assert Counter(at_once(2, plan)) == {"planned": 1, "refused": 1}
    assert Event.objects.about(ana).count() == 1


def test_guessing_from_many_places_at_once_gives_no_more_guesses():
    cache.clear()
    victim = make_user()

    def guess():
        said = {"login": victim.email, "password": "a wrong password"}
        pages = [
            Client().post(reverse("account_login"), said, REMOTE_ADDR=f"198.51.100.{number}")
            for number in range(5)
        ]
        return sum("do not match" in page.content.decode() for page in pages)

    assert sum(at_once(8, guess)) <= 10


def test_a_second_factor_that_is_set_up_opens_the_desk_and_ends_other_sessions(settings):
    settings.MFA_REQUIRED = True
    user, other = make_user(Role.LEGAL), Client()
    client = signed_in(user)
    sign_in(other, user)

    set_up(client)

    assert is_in(client)
    assert not is_in(other)
