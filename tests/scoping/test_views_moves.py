"""Moving a card in the browser: what is asked, what is refused and what everybody is told."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import perform
from scoping.models import ScopingIssue, TypicalStay
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
from tests.reports import report
from tests.scoping.markup import parsed
from tests.together import together

pytestmark = pytest.mark.django_db
TOMORROW = str((now() + timedelta(days=2)).date())


def move(client, issue, to, headers=None, **said):
    address = reverse("scoping:move", args=[issue.pk])
    return client.post(address, {"to": to, **said}, headers=headers)


def undo(client, issue, headers=None):
    return client.post(reverse("scoping:undo", args=[issue.pk]), headers=headers)


def toast(response):
    (found,) = parsed(response.content.decode()).having("toast")
    return found.text.replace("Undo", "").strip()


@pytest.fixture
def em():
    return make_user(name="Amara Osei")


@pytest.fixture
def client(em, signed_in):
    return signed_in(em)


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


# Conflicts.


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


# The sheet.


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


# Undo.


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
