"""A browser that runs no script."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from emdesk.activity.models import Comment
from scoping.states import State
from tests.browser.board import card, choice, stands_in
from tests.browser.conftest import PASSWORD
from tests.factories import again, make_account, make_ready_issue

PLAIN = {"java_script_enabled": False}


@pytest.fixture
def issue(amara, at):
    account = make_account(name="Silverlake University")
    return make_ready_issue(engagement_manager=amara, at=at, account=account)


def test_one_signs_in_and_comes_to_my_day_and_the_board(visit, amara, issue):
    page = visit("/", **PLAIN)
    page.get_by_label("E-mail").fill(amara.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("My day")
    expect(page.locator(".duty")).to_contain_text("Silverlake University")
    page.get_by_role("link", name="My board").click()
    stands_in(page, issue, State.OPEN)
    expect(page.locator(".with-script").locator("visible=true")).to_have_count(0)


def test_the_filter_has_a_button(visit, amara, issue):
    page = visit("/board/", amara, **PLAIN)

    page.get_by_label("Filter by text").fill("nobody")
    page.get_by_role("button", name="Filter", exact=True).click()

    expect(card(page, issue)).to_have_count(0)
    expect(page).to_have_url(re.compile("q=nobody"))


def test_a_card_moves_by_a_page_of_its_own_and_is_taken_back(visit, amara, issue):
    page = visit("/board/", amara, **PLAIN)

    card(page, issue).get_by_role("link", name=f"Move {issue.reference}").click()
    choice(page, State.AWAITING_DISCOVERY).click()
    expect(page.locator(".toast")).to_contain_text(f"{issue.reference} moved to Awaiting_Discovery")
    assert again(issue).state == State.AWAITING_DISCOVERY
    page.get_by_role("button", name="Undo").click()

    expect(page.locator(".toast")).to_contain_text(f"{issue.reference} is back in Open.")
    assert again(issue).state == State.OPEN


def test_the_page_says_why_a_column_is_closed(visit, amara, issue):
    page = visit(f"/issues/{issue.pk}/move/", amara, **PLAIN)

    closed = choice(page, State.APPROVED)
    expect(closed).to_have_attribute("aria-disabled", "true")
    expect(page.locator("main")).to_contain_text("From Open it can go to Awaiting_Discovery")


def test_what_is_missing_is_asked_on_a_page_and_saved_with_the_move(visit, amara, issue):
    page = visit(f"/issues/{issue.pk}/move/", amara, **PLAIN)
    day = localdate() + timedelta(days=10)

    choice(page, State.ON_HOLD).click()
    page.get_by_label("Why is it on hold?").fill("Budget moved")
    page.get_by_label("Look again on").fill(day.isoformat())
    page.get_by_role("button", name="Move to On_hold").click()

    expect(page.locator(".step-says")).to_contain_text("“Budget moved”")
    assert again(issue).review_date == day


def test_a_note_is_written_and_read(visit, amara, issue):
    page = visit(f"/issues/{issue.pk}/", amara, **PLAIN)

    page.get_by_label("Internal note").fill("They want **pipelines**.")
    page.get_by_role("button", name="Save internal note").click()

    expect(page.locator(".comment .prose strong")).to_have_text("pipelines")
    assert Comment.objects.get().author == amara


def test_the_rest_of_a_column_is_a_page(visit, amara, at, issue):
    own = {"engagement_manager": amara, "segment": issue.segment, "account": issue.account}
    for _ in range(26):
        make_ready_issue(at=at, **own)
    page = visit("/board/", amara, **PLAIN)

    page.locator("#u-open").get_by_role("link", name="More").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Open")
    expect(page.locator(".card")).to_have_count(2)


def test_the_theme_is_chosen_by_a_button(visit, amara):
    page = visit("/profile/", amara, **PLAIN)

    page.locator("main").get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
