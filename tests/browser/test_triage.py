"""Triage as it is done: by keyboard, in a hand, and without script."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from emdesk.notifications.models import Mail
from emdesk.people.models import Coverage, Role, Territory
from scoping.models import Snooze
from scoping.states import CloseReason, State
from scoping.triage.verdicts import decline
from tests.browser.board import alert, toast
from tests.browser.test_axe import EVERY_LOOK, LOOKS, faults
from tests.browser.test_phone import PHONE, fits
from tests.factories import again, make_account, make_issue, make_user

HOUR = timedelta(hours=1)


@pytest.fixture
def dach(amara, jonas, segment, at):
    territory = Territory.objects.create(name="DACH", segment=segment)
    Coverage.objects.create(user=amara, territory=territory, since=at.date() - timedelta(days=9))
    return territory


@pytest.fixture
def issues(dach, at):
    """Five new issues, oldest first; the last two of one account."""
    ana = make_user(Role.ACCOUNT_TEAM, name="Ana Reyes")
    names = ["Borealis", "Cedar Grove", "Driftwood", "Elmstead", "Elmstead"]
    accounts = {name: make_account(name=name, sales_territory=dach) for name in names}
    return [
        make_issue(account=accounts[name], requester=ana, at=at - (9 - place) * HOUR)
        for place, name in enumerate(names)
    ]


def opened(page, issue):
    expect(page.locator("#record-title")).to_contain_text(issue.reference)
    expect(page.locator("#queue [aria-current]")).to_have_id(f"w{issue.pk}")


def form_of(page, kind):
    return page.locator(f'#verdict [name="verdict"][value="{kind}"]')


def chosen(page, kind):
    expect(form_of(page, kind)).to_have_count(1)


def test_issues_are_triaged_by_keyboard_alone(visit, amara, issues):
    first, second, third, fourth, _ = issues
    page = visit("/", amara)
    page.keyboard.press("g")
    page.keyboard.press("t")
    opened(page, first)

    page.keyboard.press("1")
    expect(page.get_by_role("button", name="Accept")).to_be_focused()
    page.keyboard.press("Enter")
    opened(page, second)
    expect(page).to_have_url(re.compile(rf"/triage/\?issue={second.pk}$"))

    page.keyboard.press("3")
    expect(page.get_by_label("Declined at intake")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    opened(page, third)

    page.keyboard.press("h")
    expect(page.get_by_label("the day below")).to_be_focused()
    page.keyboard.press("Enter")
    opened(page, fourth)

    page.keyboard.press("i")
    expect(page.get_by_role("button", name="Send it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#waiting")).to_have_text("1 waiting")

    found = again(first)
    assert (found.state, found.engagement_manager) == (State.AWAITING_DISCOVERY, amara)
    assert again(second).close_reason == CloseReason.UNQUALIFIED
    assert set(Snooze.objects.values_list("issue", flat=True)) == {third.pk, fourth.pk}
    assert Mail.objects.get().event.subject_id == fourth.pk


def test_accepting_begins_with_what_no_rule_proposes(visit, amara, dach, at):
    unplaced = make_issue(account=make_account(name="Fenwick"), at=at - HOUR)
    page = visit("/triage/", amara)
    opened(page, unplaced)

    page.keyboard.press("1")
    expect(page.get_by_label("Segment")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.locator("#queue a")).to_have_count(0)
    assert again(unplaced).engagement_manager == amara


def test_a_duplicate_is_merged_by_two_keys(visit, amara, issues):
    older, newer = issues[3:]
    page = visit(f"/triage/?issue={newer.pk}", amara)

    page.keyboard.press("2")
    expect(page.get_by_label(older.reference)).to_be_focused()
    page.keyboard.press("Enter")

    expect(toast(page)).to_contain_text(f"{newer.reference} is merged into {older.reference}.")
    assert again(newer).merged_into == older


def test_z_takes_the_verdict_back_and_opens_the_issue_again(visit, amara, issues):
    first, second, *_ = issues
    page = visit("/triage/", amara)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    opened(page, second)

    page.keyboard.press("z")

    expect(toast(page).last).to_contain_text(f"{first.reference} waits for a verdict again.")
    opened(page, first)
    expect(page.locator("#waiting")).to_have_text("5 waiting")
    found = again(first)
    assert (found.state, found.engagement_manager) == (State.OPEN, None)


def test_j_and_k_walk_the_queue_and_open_what_they_reach(visit, amara, issues):
    page = visit("/triage/", amara)

    for key, place in [("j", 1), ("j", 2), ("k", 1), ("k", 0), ("k", 0)]:
        page.keyboard.press(key)
        opened(page, issues[place])
    expect(page.locator(f"#w{issues[0].pk}")).to_be_focused()


def test_escape_leaves_a_verdict_and_letters_rest_in_fields(visit, amara, issues):
    page = visit("/triage/", amara)
    page.keyboard.press("3")
    chosen(page, "decline")
    page.get_by_label("Note").fill("")
    page.keyboard.type("j1h2")
    expect(page.get_by_label("Note")).to_have_value("j1h2")

    page.keyboard.press("Escape")

    chosen(page, "accept")
    opened(page, issues[0])
    page.keyboard.press("j")
    opened(page, issues[1])


def test_choosing_another_than_proposed_asks_why(visit, amara, jonas, issues):
    page = visit("/triage/", amara)
    why = page.get_by_label("Why somebody else?")
    expect(why).to_be_hidden()

    page.get_by_label("Jonas Lindqvist").check()
    expect(why).to_be_visible()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Say why it goes to Jonas Lindqvist")).to_be_visible()
    opened(page, issues[0])
    why.fill("Speaks Finnish")
    page.get_by_role("button", name="Accept").click()

    opened(page, issues[1])
    assert again(issues[0]).engagement_manager == jonas


def test_what_somebody_else_decided_first_is_said_by_name(visit, amara, jonas, issues, at):
    page = visit("/triage/", amara)
    decline(issues[0], reason=CloseReason.DECLINED, by=jonas, at=at)

    page.keyboard.press("1")
    page.keyboard.press("Enter")

    expect(alert(page)).to_contain_text(f"Jonas Lindqvist moved {issues[0].reference}")
    expect(page.locator("#verdict")).to_contain_text("is in Closed")


def test_in_a_hand_one_sees_the_list_then_the_record_with_the_verdicts_below(visit, amara, issues):
    page = visit("/triage/", amara, **PHONE)
    expect(page.locator("#record-title")).to_be_hidden()
    assert fits(page)

    page.locator(f"#w{issues[1].pk}").tap()
    expect(page.locator("#record-title")).to_contain_text(issues[1].reference)
    expect(page.locator("#queue")).to_be_hidden()
    bar = page.locator(".verdicts")
    box = bar.bounding_box()
    assert box["y"] + box["height"] == 844
    heights = bar.locator("a").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert min(heights) >= 44
    assert fits(page)

    expect(page.get_by_role("button", name="Decline")).to_be_hidden()
    bar.get_by_text("Decline").tap()
    expect(page.get_by_role("button", name="Decline")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="Decline").tap()

    expect(page.locator("#record-title")).to_contain_text(issues[2].reference)
    assert again(issues[1]).state == State.CLOSED
    page.get_by_role("link", name="Queue").tap()
    expect(page.locator(f"#w{issues[0].pk}")).to_be_visible()


def test_without_script_verdicts_are_given_and_taken_back(visit, amara, issues):
    first, second, *_ = issues
    page = visit("/triage/", amara, java_script_enabled=False)

    page.locator(".verdicts").get_by_text("Decline").click()
    page.get_by_role("button", name="Decline").click()
    expect(page.locator("#record-title")).to_contain_text(second.reference)
    expect(toast(page)).to_contain_text(f"{first.reference} is closed")
    assert again(first).state == State.CLOSED
    page.get_by_role("button", name="Undo").click()

    expect(page.locator("#record-title")).to_contain_text(first.reference)
    assert again(first).state == State.OPEN
    page.get_by_role("button", name="Accept").click()
    assert again(first).state == State.AWAITING_DISCOVERY


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_in_any_verdict(visit, amara, issues, look):
    page = visit("/triage/", amara, **LOOKS[look])
    found = {"queue": faults(page)}
    for kind in ("accept", "duplicate", "decline", "snooze", "ask"):
        page.goto(f"/triage/?issue={issues[3].pk}&verdict={kind}")
        found[kind] = faults(page)
    page.goto("/triage/?show=snoozed")
    found["none snoozed"] = faults(page)

    assert {name: each for name, each in found.items() if each} == {}
