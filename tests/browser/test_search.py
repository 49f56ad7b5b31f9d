"""Searching the whole desk, by keyboard and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_phone import PHONE
from tests.factories import make_account, make_ready_issue


@pytest.fixture
def issue(amara, at, segment):
    return make_ready_issue(
        title="Leave Subversion " + "Donaudampfschifffahrt" * 4,
        description="x" * 300 + " zebra",
        account=make_account(name="Saltmarsh"),
        engagement_manager=amara,
        segment=segment,
        at=at,
    )


def test_slash_words_and_enter_search_from_any_page(visit, amara, issue):
    page = visit("/", amara)

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search everything")).to_be_focused()
    page.keyboard.type("subv")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/search/\?q=subv$"))
    expect(page.locator("mark").first).to_have_text("Subversion")


def test_on_the_board_slash_stays_with_its_filter(visit, amara, issue):
    page = visit("/board/", amara, viewport={"width": 1600, "height": 900})

    page.keyboard.press("/")

    expect(page.locator("#filters [name=q]")).to_be_focused()


def test_a_hit_opens_its_issue(visit, amara, issue):
    page = visit("/search/?q=zebra", amara)

    page.get_by_role("link", name=re.compile("Saltmarsh")).first.click()

    expect(page).to_have_url(re.compile(f"/issues/{issue.pk}/$"))


def test_a_phone_shows_results_without_scrolling_sideways(visit, amara, issue):
    page = visit("/search/?q=zebra", amara, **PHONE)

    expect(page.locator(".hit")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_it_works_without_script(visit, amara, issue):
    page = visit("/", amara, java_script_enabled=False)

    page.get_by_role("searchbox", name="Search everything").fill(issue.reference)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"/issues/{issue.pk}/$"))
