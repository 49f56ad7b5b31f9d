"""The win rate in the browser: from a number to its rows, and what closing an issue does to it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from emdesk.workflow import perform
from scoping.states import Outcome, State
from tests.browser.test_phone import PHONE, fits
from tests.factories import make_issue, make_ready_issue, make_segment


@pytest.fixture
def closed(amara, at):
    own = {"engagement_manager": amara, "at": at}
    return [
        make_issue(State.CLOSED, outcome=outcome, close_quarter=quarter, **own)
        for outcome, quarter in [
            (Outcome.WON, "Q426"),
            (Outcome.WON, "Q127"),
            (Outcome.LOST, "Q127"),
        ]
    ]


def test_a_number_opens_exactly_its_rows_and_they_open_the_issue(visit, amara, closed):
    page = visit("/win-rate/", amara)
    row = page.get_by_role("row", name=re.compile("Q127"))
    expect(row).to_contain_text("50.0%")

    row.get_by_role("link", name="1 won").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Issues closed won, Q127")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name=closed[1].reference).click()
    expect(page).to_have_url(re.compile(f"/issues/{closed[1].pk}/$"))


def test_closing_an_issue_changes_the_rate_by_exactly_that(visit, amara, closed, at):
    issue = make_ready_issue(State.APPROVED, engagement_manager=amara, at=at)
    page = visit("/win-rate/", amara)
    expect(page.locator(".figure")).to_contain_text("66.7%")
    before = page.locator("tbody").first.inner_text()

    perform(issue.win, by=amara, at=at, quarter="Q127")
    page.reload()

    expect(page.locator(".figure")).to_contain_text("75.0%")
    row = page.get_by_role("row", name=re.compile("Q127"))
    expect(row.get_by_role("link", name="2 won")).to_be_visible()
    expect(row).to_contain_text("66.7%")
    page.goto(f"/issues/{issue.pk}/")
    page.get_by_role("button", name="Undo").click()
    page.goto("/win-rate/")
    assert page.locator("tbody").first.inner_text() == before


def test_g_and_w_go_there_and_the_definition_opens_by_key(visit, amara, closed):
    page = visit("/", amara)

    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page).to_have_url(re.compile("/win-rate/$"))
    page.locator("summary", has_text="How is this counted?").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#definition")).to_contain_text("won ÷ (won + lost)")
    page.get_by_role("link", name="Segment", exact=True).click()
    expect(page.get_by_role("columnheader", name="Segment")).to_be_visible()


@pytest.mark.parametrize("options", [{}, PHONE, {"java_script_enabled": False}])
def test_it_fits_and_works_on_a_phone_and_without_script(visit, amara, closed, at, options):
    make_issue(State.CLOSED, engagement_manager=amara, at=at, segment=make_segment("SMB"))
    page = visit("/win-rate/?by=segment", amara, **options)

    expect(page.get_by_role("row", name=re.compile("SMB"))).to_contain_text("0.0%")
    assert fits(page)
    page.get_by_role("link", name="2 won").first.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("closed won")
    assert fits(page)
