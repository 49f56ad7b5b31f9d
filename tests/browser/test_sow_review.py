"""A customer in a browser of their own changes a SOW; its EM decides by keyboard."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.utils.timezone import now
from playwright.sync_api import expect

from sow.models import StatementOfWork
from sow.reviewing import send
from tests.sow.approved import ready


@pytest.fixture
def secret(amara):
    cache.clear()
    statement = ready(amara, now())
    said = {"name": "Ada Lovelace", "email": "ada@example.com", "seen": 2, "message": "Have a look"}
    _, secret = send(statement, **said, by=amara, at=now())
    return secret


def test_wording_of_the_customer_is_taken_in_by_its_em(visit, amara, secret):
    theirs = visit(f"/sow/r/{secret}/", None)
    assert secret not in theirs.url
    clause = theirs.locator("#s-travel")
    clause.get_by_text("Comment or propose wording").click()
    words = clause.get_by_label("Wording you would like")
    words.fill(words.input_value().replace("invoiced at cost", "invoiced at half the cost"))
    clause.get_by_role("button", name="Keep this wording").click()
    expect(clause.get_by_text("not sent yet")).to_be_visible()
    theirs.get_by_role("button", name="Send changes").click()
    expect(theirs.get_by_text("You answered on")).to_be_visible()
    expect(theirs.locator("textarea")).to_have_count(0)

    statement = StatementOfWork.objects.get()
    page = visit(statement.get_absolute_url(), amara)
    page.get_by_role("link", name="Compare and decide").click()
    page.wait_for_url("**/redlines/*/")
    page.keyboard.press("n")
    expect(page.locator("[data-change] input").first).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_label("Accept")).to_be_checked()
    page.get_by_role("button", name="Save what is decided").click()

    expect(page.get_by_text("0 still to decide")).to_be_visible()
    page.get_by_role("link", name="v3", exact=True).click()
    expect(page.locator("#taken-in-title")).to_be_visible()
    expect(page.locator("#s-travel, #h-travel").first).to_be_visible()
    assert "half the cost" in StatementOfWork.objects.get().head.said.section("travel").text
