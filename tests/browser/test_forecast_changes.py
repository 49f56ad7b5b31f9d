"""The forecast's changes in the browser: a filter, a bar's deals, phone, no script, paper."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from scoping.deals import amend_deal
from tests.browser.test_phone import PHONE, fits
from tests.factories import make_opportunity

PAGE = "/forecast/waterfall/?quarter=all"


@pytest.fixture
def desk(amara, jonas, at):
    """Jonas's deal is worth less than a day ago; Amara's is as it was."""
    for em in (amara, jonas):
        deal = make_opportunity(
            stage="4", services_value=9_000, close_date=at.date(), engagement_manager=em
        )
        if em == jonas:
            deal.name = "Cut deal"
            deal.save()
            amend_deal(deal, by=jonas, at=at - timedelta(minutes=5), services_value=4_000)


def test_a_filter_changes_waterfall_and_address_and_a_bar_opens_its_deals(
    visit, amara, jonas, desk
):
    page = visit(PAGE, amara)
    table = page.get_by_role("table")
    expect(table.get_by_role("row", name="Opening")).to_contain_text("$18,000")
    expect(table.get_by_role("row", name="Value down")).to_contain_text("−$5,000")

    page.get_by_label("Engagement manager").select_option(label=jonas.name)

    expect(table.get_by_role("row", name="Closing")).to_contain_text("$4,000")
    expect(page).to_have_url(re.compile(f"em={jonas.pk}"))
    table.get_by_role("link", name="1 deal: Value down").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Value down, every quarter")
    line = page.locator("tbody tr")
    expect(line).to_contain_text("$9,000 → $4,000")
    expect(line).to_contain_text(jonas.name)
    page.get_by_role("link", name="Back to the changes").click()
    expect(page.get_by_label("Engagement manager")).to_have_value(str(jonas.pk))


@pytest.mark.parametrize("options", [PHONE, {"java_script_enabled": False}])
def test_it_fits_a_phone_works_without_script_and_prints(visit, amara, jonas, desk, options):
    page = visit(PAGE, amara, **options)
    assert fits(page)

    page.get_by_label("Engagement manager").select_option(label=amara.name)
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_role("row", name="Closing")).to_contain_text("$9,000")
    expect(page).to_have_url(re.compile(f"em={amara.pk}"))
    assert fits(page)
    page.emulate_media(media="print")
    expect(page.locator(".scope")).to_be_hidden()
    expect(page.locator(".step").first).to_be_visible()
