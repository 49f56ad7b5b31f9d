"""Pacing in the browser: another figure, a value's deals, on a phone and on paper."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from forecasting.snapshots import take
from scoping.quarters import FiscalCalendar
from tests.browser.test_phone import PHONE, fits
from tests.factories import make_opportunity


@pytest.fixture
def quarter(amara, at):
    """A deal of this quarter, as it was kept two days ago."""
    calendar = FiscalCalendar()
    running = calendar.quarter_at(at)
    make_opportunity(
        name="Kept deal",
        stage="4",
        confidence="amber",
        amount=900,
        close_date=calendar.days(running)[0][0],
        engagement_manager=amara,
    )
    take([at.date() - timedelta(days=2)], at)
    return running


def test_another_figure_tells_other_values_which_open_their_deals(visit, amara, quarter):
    page = visit("/forecast/", amara)
    page.get_by_role("link", name="Pacing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Pacing of {quarter.written}")
    expect(page.get_by_role("link", name="$0", exact=True).first).to_be_visible()

    page.get_by_label("Figure").select_option(label="Best Case")
    page.get_by_role("button", name="Show").click()

    expect(page.locator(".course.this circle").first).to_be_visible()
    page.get_by_role("link", name="$900", exact=True).click()
    expect(page.locator("tbody tr")).to_contain_text("Kept deal")
    page.get_by_role("link", name="Back to the pacing").click()
    expect(page.get_by_label("Figure")).to_have_value("best_case")


def test_it_fits_a_phone_and_prints(visit, amara, quarter):
    page = visit("/forecast/pacing/?measure=pipeline", amara, **PHONE)
    assert fits(page)

    page.emulate_media(media="print")
    expect(page.locator(".scope")).to_be_hidden()
    expect(page.locator(".chart")).to_be_visible()
