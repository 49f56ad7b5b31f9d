"""The triage page: what it shows to whom, and verdicts given and taken back by its forms."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from emdesk.notifications.models import Mail
from emdesk.people.models import Coverage, Role, Territory
from scoping.facts import answer
from scoping.models import Account, Meeting, Question, Snooze
from scoping.models.account import NOT_NAMED
from scoping.states import CloseReason, State
from scoping.triage.verdicts import snooze
from tests.factories import (
    again,
    make_account,
    make_issue,
    make_ready_issue,
    make_segment,
    make_user,
)
from tests.reports import report
from tests.scoping.markup import filled, parsed
from tests.scoping.pages import at as address
from tests.scoping.pages import queries_of, toast

pytestmark = pytest.mark.django_db
PAGE = "/triage/"
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)


@pytest.fixture
def at():
    return now()


@pytest.fixture
def dach(em, at):
    territory = Territory.objects.create(name="DACH", segment=make_segment("Ent_EMEA"))
    Coverage.objects.create(user=em, territory=territory, since=at.date() - DAY)
    return territory


@pytest.fixture
def issue(dach, at):
    account = make_account(name="Borealis", sales_territory=dach)
    requester = make_user(Role.ACCOUNT_TEAM, name="Ana Reyes")
    return make_issue(account=account, requester=requester, at=at - DAY, title="Move it")


def page_of(client, **said):
    response = client.get(PAGE, said)
    assert response.status_code == 200
    return parsed(response.content.decode())


def rows(page):
    (found,) = [each for each in page.all() if each.attributes.get("id") == "queue"]
    return [each for each in found.all() if each.name == "a"]


def text_of(page, name):
    (found,) = [each for each in page.all() if each.attributes.get("id") == name]
    return found.text


def form(client, issue, kind="accept"):
    page = page_of(client, issue=issue.pk, verdict=kind)
    (found,) = [
        each
        for each in page.all()
        if each.name == "form" and each.attributes["action"] == address("verdict", issue)
    ]
    return filled(found)


def give(client, issue, kind="accept", headers=None, **said):
    wanted = form(client, issue, kind) | {"verdict": kind, **said}
    return client.post(address("verdict", issue), wanted, headers=headers)


def back(client, issue, kind, headers=None):
    url = f"{address('verdict', issue)}?undo={kind}"
    return client.post(url, {"seen": again(issue).moves}, headers=headers)


# The page.


def test_the_oldest_issue_is_open_beside_the_queue(client, issue, at):
    make_issue(at=at)

    page = page_of(client)

    first, _ = rows(page)
    assert first["aria-current"] == "true"
    for part in ("Borealis", "1 d", "By hand · Ana Reyes · DACH", "0% known"):
        assert part in first.text
    assert text_of(page, "waiting") == "2 waiting"
    assert text_of(page, "record-title") == f"{issue.reference} Borealis"


def test_the_proposal_says_by_which_rule(client, issue, em):
    page = page_of(client)

    assert "Sales territory DACH is covered by Amara Osei; 0 live." in page.text
    assert "Sales territory DACH belongs to Ent EMEA." in page.text
    said = form(client, issue)
    assert said["em"] == [str(em.pk)]
    assert said["segment"] == [str(make_segment("Ent_EMEA").pk)]


def test_beside_each_name_stands_the_load_and_leads_to_its_rows(client, issue, em, at):
    own = {"engagement_manager": em, "expected_value": 4_000, "em_status": "todo"}
    make_ready_issue(State.SOW_WIP, next_step="x", next_step_date=localdate(at), **own)
    make_ready_issue(State.CLOSED, engagement_manager=em)

    (load,) = page_of(client).having("load")[:1]

    (number,) = [each for each in load.all() if each.name == "b"]
    assert number.text == "1"
    assert "live · 1 to do · 1 due by tomorrow · $4k" in load.text
    assert load["href"] == f"/board/?view=team&em={em.pk}"


def test_the_record_shows_answers_open_questions_and_other_live_issues(client, issue, em, at):
    known = Question.objects.filter(service="", required=True).first()
    answer(issue, known, text="Four hundred", source="call", by=em, at=at)
    kin = make_ready_issue(State.SOW_WIP, account=issue.account, title="Their other one")
    make_ready_issue(State.CLOSED, account=issue.account, title="A closed one")

    page = page_of(client, issue=issue.pk)

    assert "Four hundred" in page.text
    assert kin.get_absolute_url() in [each.attributes.get("href") for each in page.all()]
    assert "A closed one" not in page.text
    needed = Question.objects.filter(service="", required=True).count()
    assert f"{100 // needed}% known" in page.text
    assert "1 more live" in page.text


def test_two_waiting_issues_of_one_account_are_marked(client, issue, at):
    make_issue(account=issue.account, at=at)

    assert [len(each.having("double")) for each in rows(page_of(client))] == [1, 1]


def test_of_many_issues_of_an_account_a_few_are_named_and_all_can_be_found(client, issue, at):
    name = issue.account.name
    for number in range(6):
        make_issue(account=issue.account, at=at, title=f"Their {number}.")

    page = page_of(client, issue=issue.pk)

    (others,) = page.having("kin")
    shown = [number for number in range(6) if f"Their {number}." in others.text]
    assert shown == [0, 1, 2, 3, 4]
    (all_of_them,) = [each for each in others.all() if each.text == f"All live issues of {name}"]
    assert client.get(all_of_them["href"]).context["total"] == 7


def test_issues_whose_customer_nobody_named_are_no_twins(client, issue, at):
    Account.objects.filter(pk=issue.account_id).update(name=NOT_NAMED)
    make_issue(account=issue.account, at=at)

    page = page_of(client, issue=issue.pk)

    assert [len(each.having("double")) for each in rows(page)] == [0, 0]
    assert "Other live issues" not in page.text


def test_an_empty_queue_teaches(client):
    page = page_of(client)

    assert "Nothing waits for a verdict." in page.text
    assert reverse("scoping:new_issue") in [each.attributes.get("href") for each in page.all()]


@pytest.mark.parametrize("pk", ["", "x", "-1", "99999999999999", "٣"])
def test_a_broken_address_shows_the_oldest(client, issue, pk):
    assert text_of(page_of(client, issue=pk), "record-title").startswith(issue.reference)


def test_an_issue_that_does_not_exist_is_not_found(client, issue):
    assert client.get(PAGE, {"issue": issue.pk + 99}).status_code == 404


def test_an_issue_beyond_triage_says_where_it_is(client, issue, em):
    ready = make_ready_issue(State.SOW_WIP, engagement_manager=em)

    page = page_of(client, issue=ready.pk)

    assert f"{ready.reference} is in SOW_WIP; Amara Osei has it" in page.text
    assert not page.having("verdicts")


def test_an_unknown_verdict_shows_accept(client, issue):
    (chosen,) = (
        page_of(client, issue=issue.pk, verdict="nonsense").having("verdicts")[0].having("chosen")
    )
    assert chosen.text.startswith("Accept")


def test_snoozed_issues_have_a_list_of_their_own(client, issue, em, at):
    snooze(issue, until=localdate(at) + 2 * DAY, by=em, at=at)

    assert "1 snoozed" in page_of(client).text
    page = page_of(client, show="snoozed")
    (row,) = rows(page)
    assert "until" in row.text
    assert "Snoozed by Amara Osei" in page.text


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.EM, 200), (Role.EM_LEAD, 200), (Role.DIRECTOR, 200)]
    + [(role, 404) for role in Role if role not in {Role.EM, Role.EM_LEAD, Role.DIRECTOR}],
)
def test_triage_is_for_engagement_managers_and_their_leads(signed_in, issue, role, status):
    assert signed_in(make_user(role)).get(PAGE).status_code == status


def test_who_sees_an_issue_but_may_not_triage_is_told_so(signed_in, issue):
    viewer = signed_in(make_user(Role.VIEWER))

    assert viewer.post(address("verdict", issue), {"verdict": "decline"}).status_code == 403
    assert again(issue).state == State.OPEN


@pytest.mark.parametrize("kind", ["accept", "ask"])
def test_the_page_costs_the_same_for_one_row_and_five(client, issue, em, at, kind):
    said = {"issue": issue.pk, "verdict": kind}
    alone = queries_of(client, PAGE, said)
    for _ in range(4):
        other = make_user(name="Another")
        Coverage.objects.create(
            user=other, territory=issue.account.sales_territory, since=at.date()
        )
        kin = make_issue(account=issue.account, requester=other, at=at)
        make_ready_issue(account=issue.account, engagement_manager=other)
        answer(kin, Question.objects.first(), text="x", source="call", by=em, at=at)

    full = queries_of(client, PAGE, said)

    report("triage", f"queries, {kind}", one=alone, five=full)
    assert full == alone


# Verdicts.


def test_accepting_by_htmx_opens_the_next_issue_and_offers_undo(client, issue, em, at):
    other = make_issue(at=at)

    response = give(client, issue, headers=HTMX)

    page = parsed(response.content.decode())
    assert response.status_code == 200
    assert toast(response).startswith(
        f"{issue.reference} goes to Amara Osei and is in Awaiting_Discovery."
    )
    assert text_of(page, "record-title").startswith(other.reference)
    (panes,) = page.having("triage")
    assert panes["data-address"] == f"/triage/?issue={other.pk}"
    assert again(issue).engagement_manager == em


def test_without_script_the_next_issue_opens_and_the_page_offers_undo(client, issue, at):
    other = make_issue(at=at)

    response = give(client, issue)

    assert response.url == f"/triage/?issue={other.pk}&done=accept.{issue.pk}"
    page = parsed(client.get(response.url).content.decode())
    (undo,) = page.having("done")
    assert undo["action"] == f"{address('verdict', issue)}?undo=accept"
    client.post(undo["action"], filled(undo))
    assert again(issue).state == State.OPEN
    assert again(issue).engagement_manager is None


@pytest.mark.parametrize("done", ["accept", "accept.x", "nonsense.1", "accept.999999", ".", "a.٣"])
def test_a_made_up_undo_in_the_address_shows_nothing(client, issue, done):
    assert page_of(client, done=done).having("done") == []


def test_somebody_else_than_proposed_needs_a_reason(client, issue):
    other = make_user(name="Jonas Lindqvist")

    refused = give(client, issue, em=other.pk)
    assert refused.status_code == 422
    said = "Say why it goes to Jonas Lindqvist and not to Amara Osei."
    assert said in parsed(refused.content.decode()).text
    give(client, issue, em=other.pk, why="Speaks Finnish")

    assert again(issue).engagement_manager == other


@pytest.mark.parametrize("field", ["em", "segment"])
@pytest.mark.parametrize("value", ["", "0", "none", "999999"])
def test_accepting_needs_a_known_manager_and_segment(client, issue, field, value):
    response = give(client, issue, **{field: value})

    assert response.status_code == 422
    assert again(issue).state == State.OPEN


def test_a_lead_who_is_no_engagement_manager_gets_no_issue(client, issue):
    lead = make_user(Role.EM_LEAD)

    assert give(client, issue, em=lead.pk, why="x").status_code == 422


def test_a_duplicate_goes_on_in_the_oldest_of_its_account_unless_another_is_named(client, issue):
    kin = make_ready_issue(State.SOW_WIP, account=issue.account)
    second, other = make_issue(account=issue.account), make_ready_issue()

    give(client, second, "duplicate")
    give(client, issue, "duplicate", other=other.reference)

    assert again(second).merged_into_id in {issue.pk, kin.pk}
    assert again(issue).merged_into == other


def test_a_duplicate_of_what_is_closed_or_nothing_is_refused(client, issue):
    closed = make_ready_issue(State.CLOSED)

    for other, said in [
        (closed.reference, "is closed"),
        ("PS-999999", "no such issue"),
        ("", "Choose the issue"),
        (issue.reference, "Choose another issue"),
    ]:
        response = give(client, issue, "duplicate", other=other)
        assert response.status_code == 422
        assert said in response.content.decode()


def test_declining_keeps_reason_and_note(client, issue):
    give(client, issue, "decline", reason=CloseReason.UNQUALIFIED, note="Too small")

    found = again(issue)
    assert (found.close_reason, found.close_note) == (CloseReason.UNQUALIFIED, "Too small")


@pytest.mark.parametrize("reason", ["", "merged", "imported", "price", "x"])
def test_only_a_reason_that_counts_nowhere_declines(client, issue, reason):
    assert give(client, issue, "decline", reason=reason).status_code == 422


@pytest.mark.parametrize(
    ("days", "status"), [(0, 422), (-1, 422), (1, 302), (366, 302), (367, 422)]
)
def test_a_snooze_ends_after_today_and_within_a_year(client, issue, at, days, status):
    day = localdate(at) + days * DAY

    assert give(client, issue, "snooze", until="day", day=day).status_code == status
    assert Snooze.objects.exists() == (status == 302)


def test_a_snooze_needs_a_day_or_an_event(client, issue):
    assert give(client, issue, "snooze", until="day", day="").status_code == 422
    assert give(client, issue, "snooze", until="call", day="").status_code == 422
    assert give(client, issue, "snooze", until="answer", day="").status_code == 302


def test_waiting_for_the_call_is_offered_once_one_is_planned(client, issue, em, at):
    Meeting.objects.create(issue=issue, kind="scoping_call", starts_at=at + DAY)

    give(client, issue, "snooze", until="call", day="")

    assert Snooze.objects.get().call


def test_asking_mails_the_ticked_questions_and_ones_own(client, issue, em):
    wanted = form(client, issue, "ask")
    required = Question.objects.filter(service="", required=True, at_intake=True)
    assert set(wanted["questions"]) == set(required.values_list("key", flat=True))

    first = required.first()
    give(client, issue, "ask", questions=[first.key], own="Why now?\n\n  And who? ", note="Soon")

    mail = Mail.objects.get()
    assert f"- {first.prompt}\n- Why now?\n- And who?\n\nSoon\n" in mail.text
    assert f"http://testserver/issues/{issue.pk}/questions/" in mail.text
    assert (mail.address, mail.headers) == (issue.requester.email, {"Reply-To": em.email})


def test_asking_says_why_it_cannot(client, at):
    issue = make_issue(at=at)

    page = page_of(client, issue=issue.pk, verdict="ask")
    assert "Nobody is named as the requester." in page.text
    response = client.post(address("verdict", issue), {"verdict": "ask", "own": "Why?"})

    assert response.status_code == 422
    assert not Mail.objects.exists()


def test_when_everything_is_answered_nothing_is_offered(client, issue, em, at):
    for each in Question.objects.filter(service="", at_intake=True):
        answer(issue, each, text="x", source="call", by=em, at=at)

    page = page_of(client, issue=issue.pk, verdict="ask")

    assert "Everything asked at intake is answered." in page.text


def test_what_somebody_else_moved_first_is_a_conflict_that_names_them(client, signed_in, issue):
    seen = form(client, issue)
    give(signed_in(make_user(name="Jonas Lindqvist")), issue, "decline")

    response = client.post(address("verdict", issue), seen, headers=HTMX)

    assert response.status_code == 409
    assert "Jonas Lindqvist moved" in toast(response)


@pytest.mark.parametrize("kind", ["accept", "decline", "duplicate", "snooze", "ask"])
def test_every_verdict_can_be_taken_back(client, issue, kind):
    make_ready_issue(State.SOW_WIP, account=issue.account)
    before = {name: getattr(again(issue), name) for name in ("state", "segment_id", "em_status")}
    response = give(client, issue, kind, headers=HTMX)
    assert "Undo" in response.content.decode()

    response = back(client, issue, kind, HTMX)

    page = parsed(response.content.decode())
    assert toast(response) == f"{issue.reference} waits for a verdict again."
    assert text_of(page, "record-title").startswith(issue.reference)
    found = again(issue)
    assert {name: getattr(found, name) for name in before} == before
    assert (found.engagement_manager, found.merged_into) == (None, None)
    assert [each["id"] for each in rows(page)] == [f"w{issue.pk}"]


def test_a_question_whose_mail_has_left_cannot_be_taken_back_and_it_says_so(client, issue, at):
    give(client, issue, "ask")
    Mail.objects.update(sent_at=at)

    response = back(client, issue, "ask", HTMX)

    assert response.status_code == 422
    assert toast(response).startswith("The mail has left and cannot be taken back.")


def test_a_verdict_nobody_knows_is_not_found(client, issue):
    assert client.post(address("verdict", issue), {"verdict": "eat"}).status_code == 404
    assert client.post(f"{address('verdict', issue)}?undo=eat").status_code == 404


def test_my_day_leads_to_the_issue_in_triage(client, issue):
    page = parsed(client.get("/").content.decode())

    links = [each.attributes.get("href") for each in page.all()]
    assert f"/triage/?issue={issue.pk}" in links


def test_the_timeline_of_the_issue_tells_of_triage(client, issue):
    give(client, issue, "ask")
    back(client, issue, "ask")
    give(client, issue)

    text = client.get(issue.get_absolute_url()).content.decode()

    assert "accepted this for Amara Osei" in text
    assert "asked Ana Reyes" in text
