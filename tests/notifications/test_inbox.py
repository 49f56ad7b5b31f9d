"""The inbox: what happened by record, and what a person does about it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from emdesk.activity.watching import watch
from emdesk.ledger.recording import record
from emdesk.notifications.fanning import announce
from emdesk.notifications.models import Notification
from emdesk.people.models import Role
from tests.factories import NOON, make_ready_issue, make_user
from tests.notifications.browsing import browser, page_of, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(em, told_of_all):
    return browser(em)


def act(client, issue, deed, **more):
    upto = max(Notification.objects.values_list("pk", flat=True))
    said = {"about": f"scoping.scopingissue:{issue.pk}", "upto": upto, "deed": deed}
    return client.post("/inbox/act/", said | more)


def test_the_inbox_says_what_happened_why_one_is_told_and_leads_to_the_record(em, client):
    issue = tell(em)

    page = page_of(client)

    assert f'href="/issues/{issue.pk}/"' in page
    assert "<b>Ana Reyes</b> answered “How many?”: “Four hundred”" in page
    assert "you get this because you are its engagement manager" in page
    assert "1<span" in page


def test_an_empty_inbox_teaches_what_will_come(client):
    page = page_of(client)
    assert "Nothing waits to be read." in page
    assert "unread in your inbox" not in page


def test_what_was_told_of_one_record_is_one_row(em, client):
    issue = tell(em)
    for _ in range(4):
        tell(em, issue)
    page = page_of(client)

    assert page.count('<li class="told unread">') == 1
    assert "And 2 earlier." in page


def test_done_takes_it_away_and_put_back_brings_it_back(em, client):
    issue = tell(em)
    act(client, issue, "done")
    assert '<li class="told' not in page_of(client)
    assert issue.reference in page_of(client, "/inbox/?show=done")

    act(client, issue, "back")
    assert f"<b>{issue}</b>" in page_of(client)


def test_what_comes_while_one_clears_the_page_stays(em, client):
    issue = tell(em)
    upto = Notification.objects.get().pk
    tell(em, issue)
    client.post(
        "/inbox/act/", {"about": f"scoping.scopingissue:{issue.pk}", "upto": upto, "deed": "done"}
    )

    assert Notification.objects.filter(done_at=None).count() == 1


def test_a_snoozed_record_sleeps_until_a_morning_of_theirs_and_is_unread_then(em, client):
    em.time_zone = "Asia/Tokyo"
    em.save()
    issue = tell(em)
    act(client, issue, "seen")
    act(client, issue, "snooze", until="tomorrow")

    assert issue.reference not in page_of(client).partition("<main")[2]
    assert issue.reference in page_of(client, "/inbox/?show=snoozed")
    row = Notification.objects.get()
    assert row.snoozed_until.hour == 23  # eight in the morning in Tokyo
    lying = Notification.objects.lying(em, row.snoozed_until)
    assert lying.unread().count() == 1


def test_a_muted_record_says_nothing_more_until_it_is_unmuted(em, client):
    issue = tell(em)
    act(client, issue, "mute")
    tell(em, issue)
    assert not Notification.objects.lying(em, now()).exists()

    act(client, issue, "unmute")
    tell(em, issue)
    assert Notification.objects.lying(em, now()).count() == 1


def test_the_tabs_show_mentions_approvals_and_promises_apart(em, client):
    mine = tell(em)
    other = make_ready_issue(engagement_manager=em)
    event = record(
        other,
        "activity.commented",
        by=make_user(),
        at=now(),
        mentions=[em.pk],
        comment=0,
        audience="internal",
    )
    announce([event], now())

    mentions = page_of(client, "/inbox/?show=mentions").partition("<main")[2]
    assert other.reference in mentions
    assert mine.reference not in mentions
    assert "Nothing here." in page_of(client, "/inbox/?show=sla")


def test_done_on_a_tab_leaves_what_the_tab_does_not_show(em, client):
    issue = tell(em)
    called = {"mentions": [em.pk], "comment": 0, "audience": "internal"}
    tell(em, issue, "activity.commented", **called)
    upto = Notification.objects.latest("pk").pk
    said = {"about": f"scoping.scopingissue:{issue.pk}", "upto": upto, "deed": "done"}

    client.post("/inbox/act/?show=mentions", said)

    assert [row.kind for row in Notification.objects.filter(done_at=None)] == ["ready"]
    assert "Four hundred" in page_of(client)


def test_seeing_counts_down_and_looking_changes_nothing(em, client):
    issue = tell(em)
    page_of(client)
    assert Notification.objects.get().seen_at is None

    response = client.post(
        "/inbox/act/",
        {"about": f"scoping.scopingissue:{issue.pk}", "upto": 2**40, "deed": "seen"},
        headers={"X-Quietly": "1"},
    )

    assert response.status_code == 204
    assert "unread in your inbox" not in page_of(client)


def test_nobody_acts_on_anothers_notices(em):
    issue = tell(em)
    act(browser(make_user()), issue, "done")

    assert Notification.objects.get().done_at is None


def test_who_may_see_a_record_no_more_sees_its_notices_no_more():
    ana = make_user(Role.ACCOUNT_TEAM)
    issue = make_ready_issue(requester=ana)
    watch(issue, by=ana, at=NOON)
    event = record(issue, "scoping.woken", by=make_user(), at=now())
    announce([event], now())
    assert issue.reference in page_of(browser(ana))

    issue.requester = None
    issue.save(update_fields=["requester"])
    assert issue.reference not in page_of(browser(ana))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"deed": "burn"},
        {"about": "auth.user:1"},
        {"about": "x"},
        {"upto": "-1"},
        {"until": "never"},
    ],
)
def test_what_is_not_a_deed_is_refused(em, client, said):
    whole = {"about": "scoping.scopingissue:1", "upto": "1", "deed": "done"} | said
    assert client.post("/inbox/act/", whole if said else {}).status_code == 400


def test_the_page_costs_the_same_for_one_and_for_five(em, client):
    def statements():
        with CaptureQueriesContext(connection) as found:
            page_of(client)
        return len(found)

    tell(em)
    once = statements()
    for _ in range(4):
        tell(em)
    assert statements() == once
