"""The inbox as it is cleared: by keyboard, without script, and on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from emdesk.ledger.models import Heartbeat
from emdesk.ledger.recording import record
from emdesk.notifications.fanning import announce
from emdesk.notifications.models import Mail, Mute, Notification, SlackChannel, SlackPost
from emdesk.notifications.posting import post
from emdesk.people.models import Role
from tests.browser.test_axe import EVERY_LOOK, LOOKS, faults
from tests.browser.test_phone import PHONE, fits
from tests.factories import make_account, make_ready_issue


@pytest.fixture
def told(amara, jonas, at):
    """Three issues of hers that somebody wrote an answer on, the last one on top."""
    names = ["Borealis", "Cedar Grove", "Driftwood"]
    issues = [
        make_ready_issue(engagement_manager=amara, account=make_account(name=name), at=at)
        for name in names
    ]
    said = {"question": "How many users?", "text": "Four hundred"}
    announce([record(issue, "scoping.answered", by=jonas, at=at, **said) for issue in issues], at)
    return issues


def rows(page):
    return page.locator(".told")


def test_an_inbox_is_cleared_by_keyboard_alone(visit, amara, told):
    page = visit("/", amara)
    expect(page.get_by_role("link", name="3 unread in your inbox")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(rows(page)).to_have_count(3)
    expect(rows(page).first).to_contain_text("Driftwood")
    page.wait_for_load_state()  # keys are heard from then on

    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(rows(page)).to_have_count(2)
    page.keyboard.press("h")
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("m")

    expect(page.get_by_text("Nothing waits to be read.")).to_be_visible()
    expect(page.get_by_role("link", name="unread in your inbox")).to_have_count(0)
    assert Mute.objects.filter(user=amara).count() == 1


def test_what_is_opened_is_no_longer_unread(visit, amara, told):
    page = visit("/inbox/", amara)
    rows(page).first.locator(".told-link").click()
    expect(page.locator("#record-title, h1").first).to_contain_text("Driftwood")

    page.goto("/inbox/")
    expect(page.locator(".told.unread")).to_have_count(2)
    expect(rows(page)).to_have_count(3)


def test_it_is_cleared_and_settled_without_script_and_fits_a_phone(visit, amara, told):
    page = visit("/inbox/", amara, java_script_enabled=False, **PHONE)
    assert fits(page)
    page.get_by_role("button", name=f"Done with {told[2]}").click()
    expect(rows(page)).to_have_count(2)

    page.goto("/inbox/settings/")
    assert fits(page)
    page.get_by_label("Ready for you: mail").select_option("digest")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Ready for you: mail")).to_have_value("digest")
    assert Notification.objects.filter(done_at=None).count() == 2


def test_the_bell_shows_the_newest_and_one_is_done_with_there(visit, amara, told):
    page = visit("/", amara, **PHONE)
    bell = page.get_by_role("link", name="3 unread in your inbox")
    assert page.get_by_label("Search everything").bounding_box()["width"] >= 90
    bell.click()
    newest = page.get_by_role("dialog", name="Newest notices")
    expect(newest.locator(".told")).to_have_count(3)
    expect(newest.get_by_role("link", name="Driftwood")).to_be_focused()
    assert faults(page, whole=True) == []

    newest.get_by_role("button", name="Done with").first.click()
    expect(newest.locator(".told")).to_have_count(2)
    expect(page.get_by_role("link", name="2 unread in your inbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(newest).to_be_hidden()
    assert Notification.objects.filter(done_at=None).count() == 2


def test_without_script_the_bell_leads_to_the_inbox(visit, amara, told):
    page = visit("/", amara, java_script_enabled=False)
    page.get_by_role("link", name="3 unread in your inbox").click()
    expect(rows(page)).to_have_count(3)


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_in_an_inbox_with_notices(visit, amara, told, look):
    page = visit("/inbox/", amara, **LOOKS[look])
    assert faults(page) == []


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_where_delivery_is_seen_to(visit, person, at, look):
    """Slack, mail and health of an administrator, each with rows."""
    agnes = person(9_010, "Agnes Whitlock", Role.ADMIN)
    channel = SlackChannel.objects.create(
        name="#desk", kinds=["ready"], webhook="https://x.example/"
    )
    moments = {"written_at": at, "leaves_at": at, "next_at": at}
    lost = {"dead_at": at, "last_error": "Answered: the answer was 404"}
    SlackPost.objects.create(key="one", channel=channel, text="Hello", **moments, **lost)
    mail = post("one", "test", agnes, "A mail", "Hello", at=at)
    Mail.objects.update(dead_at=at, last_error="550 no such user", unknown_outcomes=1)
    Heartbeat.objects.beat("mail", at - timedelta(hours=1))

    page = visit("/slack/", agnes, **LOOKS[look])
    wrong = {}
    for address in (
        "/slack/",
        "/slack/new/",
        f"/slack/{channel.pk}/",
        "/mailbox/",
        f"/mailbox/{mail.pk}/",
        "/health/",
        "/inbox/settings/",
    ):
        page.goto(address)
        if found := faults(page):
            wrong[address] = found
    assert wrong == {}
    page.get_by_role("button", name="Make an address").click()
    expect(page.get_by_role("heading", name="Its address")).to_be_visible()
    assert faults(page) == []
    assert fits(page)
