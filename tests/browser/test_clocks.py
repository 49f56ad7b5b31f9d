"""Clocks in the browser: one clock tells the same on card, issue, list and report."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from emdesk.sla.models import Policy
from emdesk.sla.sweeping import sweep
from scoping.states import State
from tests.browser.test_axe import faults
from tests.browser.test_phone import PHONE, fits
from tests.factories import make_ready_issue
from tests.sla.stories import deed

HOUR = timedelta(hours=1)


@pytest.fixture
def late(amara, at):
    """An issue whose estimate was due yesterday."""
    issue = make_ready_issue(
        State.STRAWMAN_WIP, engagement_manager=amara, at=at - 100 * HOUR, title="Move it"
    )
    deed(issue, "call", at - 96 * HOUR)
    sweep(at)
    return issue


def test_card_issue_list_and_report_agree(visit, amara, late):
    page = visit("/board/", amara)
    expect(page.locator(f"#c{late.pk} .clk")).to_have_text(re.compile("Estimate · 1d .*overdue"))

    page.goto(late.get_absolute_url())
    clocks = page.locator("#clocks")
    expect(clocks.locator(".clock").first).to_contain_text("overdue")
    expect(clocks).to_contain_text("of 72 h counted = ")
    expect(clocks.get_by_role("img").first).to_have_accessible_name(re.compile("^Estimate: "))

    page.get_by_role("link", name="Clocks").click()
    expect(page.get_by_role("row", name=re.compile(late.reference))).to_contain_text("overdue")
    page.get_by_role("link", name="Report").click()
    page.get_by_role("link", name="Engagement manager", exact=True).click()
    page.get_by_role("row", name=re.compile(amara.name)).get_by_role(
        "link", name=re.compile("overdue")
    ).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text(late.reference)


def test_a_lead_shortens_a_promise_after_seeing_what_it_would_change(visit, lena, late):
    page = visit("/clocks/policies/estimate/", lena)
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Hours", exact=True).fill("24")
    page.get_by_label("Reason").fill("Customers wait")
    assert faults(page) == []

    page.get_by_role("button", name="See what it changes").click()
    expect(page.get_by_role("status", name="Had it held in")).to_be_visible()
    expect(page.get_by_label("Hours", exact=True)).to_have_value("24")
    assert faults(page) == []
    page.get_by_role("button", name="Publish").click()

    expect(page.locator(".promise-sentence")).to_contain_text("24 elapsed hours")
    expect(page.locator(".versions")).to_contain_text("time: 72 h → 24 h")
    assert Policy.objects.filter(key="estimate").count() == 2


@pytest.mark.parametrize("path", ["/clocks/", "/clocks/report/", "/clocks/policies/estimate/"])
def test_the_pages_fit_a_phone(visit, amara, late, path):
    page = visit(path, amara, **PHONE)

    assert fits(page)
