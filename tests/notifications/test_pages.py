"""The pages: inbox, what to be told of, mail as it was sent, and how delivery is doing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from emdesk.activity.watching import watch
from emdesk.clock import database_now
from emdesk.ledger.models import Dispatch, Event, Heartbeat
from emdesk.ledger.recording import record
from emdesk.notifications.delivery import deliver
from emdesk.notifications.fanning import announce
from emdesk.notifications.kinds import By
from emdesk.notifications.models import Mail, Notification, Preferences
from emdesk.notifications.posting import post
from emdesk.notifications.writing import unsubscribe_token
from emdesk.people.models import Role
from tests.factories import NOON, make_ready_issue, make_user

pytestmark = pytest.mark.django_db
INBOX = "/inbox/"


def browser(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def em(told_of_all):
    return make_user(name="Maya Okafor")


@pytest.fixture
def client(em):
    return browser(em)


def tell(em, issue=None, verb="scoping.answered", **said):
    issue = issue or make_ready_issue(engagement_manager=em)
    said = said or {"question": "How many?", "text": "Four hundred"}
    event = record(issue, verb, by=make_user(name="Ana Reyes"), at=now(), **said)
    announce([event], now())
    return issue


def act(client, issue, deed, **more):
    upto = max(Notification.objects.values_list("pk", flat=True))
    said = {"about": f"scoping.scopingissue:{issue.pk}", "upto": upto, "deed": deed}
    return client.post("/inbox/act/", said | more)


def page_of(client, address=INBOX):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


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


# What to be told of.


def matrix(client, **changed):
    form = client.get("/inbox/settings/").context["form"]
    said = {}
    for field in form:
        value = field.value()
        if value not in (False, None):
            said[field.html_name] = value if value is not True else "on"
    return client.post("/inbox/settings/", said | changed)


def test_a_choice_is_kept_told_to_the_ledger_and_followed(em, client):
    assert matrix(client, **{"mail-ready": By.NEVER, "digest_hour": "6"}).status_code == 302

    found = Preferences.objects.get(user=em)
    assert (found.digest_hour, found.wishes) == (6, {"ready": {"inbox": True, "mail": "never"}})
    assert Event.objects.filter(verb="notifications.chosen").count() == 1
    tell(em)
    assert not Mail.objects.exists()


def test_half_of_quiet_hours_is_refused(client):
    response = matrix(client, quiet_from="")
    assert response.status_code == 422
    assert "Say both when quiet hours begin" in response.content.decode()


def test_a_broken_promise_cannot_be_kept_out_of_the_inbox(em, client):
    response = matrix(client)
    form = response.wsgi_request and client.get("/inbox/settings/").context["form"]
    assert form.fields["inbox-breached"].disabled


def test_a_test_mail_leaves_for_oneself(em, client):
    client.post("/inbox/settings/test/")
    assert Mail.objects.get().address == em.email


def test_the_link_in_a_mail_stops_its_kind_after_a_post_and_no_other(em):
    address = f"/inbox/unsubscribe/{unsubscribe_token(em, 'ready')}/"
    stranger = Client()
    assert "Stop mail of the kind" in stranger.get(address).content.decode()
    assert not Preferences.objects.exists()

    assert (
        "no more mail" in stranger.post(address, {"List-Unsubscribe": "One-Click"}).content.decode()
    )
    assert Preferences.objects.get(user=em).wishes == {"ready": {"mail": "never"}}
    stranger.post(address)
    assert Event.objects.filter(verb="notifications.chosen").count() == 1


def test_a_forged_link_is_nothing(em):
    token = unsubscribe_token(em, "ready")
    for forged in (token[:-2], "x", unsubscribe_token(em, "nothing"), token.swapcase()):
        assert Client().post(f"/inbox/unsubscribe/{forged}/").status_code == 404
    assert not Preferences.objects.exists()


# Mail as it was sent.


@pytest.fixture
def mail(em):
    return post("one", "test", em, "To Maya", "Only for Maya.", at=NOON)


def test_everybody_reads_their_own_mail_and_nobody_elses(em, client, mail):
    assert "Only for Maya." in page_of(client, f"/mailbox/{mail.pk}/")
    assert "To Maya" in page_of(client, "/mailbox/")

    other = browser(make_user())
    assert "To Maya" not in page_of(other, "/mailbox/")
    for address in (f"/mailbox/{mail.pk}/", f"/mailbox/{mail.pk}/source/"):
        assert other.get(address).status_code == 404
    assert other.post(f"/mailbox/{mail.pk}/resend/").status_code == 404


def test_an_administrator_sees_every_mail_as_it_was_sent_and_sends_it_once_more(client, mail):
    admin = browser(make_user(Role.ADMIN))
    assert "Only for Maya." in page_of(admin, f"/mailbox/{mail.pk}/")
    assert client.post(f"/mailbox/{mail.pk}/resend/").status_code == 403
    assert admin.post(f"/mailbox/{mail.pk}/resend/").status_code == 302

    first, second = Mail.objects.order_by("pk")
    assert (first.text, first.address) == (second.text, second.address)
    assert Event.objects.filter(verb="notifications.resent").count() == 1


def test_the_source_is_the_message_that_goes_out(server, client, mail):
    deliver(NOON)

    response = client.get(f"/mailbox/{mail.pk}/source/")
    assert response["Content-Type"] == "message/rfc822"
    ((_, sent),) = server.taken
    assert response.content.rstrip() == sent.rstrip()


def test_a_desk_without_a_mail_server_delivers_to_the_page(settings, client, mail, tmp_path):
    settings.EMAIL_BACKEND = "emdesk.notifications.mailbox.Backend"
    settings.EMAIL_FILE_PATH = tmp_path
    assert deliver(NOON) == 1

    assert "sent 2 Mar" in page_of(client, "/mailbox/")
    assert list(tmp_path.iterdir()) == []


# Health.


def test_ready_turns_red_when_what_is_due_waits_longer_than_five_minutes(em, mail):
    at = database_now()
    for minutes, status in ((4, 200), (6, 503)):
        Mail.objects.update(next_at=at - timedelta(minutes=minutes))
        response = Client().get("/healthz/ready")
        assert response.status_code == status
        assert response.json()["ready"] == (status == 200)
    assert 360 <= response.json()["seconds"]["Oldest mail to send"] < 400


def test_ready_turns_red_when_nobody_announces(em):
    Dispatch.objects.all().delete()
    record(em, "people.amended", by=em, at=NOON, fields=[])
    Dispatch.objects.update(next_at=database_now() - timedelta(minutes=6))

    assert Client().get("/healthz/ready").status_code == 503
    Dispatch.objects.update(dead_at=NOON)
    response = Client().get("/healthz/ready")
    assert (response.status_code, response.json()["not delivered"]) == (200, 1)


def test_what_waits_for_its_time_is_well(em, mail):
    Mail.objects.update(next_at=database_now() + timedelta(hours=9))
    assert Client().get("/healthz/ready").status_code == 200


def test_the_health_page_names_what_is_silent_and_what_was_not_delivered(em, mail):
    Heartbeat.objects.beat("mail", database_now() - timedelta(minutes=3))
    Mail.objects.update(dead_at=NOON, last_error="550 no such user")
    admin = browser(make_user(Role.ADMIN))

    page = page_of(admin, "/health/")

    assert "silent for more than a minute" in page
    assert "550 no such user" in page
    assert browser(em).get("/health/").status_code == 403
