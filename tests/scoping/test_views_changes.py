"""What changed on a board since somebody looked."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from emdesk.people.models import Role
from emdesk.workflow import perform
from scoping import board
from scoping.facts import amend, assign
from scoping.states import State
from tests.factories import (
    make_ready_issue,
    make_user,
)
from tests.scoping.markup import parsed
from tests.scoping.settled import next_transaction

pytestmark = pytest.mark.django_db


def changes(client, since, **filters):
    return client.get(reverse("scoping:changes"), {"since": since, "view": "team", **filters})


def cursor_on(page):
    return next(each["value"] for each in page.all() if each.attributes.get("id") == "cursor")


@pytest.mark.django_db(transaction=True)
def test_nothing_changed_is_no_content(em, signed_in):
    make_ready_issue()
    response = changes(signed_in(em), next_transaction())

    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.django_db(transaction=True)
def test_a_change_brings_the_card_the_heads_and_a_new_cursor(em, signed_in):
    issue = make_ready_issue(State.STRAWMAN_WIP)
    make_ready_issue()
    since, before = next_transaction(), board.cursor_now()
    perform(issue.send_estimate, by=None, at=now())

    page = parsed(changes(signed_in(em), since).content.decode())

    (card,) = page.having("card")
    assert (card["id"], card["data-state"]) == (f"c{issue.pk}", "estimate_feedback")
    assert len(page.having("column-head")) == len(State)
    assert before <= int(cursor_on(page)) <= board.cursor_now()


@pytest.mark.django_db(transaction=True)
def test_what_left_the_board_is_named_so_that_it_can_go(em, signed_in):
    issue = make_ready_issue(engagement_manager=em)
    since = next_transaction()
    assign(issue, make_user(), by=em, at=now())

    page = parsed(changes(signed_in(em), since, view="mine").content.decode())

    gone = [each["data-gone"] for each in page.all() if "data-gone" in each.attributes]
    assert (page.having("card"), gone) == ([], [f"c{issue.pk}"])


@pytest.mark.django_db(transaction=True)
def test_nobody_hears_of_a_change_to_what_they_may_not_see(signed_in):
    issue = make_ready_issue()
    client = signed_in(make_user(Role.ACCOUNT_TEAM))
    amend(issue, by=None, at=now(), next_step="Call")

    assert changes(client, 0).status_code == 204


@pytest.mark.parametrize("since", ["", "x", "-1", "1.5", "٣", "9" * 40])
def test_a_cursor_nobody_gave_is_not_found_or_brings_nothing(client, since):
    assert changes(client, since).status_code in {204, 404}
