"""Call mode by keyboard: through the deals that changed, a word on the way, a decision, the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from forecasting.models import Decision
from scoping.deals import amend_deal
from scoping.models import Opportunity
from scoping.quarters import FiscalCalendar
from tests.browser.test_phone import PHONE, fits
from tests.factories import make_opportunity


@pytest.fixture
def deals(lena, at):
    """Two of this quarter that changed two days ago, and one that did not."""
    calendar = FiscalCalendar()
    day = calendar.days(calendar.quarter_at(at))[0][1]
    own = {"stage": "4", "close_date": day, "engagement_manager": lena}
    found = [
        make_opportunity(name=name, amount=amount, **own)
        for name, amount in (("Globex", 900), ("Initech", 500), ("Untouched", 100))
    ]
    for each in found[:2]:
        amend_deal(each, by=lena, at=at - timedelta(days=2), confidence="amber")
    return found


def at_rest(page):
    """Its modules listen."""
    page.wait_for_load_state("load")


def test_a_lead_walks_judges_decides_and_ends_without_a_mouse(visit, lena, deals):
    page = visit("/forecast/", lena)
    page.get_by_role("link", name="Call mode").click()
    title = page.locator("#deal-title")
    expect(title).to_have_text("Globex")
    expect(page.locator(".side")).to_be_hidden()
    page.get_by_role("button", name="Begin the call").click()
    expect(page.get_by_role("link", name="End the call")).to_be_visible()
    at_rest(page)
    page.keyboard.press("j")
    expect(title).to_have_text("Initech")
    at_rest(page)
    page.keyboard.press("k")
    expect(title).to_have_text("Globex")
    at_rest(page)

    page.keyboard.press("g")
    page.keyboard.type("Signature is promised")
    page.keyboard.press("Control+Enter")
    expect(title).to_have_text("Initech")
    at_rest(page)
    page.keyboard.press("d")
    page.keyboard.type("Ask legal")
    page.get_by_label("Owner").select_option(label="Lena Vogel")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".decided")).to_contain_text("Ask legal")

    globex = Opportunity.objects.get(name="Globex")
    assert (globex.confidence, globex.confidence_rationale) == ("green", "Signature is promised")
    assert Decision.objects.get().opportunity.name == "Initech"
    page.get_by_role("link", name="End the call").click()
    page.get_by_role("button", name="End and mail").click()
    expect(page.get_by_role("row", name="Ask legal")).to_contain_text("Lena Vogel")
    page.goto("/")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Done: Ask legal")
    assert Decision.objects.get().done_at is not None


def test_it_fits_a_phone(visit, lena, deals):
    page = visit("/forecast/", lena, **PHONE)
    page.get_by_role("link", name="Call mode").click()
    expect(page.locator("#deal-title")).to_have_text("Globex")
    assert fits(page)
