"""A person's calendar at a secret address."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from icalendar import Calendar

from emdesk.ledger.models import Event
from emdesk.notifications.feeds import calendar_of
from emdesk.notifications.models import Feed
from emdesk.people.models import Role, User
from scoping.meetings import plan
from scoping.models import Meeting, ScopingIssue
from tests.factories import NOON, TODAY, make_account, make_issue, make_ready_issue, make_user
from tests.notifications.browsing import browser, page_of

pytestmark = pytest.mark.django_db
IN_A_WEEK = 7 * (NOON - NOON.replace(day=1))


@pytest.fixture
def client(em):
    return browser(em)


def address_from(client):
    page = client.post("/inbox/calendar/").content.decode()
    return re.search(r"/calendar/[\w-]+\.ics", page)[0]


def fetched(address):
    response = Client().get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return response.content


def entries(user, at=NOON):
    calendar = Calendar.from_ical(calendar_of(user, at))
    return {str(each["uid"]): each for each in calendar.walk("VEVENT")}


def meeting(issue, people=(), at=NOON + IN_A_WEEK):
    found = Meeting(issue=issue, kind="scoping_call", starts_at=at, minutes=30, place="Room\r\n1")
    return plan(found, people, by=make_user(), at=NOON)


# What stands in it.


def test_an_em_finds_clocks_meetings_review_dates_and_next_steps(em):
    name = "Borealis, “Nord”; \r\nATTENDEE:mailto:evil@example.com"
    issue = make_ready_issue(engagement_manager=em, account=make_account(name=name))
    step = {"next_step": "Call, then write", "next_step_date": TODAY}
    ScopingIssue.objects.filter(pk=issue.pk).update(**step)
    held = make_issue("on_hold", engagement_manager=em)
    planned = meeting(issue)

    found = entries(em)

    assert f"step-{issue.pk}@emdesk" in found
    assert str(found[f"step-{issue.pk}@emdesk"]["summary"]).startswith("Call, then write: ")
    review = found[f"review-{held.pk}@emdesk"]
    assert review["dtstart"].dt == ScopingIssue.objects.get(pk=held.pk).review_date
    call = found[f"meeting-{planned.pk}@emdesk"]
    assert (call["dtstart"].dt, call["duration"].dt.seconds) == (planned.starts_at, 1800)
    assert str(call["url"]).endswith(f"/issues/{issue.pk}/")
    clocks = [each for uid, each in found.items() if uid.startswith("clock-")]
    assert clocks
    assert all(" is due: " in str(each["summary"]) for each in clocks)


def test_it_is_whole_by_rfc_5545(em):
    name = "Ünïcode ☃ " * 12 + "\r\nATTENDEE:mailto:evil@example.com\r\n,;\\"
    issue = make_ready_issue(engagement_manager=em, account=make_account(name=name))
    meeting(issue, [em])

    raw = calendar_of(em, NOON)

    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    calendar = Calendar.from_ical(raw)
    assert (calendar["version"], bool(calendar["prodid"])) == ("2.0", True)
    for each in calendar.walk("VEVENT"):
        assert each.errors == []
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= set(each)
        assert not {"ATTENDEE", "ORGANIZER"} & set(each)
    uids = [str(each["uid"]) for each in calendar.walk("VEVENT")]
    assert len(uids) == len(set(uids)) > 0


def test_what_is_cancelled_closed_or_somebody_elses_is_left_out(em):
    cancelled = meeting(make_ready_issue(engagement_manager=em))
    Meeting.objects.update(cancelled_at=NOON)
    other = make_ready_issue()
    ScopingIssue.objects.filter(pk=other.pk).update(next_step="x", next_step_date=TODAY)
    past = meeting(make_ready_issue(engagement_manager=em), at=NOON - IN_A_WEEK * 5)

    found = entries(em)

    assert not {f"meeting-{cancelled.pk}@emdesk", f"meeting-{past.pk}@emdesk"} & set(found)
    assert f"step-{other.pk}@emdesk" not in found


def test_it_costs_the_same_for_one_issue_and_for_five(em):
    def statements():
        with CaptureQueriesContext(connection) as found:
            calendar_of(em, NOON)
        return len(found)

    meeting(make_ready_issue(engagement_manager=em))
    once = statements()
    for _ in range(4):
        meeting(make_ready_issue(engagement_manager=em))
    assert statements() == once


# Who may see what, at each fetch.


def test_who_may_see_a_record_no_more_finds_nothing_of_it_at_the_next_fetch():
    ana = make_user(Role.ACCOUNT_TEAM)
    issue = make_ready_issue(requester=ana, account=make_account(name="Quagga"))
    meeting(issue, [ana], at=now() + IN_A_WEEK)
    address = address_from(browser(ana))
    assert b"Quagga" in fetched(address)

    ScopingIssue.objects.filter(pk=issue.pk).update(requester=None)
    assert b"Quagga" not in fetched(address)


def test_another_role_shows_what_that_role_may_see(em):
    issue = make_ready_issue(engagement_manager=em, account=make_account(name="Quagga"))
    meeting(issue, [em], at=now() + IN_A_WEEK)
    address = address_from(browser(em))
    assert b"Quagga" in fetched(address)

    User.objects.filter(pk=em.pk).update(roles=["project_manager"])
    assert b"Quagga" not in fetched(address)


def test_who_has_left_has_no_calendar_any_more(em, client):
    address = address_from(client)
    User.objects.filter(pk=em.pk).update(is_active=False)
    assert Client().get(address).status_code == 404


# The address.


def test_the_address_is_shown_once_and_only_a_hash_is_kept(em, client):
    address = address_from(client)
    token = address.split("/")[2].removesuffix(".ics")

    assert fetched(address).startswith(b"BEGIN:VCALENDAR")
    assert len(token) >= 43
    assert token not in page_of(client, "/inbox/settings/")
    assert token not in str(Feed.objects.values())
    assert token not in str(Event.objects.values_list("data"))


def test_a_new_address_ends_the_old_one_and_switching_off_ends_both(client):
    first = address_from(client)
    second = address_from(client)
    assert Client().get(first).status_code == 404
    assert fetched(second)

    client.post("/inbox/calendar/off/")
    assert Client().get(second).status_code == 404
    assert Event.objects.filter(verb="notifications.feed_removed").count() == 1


def test_a_guessed_or_cut_address_is_nothing(client):
    address = address_from(client)
    for wrong in (
        address[:-5] + ".ics",
        address.swapcase(),
        "/calendar/x.ics",
        "/calendar/%00.ics",
    ):
        assert Client().get(wrong).status_code == 404
