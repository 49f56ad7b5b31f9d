"""Taking a move back in the browser."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import perform
from scoping.models import ScopingIssue
from scoping.states import State
from tests.factories import (
    NOON,
    TODAY,
    again,
    make_account,
    make_ready_issue,
    make_user,
)
from tests.scoping.pages import move, toast, undo

pytestmark = pytest.mark.django_db


def test_undo_brings_the_card_back_and_says_so(client, em, htmx):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
    move(client, issue, "estimate_feedback", htmx)

    response = undo(client, issue, htmx)

    assert response.status_code == 200
    assert toast(response) == f"PS-{issue.pk} is back in Strawman_WIP."
    assert again(issue).state == State.STRAWMAN_WIP
    assert "takes it back" not in response.content.decode()


@pytest.mark.parametrize(
    ("setting", "minutes", "status"), [(10, 9, 200), (10, 11, 422), (2, 3, 422)]
)
def test_for_how_long_is_a_setting(client, em, htmx, setting, minutes, status):
    set_value("undo_minutes", setting, effective_from=TODAY, reason="test", by=None, at=NOON)
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
    perform(issue.send_estimate, by=em, at=now() - timedelta(minutes=minutes))

    response = undo(client, issue, htmx)

    assert response.status_code == status
    assert (again(issue).state == State.STRAWMAN_WIP) == (status == 200)


def test_an_undo_that_is_refused_says_why(signed_in, em, htmx):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
    perform(issue.send_estimate, by=em, at=now())

    response = undo(signed_in(make_user()), issue, htmx)

    assert response.status_code == 422
    assert "Amara Osei made this move and can undo it." in toast(response)


def test_an_undo_with_nothing_to_undo_is_refused(client, em):
    issue = ScopingIssue.objects.open_issue(
        by=em, at=now(), account=make_account(), title="New", engagement_manager=em
    )

    assert undo(client, issue).status_code == 422


@pytest.mark.parametrize("name", ["move", "undo"])
def test_looking_moves_nothing(client, em, name):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
    events = Event.objects.count()

    client.get(reverse(f"scoping:{name}", args=[issue.pk]), {"to": "estimate_feedback"})

    assert (again(issue).state, Event.objects.count()) == (State.STRAWMAN_WIP, events)


@pytest.mark.parametrize(
    ("minutes", "who", "offered"), [(1, "em", 1), (1, "lead", 0), (11, "em", 0)]
)
def test_the_page_offers_to_undo_ones_own_move_while_there_is_time(
    signed_in, em, minutes, who, offered
):
    issue = make_ready_issue(engagement_manager=em)
    perform(issue.ask_account_team, by=em, at=now() - timedelta(minutes=minutes))

    reader = em if who == "em" else make_user(Role.EM_LEAD)
    page = signed_in(reader).get(issue.get_absolute_url()).content.decode()

    assert page.count(f"{issue.get_absolute_url()}undo/") == offered
