"""Posts to Slack: what they say, to whom, and that none is lost; and the page of channels."""

from __future__ import annotations

import json
import socket
from datetime import timedelta

import pytest
from django.utils.timezone import now

from emdesk import outbound
from emdesk.ledger.models import Event
from emdesk.ledger.recording import record
from emdesk.notifications import handing_over
from emdesk.notifications.handing_over import LEASE
from emdesk.notifications.models import Preferences, SlackChannel, SlackPost
from emdesk.notifications.slack import plain, post_what_is_due
from emdesk.notifications.waits import GRACE, TRIES
from emdesk.people.models import Role
from emdesk.workflow import perform, undo
from scoping.facts import amend
from scoping.models import ScopingIssue
from tests.factories import NOON, make_opportunity, make_user
from tests.notifications.browsing import browser, page_of
from tests.notifications.telling import announced, everything_now
from tests.webhooks import hosting, leads_to

pytestmark = pytest.mark.django_db
SECRET = "https://hooks.slack.com/services/T0/B0/canary-secret"


@pytest.fixture
def host(tmp_path, monkeypatch):
    with hosting(tmp_path) as found:
        monkeypatch.setattr(outbound, "trust", lambda: found.trusted)
        monkeypatch.setattr(outbound, "is_public", lambda address: address == "127.0.0.1")
        monkeypatch.setattr(socket, "getaddrinfo", leads_to("127.0.0.1"))
        yield found


def make_channel(*kinds, **fields):
    fields.setdefault("webhook", SECRET)
    return SlackChannel.objects.create(name="#ps-desk", kinds=list(kinds), **fields)


def posts():
    return list(SlackPost.objects.order_by("pk"))


# What is posted.


def test_a_channel_hears_of_the_events_chosen_for_it_and_of_no_other(issue, em):
    make_channel("ready")
    SlackChannel.objects.create(name="#talk", kinds=["talk"], webhook=SECRET)
    make_off = {"name": "#off", "kinds": ["ready"], "webhook": SECRET, "is_on": False}
    SlackChannel.objects.create(**make_off)
    perform(issue.send_estimate, by=em, at=NOON)
    record(issue, "scoping.meeting_planned", by=em, at=NOON, kind="internal sync")

    at = announced()

    (post,) = posts()
    link = f"http://127.0.0.1:8000/issues/{issue.pk}/"
    assert post.channel.name == "#ps-desk"
    assert post.text == f"<{link}|{issue}>: the estimate is ready (Maya Okafor)"
    assert post.leaves_at == at + GRACE


def test_no_amount_is_posted_unless_it_is_allowed(issue, em):
    channel = make_channel("facts")
    amend(issue, by=em, at=NOON, currency="EUR", expected_value=777_000)
    announced()
    SlackChannel.objects.update(tells_details=True)
    amend(issue, by=em, at=NOON, expected_value=888_000)
    announced()

    silent, open_hearted = posts()
    assert "777" not in silent.text
    assert "888" in open_hearted.text
    assert channel.pk == silent.channel_id


def test_who_wants_to_hear_at_once_is_called_by_their_name_in_slack(issue, em, ana):
    make_channel("ready")
    everything_now(ana, em)
    Preferences.objects.filter(user=ana).update(slack_member="U024BE7LH")
    perform(issue.send_estimate, by=em, at=NOON)
    announced()
    assert posts()[-1].text.endswith("<@U024BE7LH>")

    Preferences.objects.filter(user=ana).update(wishes={"ready": {"mail": "digest"}})
    record(issue, "scoping.send_estimate", by=em, at=NOON, before="open", after="open")
    announced()
    assert "<@" not in posts()[-1].text


@pytest.mark.parametrize("text", ["<!channel> & <@U1|x>", "a\nb <http://x|y>", "\u202e<!here>"])
def test_words_of_people_steer_nothing(text):
    assert not set(plain(text)) & set("<>\n\u202e")


def test_what_is_taken_back_is_not_posted_and_neither_is_the_undoing(issue, em):
    make_channel("ready", "moved")
    perform(issue.send_estimate, by=em, at=NOON)
    announced()
    undo(ScopingIssue.objects.get(pk=issue.pk), by=em, at=NOON, within=timedelta(minutes=10))
    announced()

    (post,) = posts()
    assert post.withdrawn_at


# Handing over.


def write(channel, key="one"):
    moments = {"written_at": NOON, "leaves_at": NOON, "next_at": NOON}
    return SlackPost.objects.create(key=key, channel=channel, text="Hello", **moments)


def test_a_post_reaches_its_webhook_once(host):
    write(make_channel(webhook=host.url))

    assert [post_what_is_due(NOON), post_what_is_due(NOON + LEASE * 9)] == [1, 0]

    ((_, body),) = host.taken
    assert json.loads(body) == {"text": "Hello", "unfurl_links": False}
    assert posts()[0].sent_at


def test_a_call_for_help_is_posted_once_to_the_channel_chosen_for_it(host, em):
    """All the way, from the click on the deal to what arrives there; and that it is over."""
    deal = make_opportunity(engagement_manager=em, name="Acme- Professional Services 04/26")
    make_channel("help", webhook=host.url, tells_details=True)
    SlackChannel.objects.create(name="#talk", kinds=["talk"], webhook=host.url)
    desk, address = browser(em), f"/opportunities/{deal.pk}/help/"
    assert "#ps-desk in Slack" in page_of(desk, address)
    assert "#talk" not in page_of(desk, address)

    for text in ("A sponsor who signs", ""):
        assert desk.post(address, {"help_needed": text}).status_code == 302
        announced()
        announced()
        for post in posts():
            assert post_what_is_due(post.leaves_at) in (0, 1)

    link = f"<http://127.0.0.1:8000/opportunities/{deal.pk}/|{deal.name}>"
    assert [json.loads(body)["text"] for _, body in host.taken] == [
        f"{link}: {em.name} needs help: “A sponsor who signs”",
        f"{link}: {em.name} needs no more help",
    ]


def test_a_busy_slack_is_asked_again_and_after_eight_tries_it_ends(host):
    write(make_channel(webhook=host.url))
    host.status = 503
    tries = 0
    while posts()[0].waits:
        post_what_is_due(posts()[0].next_at)
        tries += 1
    assert tries == TRIES
    assert "503" in posts()[0].last_error


@pytest.mark.parametrize("status", [302, 400, 403, 404, 410])
def test_a_webhook_that_is_gone_is_tried_once(host, status):
    write(make_channel(webhook=host.url))
    host.status = status
    post_what_is_due(NOON)

    (found,) = posts()
    assert (found.attempts, found.dead_at is None, found.unknown_outcomes) == (1, False, 0)


def test_a_webhook_inside_is_never_reached(monkeypatch):
    reached = []
    monkeypatch.setattr(socket, "create_connection", lambda place, *_: reached.append(place))
    monkeypatch.setattr(socket, "getaddrinfo", leads_to("169.254.169.254"))
    write(make_channel())
    post_what_is_due(NOON)

    assert reached == []
    assert posts()[0].dead_at


def test_a_sender_that_dies_after_the_answer_leaves_a_flag(host, monkeypatch):
    write(make_channel(webhook=host.url))

    class Killed(BaseException):
        pass

    def dies(taken, following, at):
        if taken:
            raise Killed
        return begin(taken, following, at)

    begin = handing_over.pass_on
    with monkeypatch.context() as patch:
        patch.setattr(handing_over, "pass_on", dies)
        with pytest.raises(Killed):
            post_what_is_due(NOON)
    post_what_is_due(posts()[0].next_at)

    assert (len(host.taken), posts()[0].unknown_outcomes) == (2, 1)


def test_a_channel_that_is_off_gets_nothing_that_was_still_to_leave(host):
    write(make_channel(webhook=host.url, is_on=False))
    post_what_is_due(NOON)

    assert (host.taken, posts()[0].withdrawn_at) == ([], NOON)


# The pages.


@pytest.fixture
def client():
    return browser(make_user(Role.ADMIN))


SAID = {"name": "#ps", "webhook": SECRET, "kinds": ["ready", "breached"], "is_on": "on"}


def test_a_channel_is_added_and_its_webhook_is_shown_and_told_nowhere(client, caplog):
    response = client.post("/slack/new/", SAID)
    channel = SlackChannel.objects.get()
    pages = [page_of(client, "/slack/"), page_of(client, response["Location"])]

    assert (channel.webhook, channel.kinds) == (SECRET, ["ready", "breached"])
    assert "#ps" in pages[0]
    said = [*pages, caplog.text, *(json.dumps(event.data) for event in Event.objects.all())]
    assert not [text for text in said if "canary" in text]


def test_saving_without_a_webhook_keeps_the_one_there_is(client):
    channel = make_channel("ready")
    client.post(f"/slack/{channel.pk}/", SAID | {"webhook": "", "kinds": ["ready"]})

    channel.refresh_from_db()
    assert (channel.name, channel.webhook) == ("#ps", SECRET)
    assert Event.objects.get(verb="notifications.channel_changed").data["fields"] == ["name"]


@pytest.mark.parametrize(
    "webhook",
    [
        "http://hooks.slack.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/",
        "https://169.254.169.254/",
        "https://localhost/",
        "https://desk.internal/",
        "https://10.0.0.8:8443/",
    ],
)
def test_an_address_inside_is_refused_at_once_and_not_shown_again(client, webhook):
    response = client.post("/slack/new/", SAID | {"webhook": webhook})
    assert response.status_code == 422
    assert webhook not in response.content.decode()
    assert not SlackChannel.objects.exists()


def test_a_test_post_leaves_and_the_page_says_what_became_of_it(client, host):
    channel = make_channel(webhook=host.url)
    client.post(f"/slack/{channel.pk}/test/")
    host.status = 404
    post_what_is_due(now())

    page = page_of(client, f"/slack/{channel.pk}/")
    assert "tries whether posts of emdesk reach this channel" in page
    assert "not delivered: Answered" in page
    assert "1 not delivered" in page_of(client, "/slack/")


def test_leads_and_administrators_see_to_channels_and_nobody_else(em):
    make_channel()
    for role in (Role.EM_LEAD, Role.DIRECTOR, Role.ADMIN):
        assert browser(make_user(role)).get("/slack/").status_code == 200
    assert browser(em).get("/slack/").status_code == 403
