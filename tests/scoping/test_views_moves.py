"""Moving a card in the browser: what is asked, what is refused and what it costs."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from scoping.models import ScopingIssue, TypicalStay
from scoping.states import State
from tests.factories import (
    NOON,
    TODAY,
    again,
    make_account,
    make_ready_issue,
    make_user,
)
from tests.reports import report
from tests.scoping.markup import parsed
from tests.scoping.pages import move, toast, undo

pytestmark = pytest.mark.django_db


# A move.


def test_a_move_answers_with_the_card_and_its_column_heads_and_offers_undo(client, em, htmx):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)

    response = move(client, issue, "estimate_feedback", htmx, seen=issue.moves)

    page = parsed(response.content.decode())
    targets = [each["hx-target"] for each in page.all() if each.name == "hx-partial"]
    assert response.status_code == 200
    assert targets == [f"#c{issue.pk}", "#h-strawman_wip", "#h-estimate_feedback", "#toasts"]
    assert toast(response) == f"PS-{issue.pk} moved to Estimate_Feedback."
    assert reverse("scoping:undo", args=[issue.pk]) in response.content.decode()
    assert page.having("card")[0]["data-state"] == "estimate_feedback"
    assert again(issue).state == "estimate_feedback"


def test_without_javascript_a_move_leads_to_the_page_of_the_issue(client, em):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)

    response = move(client, issue, "estimate_feedback")

    assert (response.status_code, response.url) == (302, issue.get_absolute_url())
    page = client.get(response.url)
    assert f"PS-{issue.pk} moved to Estimate_Feedback." in page.content.decode()


@pytest.mark.parametrize(
    ("wanted", "goes"), [("/", "/"), ("https://evil.example/", None), ("//evil.example", None)]
)
def test_a_move_made_on_another_page_of_ours_leads_back_there(client, em, wanted, goes):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)

    response = move(client, issue, "estimate_feedback", next=wanted)

    assert response.url == (goes or issue.get_absolute_url())


@pytest.mark.parametrize("state", ["", "nowhere", "OPEN", "closed_won", "Approved", "1"])
def test_a_column_that_does_not_exist_is_refused(client, em, state):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)

    assert move(client, issue, state).status_code == 422
    assert again(issue).state == State.STRAWMAN_WIP


# Refusals.


def test_a_refused_move_says_where_the_card_stayed_and_why(client, em, htmx):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
    events = Event.objects.count()

    response = move(client, issue, "approved", htmx)

    assert response.status_code == 422
    assert toast(response) == (
        f"PS-{issue.pk} stayed in Strawman_WIP."
        " From Strawman_WIP it can go to Estimate_Feedback, On_hold or Closed."
    )
    card = parsed(response.content.decode()).having("card")[0]
    assert card["data-state"] == "strawman_wip"
    assert Event.objects.count() == events


def test_who_may_not_is_told_who_may(signed_in, em, htmx):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)

    response = move(signed_in(make_user()), issue, "estimate_feedback", htmx)

    assert response.status_code == 422
    assert "Amara Osei works this issue; only they or a lead move it." in toast(response)
    assert again(issue).state == State.STRAWMAN_WIP


def test_what_a_person_may_not_see_does_not_exist_for_them(signed_in):
    issue = make_ready_issue(State.STRAWMAN_WIP)
    client = signed_in(make_user(Role.ACCOUNT_TEAM))

    assert move(client, issue, "estimate_feedback").status_code == 404
    assert undo(client, issue).status_code == 404
    assert client.get(reverse("scoping:move", args=[issue.pk])).status_code == 404


def test_without_javascript_a_refusal_is_a_page_that_says_why_and_where_else(client, em):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)

    response = move(client, issue, "approved")

    assert response.status_code == 422
    assert "stayed in Strawman_WIP" in response.content.decode()
    assert "Estimate_Feedback" in response.content.decode()


# Where it can go.


def test_the_menu_offers_every_column_and_says_why_not(client, em, htmx):
    issue = make_ready_issue(State.SOW_WIP, engagement_manager=em)
    address = reverse("scoping:move", args=[issue.pk])

    for headers in ({}, htmx):
        page = client.get(address, headers=headers).content.decode()
        assert all(state.label in page for state in State)
        assert "From SOW_WIP it can go to Estimate_Feedback" in page


def test_the_reasons_come_as_a_part_of_their_own(client, em, htmx):
    issue = make_ready_issue(State.SOW_WIP, engagement_manager=em)

    response = client.get(reverse("scoping:move", args=[issue.pk]), {"reasons": ""}, headers=htmx)

    assert "From SOW_WIP it can go to" in response.content.decode()
    assert len(response.content) < 4096


# What it costs.


def statements_of(act):
    """Every statement an act sends, counted where they leave Django."""
    sent = []

    def count(execute, sql, params, many, context):
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        act()
    return sent


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [1, 400])
def test_a_move_sends_at_most_twelve_statements_at_any_size(size, htmx):
    em = make_user()
    client = Client()
    client.force_login(em)
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
    others = [
        ScopingIssue(
            account=issue.account,
            title=f"x{n}",
            created_at=NOON,
            entered_state_at=NOON,
            engagement_manager=em,
        )
        for n in range(size)
    ]
    ScopingIssue.objects.bulk_create(others)
    answers = []

    sent = statements_of(
        lambda: answers.append(move(client, issue, "estimate_feedback", htmx, seen=issue.moves))
    )

    report("moves", f"statements of a move among {size}", sent=len(sent), bound=12)
    assert answers[0].status_code == 200
    assert len(sent) <= 12, "\n".join(sent)


def test_the_answer_to_a_move_is_at_most_four_kibibytes(client, em, htmx):
    """With every field of the card full of ordinary text."""
    for state in State:
        TypicalStay.objects.create(
            state=state, median_days=1, p85_days=2, stays=9, measured_at=NOON
        )
    words = "Migration of the whole estate "
    issue = make_ready_issue(
        State.STRAWMAN_WIP,
        engagement_manager=em,
        account=make_account(name=words * 2),
        title=(words * 7)[:200],
        next_step=(words * 7)[:200],
        next_step_date=TODAY,
        expected_value=Decimal("9999999999.99"),
        em_status="waiting",
    )
    for currency in ("EUR", "GBP", "CHF"):
        make_ready_issue(
            State.ESTIMATE_FEEDBACK, currency=currency, expected_value=Decimal(9_000_000)
        )

    response = move(client, issue, "estimate_feedback", htmx, seen=issue.moves)

    report("moves", "bytes of the answer to a move", sent=len(response.content), bound=4096)
    assert response.status_code == 200
    assert len(response.content) <= 4096
