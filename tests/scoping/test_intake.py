"""Raising issues: by the account team's request and by the desk itself."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from scoping.intake import Request, raise_issue
from scoping.models import Account, Question, SchedulingIntake, ScopingIssue
from scoping.states import State
from tests.factories import (
    NOON,
    make_account,
    make_issue,
    make_opportunity,
    make_ready_issue,
    make_user,
)
from tests.scoping.pages import at, form_on, queries_of

pytestmark = pytest.mark.django_db
INTAKE, NEW = "/intake/", "/issues/new/"


@pytest.fixture
def leo(db):
    return make_user(Role.ACCOUNT_TEAM, name="Leo Marchetti")


@pytest.fixture
def team(leo, signed_in):
    """The browser of somebody on the account team."""
    return signed_in(leo)


def opened(client, path=INTAKE):
    return form_on(client.get(path))


def send(client, path=INTAKE, form=None, **said):
    said = {"customer": "Acme", "services": ["migration"]} | said
    return client.post(path, (form or opened(client, path)) | said)


def raised():
    return ScopingIssue.objects.get()


def test_a_request_becomes_an_open_issue_of_the_calculator(team, leo):
    response = send(team, description="They leave Bitbucket.", public_sector="on")

    issue = raised()
    assert (response.status_code, response.url) == (302, issue.get_absolute_url())
    assert (issue.title, issue.state) == ("Acme - Scope Issue and Write SOW", State.OPEN)
    assert (issue.requester, issue.engagement_manager) == (leo, None)
    assert (issue.services_calculator, issue.public_sector) == (True, True)
    assert (issue.services, issue.description) == (["migration"], "They leave Bitbucket.")
    assert Event.objects.about(issue).first().actor == leo


def test_who_asked_sees_the_issue_and_answers_what_is_open(team):
    send(team)
    issue = raised()

    page = team.get(issue.get_absolute_url()).content.decode()
    assert "What hurts today?" in page
    form = form_on(team.get(at("questions", issue)))
    response = team.post(at("questions", issue), form | {"q-A9": "Slow pipelines", "q-B7": "120"})

    assert response.status_code == 302
    answers = dict(issue.answers.values_list("question__key", "text"))
    assert answers == {"A9": "Slow pipelines", "B7": "120"}
    assert set(issue.answers.values_list("source", flat=True)) == {"account_team"}


def test_answers_of_the_chosen_services_are_kept_with_their_source(team, leo):
    send(team, **{"q-A9": "Slow", "q-B7": "40", "q-B1": ["github.com", "Subversion"], "q-E3": "9"})

    answers = {each.question.key: each for each in raised().answers.select_related("question")}
    assert {key: each.text for key, each in answers.items()} == {
        "A9": "Slow",
        "B7": "40",
        "B1": "github.com, Subversion",
    }
    assert {(each.source, each.answered_by) for each in answers.values()} == {("calculator", leo)}


def test_a_name_too_long_for_the_title_is_cut_and_the_ending_stays(team):
    send(team, customer="A" * 200)

    assert len(raised().title) == 200
    assert raised().title.endswith(" - Scope Issue and Write SOW")


@pytest.mark.parametrize("typed", ["ACME corp", "  acme   Corp "])
def test_a_known_customer_is_found_by_its_name_whatever_its_case(team, typed):
    account = make_account(name="Acme Corp")

    send(team, customer=typed)

    assert raised().account == account
    assert Account.objects.count() == 1


def test_a_new_customer_is_told_in_the_ledger(team):
    send(team, customer="Brand New")

    event = Event.objects.get(verb="scoping.account_added")
    assert (event.subject_id, event.data["name"]) == (raised().account.pk, "Brand New")


def test_the_same_form_sent_twice_makes_one_issue(team):
    form = opened(team)

    first, second = send(team, form=form), send(team, form=form)

    assert first.url == second.url == raised().get_absolute_url()
    assert SchedulingIntake.objects.count() == 1


def test_another_persons_token_is_nothing(team, signed_in):
    form = opened(team)
    send(team, form=form, customer="Acme")

    other = signed_in(make_user(Role.ACCOUNT_TEAM))
    send(other, customer="Zebra", token=form["token"])

    assert ScopingIssue.objects.count() == 2


def test_two_forms_are_two_issues(team, signed_in):
    send(team, customer="Acme")
    send(team, customer="Zebra")

    assert ScopingIssue.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_clicks_at_the_same_moment_make_one_issue_and_one_customer():
    leo, token = make_user(Role.ACCOUNT_TEAM), str(uuid4())

    def click(number):
        try:
            asked = Request("Acme" if number % 2 else "ACME", None)
            return raise_issue(asked, by=leo, at=NOON, sent_with=token).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as clicks:
        found = set(clicks.map(click, range(6)))

    assert found == {raised().pk}
    assert Account.objects.count() == 1


def test_something_missing_is_asked_again_and_no_word_is_lost(team):
    response = send(
        team,
        services=[],
        description="Keep me",
        expected_value="lots",
        opportunity_link="https://crm.example/1",
        **{"q-A9": "And me", "q-B7": "many"},
    )

    assert response.status_code == 422
    page = form_on(response)
    assert page["description"] == ["Keep me"]
    assert page["expected_value"] == ["lots"]
    assert page["opportunity_link"] == ["https://crm.example/1"]
    assert (page["q-A9"], page["q-B7"]) == (["And me"], ["many"])
    assert not ScopingIssue.objects.exists()


def test_a_live_issue_of_the_same_customer_is_shown_before_another_is_made(team, leo):
    known = make_issue(account=make_account(name="Acme"), requester=leo)

    asked = send(team, description="Mine")

    page = asked.content.decode()
    assert asked.status_code == 409
    assert known.get_absolute_url() in page
    assert ScopingIssue.objects.count() == 1
    response = team.post(INTAKE, form_on(asked))
    assert response.status_code == 302
    assert ScopingIssue.objects.latest("pk").description == "Mine"


def test_a_double_that_came_meanwhile_is_shown_too(team, leo):
    account = make_account(name="Acme")
    make_issue(account=account, requester=leo)
    asked = send(team)
    later = make_issue(account=account, requester=leo)

    response = team.post(INTAKE, form_on(asked))

    assert response.status_code == 409
    assert later.get_absolute_url() in response.content.decode()


def test_closed_issues_are_no_double(team, leo):
    make_issue(State.CLOSED, account=make_account(name="Acme"), requester=leo)

    assert send(team).status_code == 302


def test_of_issues_one_may_not_see_nothing_is_said(team):
    """The answer is the same whether a stranger's issue exists or not."""
    make_issue(account=make_account(name="Acme", country="Utopia"), title="Secret")
    make_account(name="Acme Two")

    assert send(team, customer="acme").status_code == 302
    assert send(team, customer="Acmeville").status_code == 302


def test_engagement_managers_see_every_double(client):
    known = make_issue(account=make_account(name="Acme"))

    asked = send(client, NEW)

    assert asked.status_code == 409
    assert known.get_absolute_url() in asked.content.decode()


def test_a_customer_with_nearly_the_same_name_is_offered(client):
    known = make_account(name="Acme Holdings")

    asked = send(client, NEW, customer="Acme Inc")

    assert asked.status_code == 409
    assert "Acme Holdings" in asked.content.decode()
    form = form_on(asked)
    assert client.post(NEW, form | {"account": str(known.pk)}).status_code == 302
    assert raised().account == known


def test_a_customer_with_nearly_the_same_name_may_be_a_new_one(client):
    make_account(name="Acme Holdings")

    asked = send(client, NEW, customer="Acme Inc")

    assert client.post(NEW, form_on(asked) | {"account": "new"}).status_code == 302
    assert raised().account.name == "Acme Inc"


def test_choosing_an_account_that_was_not_offered_chooses_nothing(team):
    hidden = make_account(name="Zebra")

    send(team, customer="Acme", account=str(hidden.pk))

    assert raised().account.name == "Acme"


def test_of_two_customers_of_one_name_one_is_chosen(client):
    _, second = make_account(name="Acme"), make_account(name="ACME")

    asked = send(client, NEW)

    assert asked.status_code == 409
    client.post(NEW, form_on(asked) | {"account": str(second.pk)})
    assert raised().account == second


def test_names_are_suggested_only_of_customers_one_may_know(team, leo, client):
    make_issue(account=make_account(name="Acme Known"), requester=leo)
    make_account(name="Acme Hidden")

    mine = team.get("/intake/customers/", {"customer": "acme"}).content.decode()
    theirs = client.get("/intake/customers/", {"customer": "acme"}).content.decode()

    assert "Acme Known" in mine
    assert "Acme Hidden" not in mine
    assert "Acme Hidden" in theirs
    assert "Acme Hidden" not in team.get(INTAKE).content.decode()


def test_an_engagement_manager_asks_on_somebodys_behalf(client, leo):
    send(client, requester=str(leo.pk))

    assert (raised().requester, raised().services_calculator) == (leo, True)


def test_an_account_team_asks_for_nobody_else(team, leo):
    other = make_user(Role.ACCOUNT_TEAM)

    send(team, requester=str(other.pk))

    assert raised().requester == leo


def test_an_architect_who_asks_keeps_sight_of_it(signed_in):
    ewa = make_user(Role.TECHNICAL_ARCHITECT)
    browser = signed_in(ewa)

    page = browser.get(send(browser).url)

    assert (page.status_code, raised().requester) == (200, ewa)


def test_the_desk_raises_an_issue_without_the_label_of_the_calculator(client, em):
    form = opened(client, NEW)

    send(client, NEW, form=form, source="call", **{"q-A9": "Slow"})

    issue = raised()
    assert form["engagement_manager"] == [str(em.pk)]
    assert (issue.services_calculator, issue.engagement_manager) == (False, em)
    assert issue.answers.get().source == "call"


@pytest.mark.parametrize("role", Role)
def test_who_may_ask_and_who_may_raise(role, signed_in):
    browser = signed_in(make_user(role))
    raisers = {Role.EM, Role.EM_LEAD, Role.DIRECTOR}
    askers = raisers | {Role.ACCOUNT_TEAM, Role.TECHNICAL_ARCHITECT}

    assert browser.get(INTAKE).status_code == (200 if role in askers else 403)
    assert browser.get(NEW).status_code == (200 if role in raisers else 403)
    page = browser.get("/profile/").content.decode()
    assert ('data-key="c"' in page) == (role in askers)


def test_a_deal_of_the_customer_is_linked_for_those_who_see_it(client, team):
    deal = make_opportunity(account=make_account(name="Acme"), external_id="006D000000Ab1CdIAI")
    link = "https://crm.example/lightning/r/Opportunity/006D000000Ab1CdIAI/view"

    send(team, opportunity_link=link)
    assert raised().opportunity is None
    assert raised().scheduling.opportunity_link == link

    send(client, opportunity_link=link, shown=str(raised().pk))
    assert ScopingIssue.objects.latest("pk").opportunity == deal


def test_a_broken_question_changes_nothing_at_all(team, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError

    monkeypatch.setattr("scoping.intake.begin", fail)
    with pytest.raises(RuntimeError):
        send(team)

    assert not ScopingIssue.objects.exists()
    assert not Account.objects.exists()
    assert not Event.objects.filter(verb__startswith="scoping.").exists()


def test_answers_somebody_changed_meanwhile_are_shown_not_overwritten(client, issue, em):
    form = form_on(client.get(at("questions", issue)))
    question = Question.objects.get(key="A9")
    issue.answers.create(
        question=question, text="Theirs", source="call", answered_by=em, answered_at=NOON
    )

    response = client.post(at("questions", issue), form | {"q-A9": "Mine", "q-A10": "Also mine"})

    assert response.status_code == 409
    assert "Theirs" in response.content.decode()
    shown = form_on(response)
    assert (shown["q-A9"], shown["q-A10"]) == (["Mine"], ["Also mine"])
    assert issue.answers.count() == 1
    assert client.post(at("questions", issue), shown).status_code == 302
    assert issue.answers.get(question=question).text == "Mine"


def test_questions_sent_back_as_they_came_change_nothing(client, issue, em):
    for key, text in {"A1": "about 400", "A5": "On the moon", "A12": "spring"}.items():
        question = Question.objects.get(key=key)
        issue.answers.create(
            question=question, text=text, source="call", answered_by=em, answered_at=NOON
        )
    before, events = list(issue.answers.values()), Event.objects.count()

    form = form_on(client.get(at("questions", issue)))
    response = client.post(at("questions", issue), form)

    assert response.status_code == 302
    assert (list(issue.answers.values()), Event.objects.count()) == (before, events)


def test_an_answer_is_not_emptied_by_mistake(client, issue, em):
    question = Question.objects.get(key="A9")
    issue.answers.create(
        question=question, text="Slow", source="call", answered_by=em, answered_at=NOON
    )
    form = form_on(client.get(at("questions", issue)))

    response = client.post(at("questions", issue), form | {"q-A9": "", "q-A10": "Kept"})

    assert response.status_code == 422
    assert form_on(response)["q-A10"] == ["Kept"]
    assert issue.answers.get().text == "Slow"


def test_the_issue_page_costs_the_same_with_and_without_services(client, em):
    plain = make_ready_issue(engagement_manager=em)
    asked = make_ready_issue(engagement_manager=em, services=["migration", "ci_cd"])

    costs = {queries_of(client, issue.get_absolute_url()) for issue in (plain, asked)}

    assert len(costs) == 1
