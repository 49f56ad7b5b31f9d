"""Merging, correcting and reviving in the browser, and the meetings of an issue."""

import pytest
from django.utils.timezone import now

from emdesk.activity.commenting import comment
from emdesk.people.models import Role
from scoping.models import Meeting, MeetingKind, ScopingIssue
from scoping.quarters import quarter_at
from scoping.states import State
from tests.factories import (
    NOON,
    again,
    make_issue,
    make_ready_issue,
    make_user,
)
from tests.scoping.pages import at

pytestmark = pytest.mark.django_db


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


def test_what_counts_nowhere_has_no_close_to_correct(signed_in, em):
    issue = make_issue(State.CLOSED, engagement_manager=em, outcome="")

    assert signed_in(make_user(Role.EM_LEAD)).get(at("correct", issue)).status_code == 403


def test_after_the_quarter_only_a_lead_corrects(client, em, signed_in):
    issue = closed_by(em, close_quarter="Q122")

    assert client.get(at("correct", issue)).status_code == 403
    assert signed_in(make_user(Role.EM_LEAD)).get(at("correct", issue)).status_code == 200


def test_a_lost_deal_is_revived_as_a_new_issue(client, em):
    issue = closed_by(em, close_quarter="Q122")

    response = client.post(at("revive", issue))

    revival = ScopingIssue.objects.get(revives=issue)
    assert response.url == revival.get_absolute_url()
