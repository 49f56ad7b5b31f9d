"""Two people at one card in the browser: one moves it, the other reads who, where and when."""

import pytest
from django.test import Client

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import perform
from scoping.states import State
from tests.factories import (
    NOON,
    again,
    make_ready_issue,
    make_user,
)
from tests.scoping.markup import parsed
from tests.scoping.pages import move, toast
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("target", ["sow_wip", "strawman_wip", "closed"])
def test_of_two_who_saw_the_same_card_one_moves_it_and_one_is_told_who_where_and_when(
    em, signed_in, htmx, target
):
    lead = make_user(Role.EM_LEAD, name="Lena Lead")
    issue = make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)
    seen = issue.moves

    first = move(signed_in(lead), issue, "sow_wip", htmx, seen=seen)
    second = move(signed_in(em), issue, target, htmx, seen=seen)

    event = Event.objects.about(issue).last()
    assert (first.status_code, second.status_code) == (200, 409)
    assert toast(second) == f"Lena Lead moved PS-{issue.pk} to SOW_WIP at {event.at:%H:%M}."
    assert parsed(second.content.decode()).having("card")[0]["data-state"] == "sow_wip"
    assert (event.actor, again(issue).state) == (lead, "sow_wip")


def test_without_javascript_a_conflict_is_a_page_that_says_so(em, signed_in):
    lead = make_user(Role.EM_LEAD, name="Lena Lead")
    issue = make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)
    move(signed_in(lead), issue, "sow_wip", seen=issue.moves)

    response = move(signed_in(em), issue, "strawman_wip", seen=issue.moves)

    assert response.status_code == 409
    assert "Lena Lead moved" in response.content.decode()


def test_a_conflict_with_an_older_move_says_its_day(client, em, htmx):
    issue = make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)
    perform(issue.start_sow, by=None, at=NOON)

    response = move(client, issue, "strawman_wip", htmx, seen=issue.moves)

    assert toast(response) == f"emdesk moved PS-{issue.pk} to SOW_WIP at 2 Mar, 12:00."


@pytest.mark.django_db(transaction=True)
def test_of_eight_browsers_that_move_one_card_at_once_seven_are_told():
    people = [make_user(Role.EM_LEAD) for _ in range(8)]
    clients = []
    for person in people:
        clients.append(Client())
        clients[-1].force_login(person)
    headers = {"HX-Request": "true"}
    for turn in range(4):
        issue = make_ready_issue(State.ESTIMATE_FEEDBACK)
        events = Event.objects.about(issue).count()

        answers = together(
            [
                lambda c=c, issue=issue: move(c, issue, "sow_wip", headers, seen=issue.moves)
                for c in clients
            ]
        )

        moved = Event.objects.about(issue).last()
        codes = sorted(answer.status_code for answer in answers)
        assert codes == [200] + [409] * 7, turn
        told = {toast(answer) for answer in answers if answer.status_code == 409}
        assert told == {f"{moved.actor.name} moved PS-{issue.pk} to SOW_WIP at {moved.at:%H:%M}."}
        assert Event.objects.about(issue).count() == events + 1
