"""The sheet that asks just what a move still needs."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from emdesk.ledger.models import Event
from scoping.states import State
from tests.factories import (
    NOON,
    TODAY,
    again,
    make_account,
    make_issue,
    make_opportunity,
    make_ready_issue,
    make_segment,
    make_user,
)
from tests.scoping.markup import parsed
from tests.scoping.pages import move, toast

pytestmark = pytest.mark.django_db
TOMORROW = str((now() + timedelta(days=2)).date())


def test_what_is_missing_is_asked_on_a_sheet_and_saved_with_the_move(client, em, htmx):
    issue = make_issue()

    asked = move(client, issue, "strawman_wip", htmx, seen=0)
    sheet = parsed(asked.content.decode())
    fields = {each["name"] for each in sheet.all() if each.name in {"select", "textarea", "input"}}
    assert asked.status_code == 422
    assert {"segment", "engagement_manager", "override"} <= fields
    assert again(issue).state == State.OPEN

    segment = make_segment()
    said = {"segment": segment.pk, "engagement_manager": em.pk, "seen": 0}
    answer = move(client, issue, "strawman_wip", htmx, **said)

    found = again(issue)
    assert answer.status_code == 200
    assert (found.state, found.segment, found.engagement_manager) == ("strawman_wip", segment, em)
    assert Event.objects.about(issue).moves().count() == 2


def test_only_what_is_missing_is_asked(client, em, htmx):
    issue = make_issue(engagement_manager=em)

    sheet = parsed(move(client, issue, "strawman_wip", htmx).content.decode())

    names = {each.attributes.get("name") for each in sheet.all()}
    assert "segment" in names
    assert "engagement_manager" not in names


def test_a_sheet_sent_without_an_answer_asks_again(client, em, htmx):
    issue = make_issue(engagement_manager=em)

    response = move(client, issue, "strawman_wip", htmx, segment="", override="")

    assert response.status_code == 422
    assert "Choose one." in response.content.decode()
    assert again(issue).state == State.OPEN


def test_a_reason_lets_the_em_go_on_without_and_the_timeline_tells(client, em, htmx):
    issue = make_issue(engagement_manager=em)

    response = move(client, issue, "strawman_wip", htmx, segment="", override="New segment")

    assert response.status_code == 200
    page = client.get(issue.get_absolute_url()).content.decode()
    assert "though the segment was missing: “New segment”" in page


def test_holding_asks_why_and_until_when(client, em, htmx):
    issue = make_ready_issue(State.SOW_WIP, engagement_manager=em)

    assert move(client, issue, "on_hold", htmx).status_code == 422
    assert move(client, issue, "on_hold", htmx, reason="", review_date="").status_code == 422
    said = {"reason": "Budget", "review_date": TOMORROW}
    assert move(client, issue, "on_hold", htmx, **said).status_code == 200

    found = again(issue)
    assert (found.hold_reason, str(found.review_date)) == ("Budget", TOMORROW)


def test_a_hold_until_today_is_no_hold(client, em, htmx):
    issue = make_ready_issue(State.SOW_WIP, engagement_manager=em)

    response = move(client, issue, "on_hold", htmx, reason="Budget", review_date=str(now().date()))

    assert response.status_code == 422
    assert "Choose a day after today." in response.content.decode()


def test_tomorrow_is_tomorrow_where_the_person_is(signed_in, htmx, time_machine):
    """At 1:00 UTC it is still the day before in California, and the third of March tomorrow."""
    time_machine.move_to(NOON.replace(day=3, hour=1), tick=False)
    em = make_user(time_zone="America/Los_Angeles")
    issue = make_ready_issue(State.SOW_WIP, engagement_manager=em)

    response = move(
        signed_in(em), issue, "on_hold", htmx, reason="Budget", review_date="2026-03-03"
    )

    assert response.status_code == 200


def test_closing_asks_outcome_reason_and_a_quarter_it_proposes(client, em, htmx, time_machine):
    time_machine.move_to(NOON, tick=False)
    issue = make_ready_issue(State.SOW_WIP, engagement_manager=em)

    sheet = parsed(move(client, issue, "closed", htmx).content.decode())

    named = {each.attributes["name"]: each for each in sheet.all() if "name" in each.attributes}
    assert {"outcome", "reason", "quarter", "note"} <= set(named)
    assert named["quarter"]["value"] == "Q127"


def test_an_issue_is_closed_lost_with_one_save(client, em, htmx):
    issue = make_ready_issue(State.SOW_WIP, engagement_manager=em)

    response = move(
        client, issue, "closed", htmx, outcome="lose", reason="price", quarter="q127", note=""
    )

    found = again(issue)
    assert response.status_code == 200
    assert (found.outcome, found.close_reason, found.close_quarter) == ("lost", "price", "Q127")


def test_won_before_it_is_approved_is_refused_with_the_reason(client, em, htmx):
    issue = make_ready_issue(State.SOW_WIP, engagement_manager=em)

    response = move(client, issue, "closed", htmx, outcome="win", reason="signed", quarter="Q127")

    assert response.status_code == 422
    assert "Won needs an approved SOW" in toast(response)
    assert again(issue).live


def test_won_with_a_won_opportunity_is_won(client, em, htmx):
    account = make_account()
    won = make_opportunity(account=account, stage="won", close_date=TODAY)
    issue = make_ready_issue(
        State.STRAWMAN_WIP, engagement_manager=em, account=account, opportunity=won
    )

    response = move(client, issue, "closed", htmx, outcome="win", reason="signed", quarter="Q127")

    assert response.status_code == 200
    assert again(issue).outcome == "won"


def test_any_em_dismisses_what_nobody_has_but_does_not_win_it(client, htmx):
    issue = make_issue(State.APPROVED)
    said = {"reason": "signed", "quarter": "Q127"}

    refused = move(client, issue, "closed", htmx, outcome="win", **said)
    dismissed = move(client, issue, "closed", htmx, outcome="dismiss", reason="duplicate")

    assert (refused.status_code, dismissed.status_code) == (422, 200)
    assert again(issue).close_reason == "duplicate"
