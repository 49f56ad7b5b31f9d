"""Delivery hours in the browser: a number leads to its issues and back, on a phone too."""

from __future__ import annotations

from random import Random

from playwright.sync_api import expect

from scoping.states import State
from tests.browser.test_phone import PHONE, fits
from tests.factories import make_issue, make_opportunity
from tests.forecasting.estimates import estimated


def test_a_number_opens_its_issues_and_they_lead_back(visit, amara, at):
    deal = make_opportunity(stage="4", confidence="amber", close_date=at.date())
    issue = make_issue(State.STRAWMAN_WIP, engagement_manager=amara, opportunity=deal)
    estimated(Random(1), issue, amara, "scenario")  # noqa: S311

    page = visit("/forecast/hours/", amara, **PHONE)
    assert fits(page)
    row = page.get_by_role("row", name="Amber").first
    told = row.get_by_role("link").last.inner_text()
    row.get_by_role("link").last.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Hours of everybody, Amber")
    expect(page.locator(".head .sub")).to_contain_text(f"1 issue · {told} hours")
    expect(page.get_by_role("row").nth(1)).to_contain_text(issue.reference)
    assert fits(page)
    page.get_by_role("link", name="Back to delivery hours").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delivery hours")
