"""Trust in the browser: beside the picker of a table, and its page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.test_phone import PHONE, fits
from tests.factories import make_account, make_opportunity
from tests.forecasting.said import make_said


@pytest.fixture
def desk(amara, at):
    """Twenty Greens of hers six weeks ahead, half of them in time, and a deal six weeks ahead."""
    account = make_account()
    for place in range(20):
        make_said(amara, account=account, late=place % 2 == 0)
    closes = at.date() + timedelta(days=42)
    make_opportunity(engagement_manager=amara, account=account, stage="4", close_date=closes)


def test_what_ones_colours_were_worth_stands_beside_the_picker(visit, amara, desk):
    page = visit("/opportunities/?quarter=all&q=Services", amara)
    page.locator("#deals [data-edit=word]").last.click()

    note = page.locator(".editor [data-weeks]:visible")
    expect(note).to_have_count(1)
    expect(note).to_contain_text("Your Greens at week 6 closed in time 50% (n = 20)")
    note.get_by_role("link").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Trust")
    region = page.get_by_role("region", name="Green, yours")
    expect(region.get_by_role("row").nth(1)).to_contain_text("too few")
    expect(region.get_by_role("row").nth(7)).to_contain_text("50%")


def test_on_a_phone_nothing_is_wider_than_the_page(visit, amara, desk):
    page = visit("/forecast/trust/", amara, **PHONE)

    expect(page.get_by_role("heading", name="Yours")).to_be_visible()
    assert fits(page)
