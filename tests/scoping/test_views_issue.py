"""The issue page and its forms: edits, answers, meetings, merging, correcting, and My day."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from emdesk.activity.commenting import comment
from emdesk.ledger.models import Event
from emdesk.people.models import Coverage, Role, Territory
from scoping.facts import amend, answer
from scoping.forms.issue import GROUPS
from scoping.models import Answer, Meeting, MeetingKind, Question, ScopingIssue
from scoping.quarters import quarter_at
from scoping.states import LIVE, State
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
from tests.scoping.markup import filled, parsed

pytestmark = pytest.mark.django_db


@pytest.fixture
def em():
    return make_user(name="Amara Osei")


@pytest.fixture
def client(em, signed_in):
    return signed_in(em)


@pytest.fixture
def issue(em):
    return make_ready_issue(
        State.SOW_WIP,
        engagement_manager=em,
        next_step="Call",
        next_step_date=TODAY,
        expected_value=Decimal(100),
    )


def at(name, issue, *more):
    return reverse(f"scoping:{name}", args=[issue.pk, *more])


def form_on(response):
    """The page's one form about the issue, as the browser would send it."""
    page = parsed(response.content.decode())
    return filled(page.having("form")[0])


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


def queries_of(client, address, said=None):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, said).status_code == 200
    return len(queries)


def test_the_page_costs_the_same_however_much_it_lists(client, issue, em):
    furnish(issue, em, 1)
    one = queries_of(client, issue.get_absolute_url())
    furnish(issue, em, 4)
    five = queries_of(client, issue.get_absolute_url())

    report("boards", "queries of an issue page", one=one, five=five)
    assert one == five <= 22


# Facts.


def edit(client, issue, group="step", **said):
    """Open the form, write over some fields and send it, as a person does."""
    page = client.get(at("facts", issue, group))
    return client.post(at("facts", issue, group), form_on(page) | said)


def test_an_edit_is_saved_and_told(client, issue, em):
    response = edit(client, issue, next_step="Write the SOW")

    assert (response.status_code, response.url) == (302, issue.get_absolute_url())
    assert again(issue).next_step == "Write the SOW"
    event = Event.objects.about(issue).last()
    assert (event.verb, event.actor) == ("scoping.amended", em)
    assert event.data["changed"] == {"next_step": ["Call", "Write the SOW"]}


@pytest.mark.parametrize("group", GROUPS)
def test_a_form_sent_back_as_it_came_changes_nothing(client, issue, group):
    account = issue.account
    ScopingIssue.objects.filter(pk=issue.pk).update(
        opportunity=make_opportunity(account=account),
        requester=make_user(Role.ACCOUNT_TEAM),
        services=["migration"],
        free_labels=["urgent"],
        architect_help="asked",
    )
    before = ScopingIssue.objects.filter(pk=issue.pk).values().get()
    events = Event.objects.count()

    response = edit(client, issue, group)

    assert response.status_code == 302
    assert ScopingIssue.objects.filter(pk=issue.pk).values().get() == before
    assert Event.objects.count() == events


def test_what_somebody_else_changed_meanwhile_is_shown_not_overwritten(client, issue):
    opened = form_on(client.get(at("facts", issue, "step")))
    amend(issue, by=make_user(), at=now(), next_step="Send the estimate")
    events = Event.objects.count()

    response = client.post(
        at("facts", issue, "step"), opened | {"next_step": "Mine", "current_state": "Hot"}
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else changed this while you were writing." in page
    assert "Send the estimate" in page
    assert form_on(response)["next_step"] == ["Mine"]
    assert (again(issue).next_step, again(issue).current_state) == ("Send the estimate", "")
    assert Event.objects.count() == events


def test_who_was_shown_it_and_saves_again_lets_theirs_stand(client, issue):
    opened = form_on(client.get(at("facts", issue, "step")))
    amend(issue, by=make_user(), at=now(), next_step="Send the estimate")
    shown = client.post(at("facts", issue, "step"), opened | {"next_step": "Mine"})

    response = client.post(at("facts", issue, "step"), form_on(shown))

    assert response.status_code == 302
    assert again(issue).next_step == "Mine"


def test_who_changed_something_else_meanwhile_is_kept_too(client, issue):
    opened = form_on(client.get(at("facts", issue, "step")))
    amend(issue, by=make_user(), at=now(), next_step="Send the estimate")

    response = client.post(at("facts", issue, "step"), opened | {"current_state": "Hot"})

    found = again(issue)
    assert response.status_code == 302
    assert (found.next_step, found.current_state) == ("Send the estimate", "Hot")


@pytest.mark.parametrize(
    ("group", "said", "field"),
    [
        ("deal", {"expected_value": "-1"}, "A value is zero or more."),
        ("deal", {"expected_value": "1e400"}, ""),
        ("deal", {"expected_value": "NaN"}, ""),
        ("deal", {"currency": "XXX"}, ""),
        ("deal", {"services": ["nothing"]}, ""),
        ("step", {"next_step_date": "soon"}, ""),
        ("step", {"next_step": "x" * 201}, ""),
        ("labels", {"free_labels": "urgent, Segment::SMB"}, "kept as a field of its own"),
        ("triage", {"title": ""}, ""),
        ("triage", {"engagement_manager": "999999"}, ""),
    ],
)
def test_what_a_field_cannot_hold_is_asked_again(client, issue, group, said, field):
    before = ScopingIssue.objects.filter(pk=issue.pk).values().get()

    response = edit(client, issue, group, **said)

    assert response.status_code == 422
    assert field in response.content.decode()
    assert ScopingIssue.objects.filter(pk=issue.pk).values().get() == before


@pytest.mark.parametrize(
    ("group", "who"),
    [(group, who) for group in GROUPS for who in ("another em", "lead", "viewer", "leadership")],
)
def test_any_em_triages_and_labels_and_the_rest_is_the_ems_and_leads(signed_in, issue, group, who):
    roles = {
        "another em": Role.EM,
        "lead": Role.EM_LEAD,
        "viewer": Role.VIEWER,
        "leadership": Role.PS_LEADERSHIP,
    }
    client = signed_in(make_user(roles[who]))
    allowed = who == "lead" or (who == "another em" and group in {"triage", "labels"})

    assert client.get(at("facts", issue, group)).status_code == (200 if allowed else 403)
    assert client.post(at("facts", issue, group)).status_code == (422 if allowed else 403) or (
        allowed and group not in {"triage", "deal"}
    )


def test_another_accounts_opportunity_is_not_offered(client, issue):
    other = make_opportunity(account=make_account(name="Somebody else"))

    response = edit(client, issue, "deal", opportunity=other.pk)

    assert response.status_code == 422
    assert again(issue).opportunity is None


def test_a_group_that_does_not_exist_is_not_found(client, issue):
    assert client.get(at("facts", issue, "secrets")).status_code == 404


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


# Meetings.


def test_a_meeting_is_planned_held_with_notes_and_put_into_a_calendar(client, issue, em):
    said = {
        "kind": "scoping_call",
        "starts_at": "2026-03-09T14:00",
        "minutes": 60,
        "people": [em.pk],
        "place": "Room 1",
    }
    assert client.post(at("plan_meeting", issue), said).status_code == 302
    meeting = issue.meetings.get()

    file = client.get(at("calendar_file", issue, meeting.pk))
    assert file["Content-Type"].startswith("text/calendar")
    assert file["Content-Disposition"] == f'attachment; filename="{issue.reference}.ics"'
    assert b"DTSTART:20260309T140000Z\r\n" in file.content

    client.post(at("end_meeting", issue, meeting.pk), {"notes": "They move in May."})
    assert issue.meetings.get().notes == "They move in May."
    assert "They move in May." in client.get(issue.get_absolute_url()).content.decode()


def test_a_meeting_is_planned_in_the_persons_own_time(signed_in, issue, em):
    type(em).objects.filter(pk=em.pk).update(time_zone="Asia/Tokyo")
    em.refresh_from_db()
    said = {"kind": "scoping_call", "starts_at": "2026-03-09T14:00", "minutes": 60}

    signed_in(em).post(at("plan_meeting", issue), said)

    assert f"{issue.meetings.get().starts_at:%H:%M %Z}" == "05:00 UTC"


def test_a_meeting_that_was_held_says_what_was_said(client, issue):
    meeting = Meeting.objects.create(issue=issue, kind=MeetingKind.SCOPING_CALL, starts_at=NOON)

    client.post(at("end_meeting", issue, meeting.pk), {"notes": ""})

    assert issue.meetings.get().held_at is None


def test_another_issues_meeting_is_not_found_here(client, issue, em):
    other = make_ready_issue(engagement_manager=em)
    meeting = Meeting.objects.create(issue=other, kind=MeetingKind.SCOPING_CALL, starts_at=NOON)

    assert client.get(at("calendar_file", issue, meeting.pk)).status_code == 404
    assert client.post(at("end_meeting", issue, meeting.pk), {"cancel": ""}).status_code == 404
    assert client.post(at("end_meeting", other, meeting.pk), {"cancel": ""}).status_code == 302
    assert other.meetings.get().cancelled_at


# Merging, correcting, reviving.


@pytest.mark.parametrize("spelling", ["PS-{}", "{}", " ps-{} "])
def test_a_duplicate_is_merged_by_its_reference(client, issue, em, spelling):
    into = make_ready_issue(engagement_manager=em)

    response = client.post(at("merge", issue), {"into": spelling.format(into.pk)})

    assert response.url == into.get_absolute_url()
    assert again(issue).merged_into == into
    page = client.get(into.get_absolute_url()).content.decode()
    assert issue.reference in page


@pytest.mark.parametrize("said", ["", "PS-999999", "x", "PS-²", "9" * 40])
def test_what_is_no_issue_is_not_merged_into(client, issue, said):
    assert client.post(at("merge", issue), {"into": said}).status_code == 422
    assert again(issue).live


def test_merging_into_itself_or_what_is_closed_is_refused_in_words(client, issue):
    closed = make_issue(State.CLOSED)

    for into, words in ((issue, "another issue"), (closed, "live")):
        response = client.post(at("merge", issue), {"into": into.reference})
        assert response.status_code == 422
        assert words in response.content.decode()


def test_the_history_of_what_was_merged_is_told_where_it_goes_on(client, issue, em):
    duplicate = make_ready_issue(engagement_manager=em)
    comment(duplicate, "The customer called twice", by=em, at=now())

    client.post(at("merge", duplicate), {"into": issue.reference})

    assert "The customer called twice" in client.get(issue.get_absolute_url()).content.decode()


def closed_by(em, **fields):
    return make_issue(State.CLOSED, engagement_manager=em, at=now(), **fields)


def current_quarter():
    return str(quarter_at(now()))


def test_a_close_is_corrected_with_a_reason(client, em):
    issue = closed_by(em, close_quarter=current_quarter())
    said = {
        "outcome": "won",
        "close_reason": "signed",
        "close_quarter": current_quarter(),
        "why": "Signed after all",
    }

    assert client.post(at("correct", issue), said | {"why": ""}).status_code == 422
    assert client.post(at("correct", issue), said).status_code == 302
    assert again(issue).outcome == "won"


def test_after_the_quarter_only_a_lead_corrects(client, em, signed_in):
    issue = closed_by(em, close_quarter="Q122")

    assert client.get(at("correct", issue)).status_code == 403
    assert signed_in(make_user(Role.EM_LEAD)).get(at("correct", issue)).status_code == 200


def test_a_lost_deal_is_revived_as_a_new_issue(client, em):
    issue = closed_by(em, close_quarter="Q122")

    response = client.post(at("revive", issue))

    revival = ScopingIssue.objects.get(revives=issue)
    assert response.url == revival.get_absolute_url()


# My day.


def test_signed_in_one_begins_with_ones_day(client, issue):
    page = client.get("/")

    assert page.status_code == 200
    assert f"Draft the SOW for {issue}" in page.content.decode()


def test_an_empty_day_says_what_is_next(signed_in):
    assert "All clear." in signed_in(make_user()).get("/").content.decode()


def test_a_lead_sees_the_teams_day_and_an_em_their_own(signed_in, issue):
    lead = signed_in(make_user(Role.EM_LEAD))

    assert str(issue) not in lead.get("/").content.decode()
    assert str(issue) in lead.get("/", {"view": "team"}).content.decode()
    other = signed_in(make_user()).get("/", {"view": "team"})
    assert str(issue) not in other.content.decode()


def fill_day(em, territory):
    for state in LIVE:
        fields = {
            "account": make_account(sales_territory=territory),
            "segment": make_segment(),
            "expected_value": 100,
        }
        make_issue(state, engagement_manager=em, **fields)
        fields["account"] = make_account(sales_territory=territory)
        waiting = make_issue(state, engagement_manager=em, em_status="waiting", **fields)
        amend(waiting, by=None, at=now(), next_step="Call", next_step_date=now().date())
        Meeting.objects.create(issue=waiting, kind=MeetingKind.SCOPING_CALL, starts_at=now())
        make_issue(account=make_account(sales_territory=territory))


@pytest.mark.parametrize("view", ["mine", "team"])
def test_a_day_costs_the_same_however_full_it_is(signed_in, view):
    lead = make_user(Role.EM, Role.EM_LEAD)
    territory = Territory.objects.create(name="Nordics")
    Coverage.objects.create(user=lead, territory=territory, since=now() - timedelta(days=1))
    client = signed_in(lead)
    counts = []
    for times in (1, 4):
        for _ in range(times):
            fill_day(lead, territory)
        counts.append(queries_of(client, "/", {"view": view}))

    report("boards", f"queries of the {view} day", one=counts[0], five=counts[1])
    assert counts[0] == counts[1] <= 9
