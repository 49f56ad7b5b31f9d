"""The forecast in the browser: read by keys, drilled to its deals, on a phone."""

from __future__ import annotations

import re
from datetime import time

import pytest
from playwright.sync_api import expect

from emdesk.configuration.values import set_value
from tests.browser.test_phone import PHONE, fits
from tests.factories import make_opportunity

PAGE = "/forecast/Q127/"


@pytest.fixture
def desk(amara, jonas):
    """What two engagement managers close in a quarter."""
    said = {"stage": "4", "confidence": "green", "services_value": 12_000}
    for em, office in ((amara, "West"), (jonas, "East")):
        make_opportunity(engagement_manager=em, office=office, **said)


def test_a_figure_leads_to_its_deals_and_the_axis_changes(visit, amara, desk):
    page = visit("/", amara)
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page).to_have_url(re.compile("/forecast/$"))
    page.goto(PAGE)
    expect(page.locator(".sums a").first).to_have_text("$24k")

    page.get_by_role("link", name="Region", exact=True).click()
    expect(page).to_have_url(re.compile("by=region"))
    page.get_by_role("row", name=re.compile("^East")).get_by_role("link").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Opportunities")
    expect(page.locator("tbody[data-deal]")).to_have_count(1)


@pytest.mark.parametrize("options", [PHONE, {"java_script_enabled": False}])
def test_it_fits_a_phone_and_needs_no_script(visit, amara, desk, options):
    page = visit(PAGE, amara, **options)

    assert fits(page)
    expect(page.get_by_role("row", name=re.compile("^Total"))).to_contain_text("$24k")


def test_the_weeks_call_is_given_by_keys_and_stands_beside_the_deals(visit, amara, desk, at):
    for key, last in (("forecast_lock_day", 6), ("forecast_lock_time", time(23, 59))):
        set_value(key, last, effective_from=at.date(), reason="x", by=None, at=at)
    page = visit("/forecast/", amara)
    page.get_by_label("Commit").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("30000")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("45000.50")
    page.keyboard.press("Tab")
    page.keyboard.type("Two wait for legal")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator(".toast")).to_contain_text("is in")
    row = page.get_by_role("row", name=re.compile(f"^{amara.name}.*Two wait"))
    expect(row).to_contain_text("$30k")
    row.get_by_role("link", name=amara.name).click()
    expect(page.get_by_role("region", name="Every line of the call")).to_contain_text("$45k")
