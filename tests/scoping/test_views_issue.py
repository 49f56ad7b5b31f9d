"""The issue page and its small forms: whose turn it is, whose issue, and the answers."""

import pytest
from django.utils.timezone import now

from emdesk.activity.commenting import comment
from emdesk.people.models import Role
from scoping.facts import amend, answer
from scoping.models import Answer, Meeting, MeetingKind, Question, ScopingIssue
from scoping.states import State
from tests.factories import (
    NOON,
    again,
    make_issue,
    make_user,
)
from tests.reports import report
from tests.scoping.markup import parsed
from tests.scoping.pages import at, queries_of

pytestmark = pytest.mark.django_db


# The page.


def test_the_page_and_the_drawer_are_the_same_issue(client, issue, htmx):
    page = client.get(issue.get_absolute_url())
    drawer = client.get(issue.get_absolute_url(), headers=htmx)

    assert (page.status_code, drawer.status_code) == (200, 200)
    assert "<html" in page.content.decode()
    assert "<html" not in drawer.content.decode()
    for response in (page, drawer):
        for words in (issue.reference, issue.account.name, issue.title, "Amara Osei", "Call"):
            assert words in response.content.decode()


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("role", [Role.EM, Role.EM_LEAD, Role.PS_LEADERSHIP, Role.VIEWER])
def test_every_issue_has_a_page_for_whoever_sees_it(signed_in, state, role):
    issue = make_issue(state)

    assert signed_in(make_user(role)).get(issue.get_absolute_url()).status_code == 200


def test_what_a_person_may_not_see_has_no_page(signed_in, issue):
    client = signed_in(make_user(Role.ACCOUNT_TEAM))

    for name in ("issue", "status", "assign", "team", "merge", "correct", "plan_meeting", "revive"):
        assert client.get(at(name, issue)).status_code in {404, 405}
        assert client.post(at(name, issue)).status_code in {404, 405}
    assert client.get(at("facts", issue, "step")).status_code == 404


def test_the_page_tells_what_the_next_step_still_needs(client):
    issue = make_issue()

    page = client.get(issue.get_absolute_url()).content.decode()

    assert "Choose a segment before it leaves Open." in page
    assert "Assign an engagement manager before it leaves Open." in page


def furnish(issue, em, times):
    """All that a page lists, so many times."""
    service = Question.objects.get_or_create(
        key="q", defaults={"prompt": "How many?", "position": 1}
    )[0]
    for number in range(times):
        answer(issue, service, text=f"{number}", source="call", by=em, at=NOON)
        comment(issue, f"Note {number}", by=em, at=now())
        amend(issue, by=em, at=now(), next_step=f"Step {number}")
        issue.account_team.add(make_user(Role.ACCOUNT_TEAM))
        meeting = Meeting.objects.create(issue=issue, kind=MeetingKind.SCOPING_CALL, starts_at=NOON)
        meeting.people.add(make_user(), em)
        merged = make_issue(State.CLOSED, outcome="", close_reason="merged")
        ScopingIssue.objects.filter(pk=merged.pk).update(merged_into=issue)
        make_issue(revives=issue)


def test_the_page_costs_the_same_however_much_it_lists(client, issue, em):
    furnish(issue, em, 1)
    one = queries_of(client, issue.get_absolute_url())
    furnish(issue, em, 4)
    five = queries_of(client, issue.get_absolute_url())

    report("boards", "queries of an issue page", one=one, five=five)
    assert one == five <= 22


# Whose turn, whose issue, whose team.


def test_one_key_changes_sides(client, issue):
    sides = []
    for _ in range(3):
        client.post(at("status", issue))
        sides.append((again(issue).em_status, again(issue).waiting_on))

    assert sides == [("todo", ""), ("waiting", "account_team"), ("todo", "")]


def test_waiting_names_on_whom(client, issue, htmx):
    said = {"status": "waiting", "waiting_on": "customer"}

    response = client.post(at("status", issue), said, headers=htmx)

    assert parsed(response.content.decode()).having("card")[0]["id"] == f"c{issue.pk}"
    assert again(issue).waiting_on == "customer"


def test_a_closed_issue_is_nobodys_turn(client, em):
    closed = make_issue(State.CLOSED, engagement_manager=em)

    assert client.post(at("status", closed)).status_code == 403


def test_any_em_gives_an_issue_to_an_em_or_to_nobody(signed_in, issue):
    client, ben = signed_in(make_user()), make_user(name="Ben Brown")

    assert "Ben Brown" in client.get(at("assign", issue)).content.decode()
    client.post(at("assign", issue), {"em": ben.pk})
    assert again(issue).engagement_manager == ben
    client.post(at("assign", issue), {"em": "none"})
    assert again(issue).engagement_manager is None


@pytest.mark.parametrize("person", ["", "x", "999999"])
def test_an_issue_is_given_to_nobody_unknown(client, issue, em, person):
    client.post(at("assign", issue), {"em": person})

    assert again(issue).engagement_manager == em


def test_an_issue_is_not_given_to_who_is_no_em(client, issue, em):
    viewer, gone = make_user(Role.VIEWER), make_user(is_active=False)

    for person in (viewer, gone):
        assert client.post(at("assign", issue), {"em": person.pk}).status_code in {404, 422}
    assert again(issue).engagement_manager == em


def test_the_account_team_is_chosen_from_account_teams(client, issue):
    ana, viewer = make_user(Role.ACCOUNT_TEAM), make_user(Role.VIEWER)

    assert client.post(at("team", issue), {"team": [viewer.pk]}).status_code == 422
    assert client.post(at("team", issue), {"team": [ana.pk]}).status_code == 302
    assert list(issue.account_team.all()) == [ana]


# Answers.


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", "Two hundred", ""),
        ("number", "200", "-1"),
        ("date", "2026-05-01", "May"),
        ("choice", "yes", "perhaps"),
    ],
)
def test_an_answer_is_of_its_questions_kind_and_says_where_it_came_from(
    client, issue, em, kind, good, bad
):
    Question.objects.create(key="k1", prompt="?", kind=kind, choices=["yes", "no"], position=1)
    address = at("answer", issue, "k1")

    assert client.post(address, {"text": bad, "source": "call"}).status_code == 422
    assert client.post(address, {"text": good, "source": "rumour"}).status_code == 422
    assert client.post(address, {"text": good, "source": "customer"}).status_code == 302

    kept = Answer.objects.get(issue=issue)
    assert (kept.text, kept.source, kept.answered_by) == (good, "customer", em)
    assert good in client.get(issue.get_absolute_url()).content.decode()


def test_the_deals_own_account_team_answers_and_another_does_not_see_it(signed_in, issue):
    Question.objects.create(key="k1", prompt="?", position=1)
    ana, ben = make_user(Role.ACCOUNT_TEAM), make_user(Role.ACCOUNT_TEAM)
    issue.account_team.add(ana)
    said = {"text": "1", "source": "account_team"}

    codes = [
        signed_in(person).post(at("answer", issue, "k1"), said).status_code
        for person in (ana, ben, make_user(Role.VIEWER))
    ]

    assert codes == [302, 404, 403]


def test_a_question_nobody_asks_has_no_answer(client, issue):
    assert client.get(at("answer", issue, "none")).status_code == 404
