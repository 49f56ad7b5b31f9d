"""Drift in the browser: from a rule's number to its deals, and the message copied by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from scoping.states import State
from tests.browser.test_phone import PHONE, fits
from tests.factories import make_issue, make_opportunity


@pytest.fixture
def desk(amara, at):
    """Two deals at the SOW whose stage stands at three, and one that fits."""
    for name, stage in (("Acme services", "3"), ("Globex services", "3"), ("Initech", "5")):
        deal = make_opportunity(
            name=name, owner="Dana Reyes", stage=stage, services_value=9, close_date=None
        )
        pair = {"opportunity": deal, "expected_value": 9, "engagement_manager": amara}
        make_issue(State.SOW_WIP, at=at, **pair)


def test_a_message_to_the_account_owner_is_copied(visit, amara, desk):
    page = visit("/", amara)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile("/drift/$"))
    page.get_by_role("row", name="Stage behind the SOW").first.get_by_role("link").click()
    expect(page.locator("#rules-title")).to_contain_text("Stage behind the SOW")

    page.get_by_text("Message to Dana Reyes").first.press("Enter")
    page.get_by_role("button", name="Copy the message to Dana Reyes").press("Enter")

    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Hello Dana,")
    assert all(name in copied for name in ("Acme services", "Globex services"))
    assert "Initech" not in copied


def test_on_a_phone_nothing_is_wider_than_the_page(visit, amara, desk):
    page = visit("/drift/", amara, **PHONE)

    expect(page.get_by_role("heading", name="Drift")).to_be_visible()
    assert fits(page)
