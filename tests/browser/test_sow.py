"""A SOW in a browser: drafted, edited with checks as one types, and two people who meet."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from emdesk.people.models import Role
from sow.models import StatementOfWork
from tests.browser.test_without_script import PLAIN
from tests.factories import make_account
from tests.sow.making import agreed, drafted


@pytest.fixture
def legal(person):
    return person(9_004, "Lea Gall", Role.LEGAL)


@pytest.fixture
def issue(amara, at, segment):
    on = {"segment": segment, "account": make_account(name="Silverlake University")}
    return agreed(amara, at, on=on)


def test_from_the_issue_to_a_draft_to_an_edit_that_is_checked_while_typing(visit, amara, issue):
    page = visit(issue.get_absolute_url(), amara)
    page.get_by_role("link", name="Draft the SOW").click()
    expect(page.get_by_role("heading", name="Cannot be filled yet")).to_be_visible()
    page.get_by_label("Customer's legal name").fill("Silverlake University, Inc.")
    page.get_by_label("Estimated start").fill("2026-04-01")
    page.get_by_role("button", name="Draft the SOW").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("SOW-")
    expect(page.locator("#s-header")).to_contain_text("Silverlake University, Inc.")
    expect(page.locator("#checks")).to_contain_text("The end is not known.")
    page.locator("#s-travel").get_by_role("link", name="Edit").click()
    text = page.get_by_label("Text of Travel and expenses")
    text.fill("TBD")
    expect(page.locator("#checks")).to_contain_text("Travel and expenses: TBD.")
    text.fill("Nobody travels.")
    expect(page.locator("#checks")).not_to_contain_text("TBD")
    page.get_by_label("Why").fill("Remote only")
    page.get_by_role("button", name="Save a version").click()

    expect(page.locator("#s-travel")).to_contain_text("Nobody travels.")
    expect(page.locator(".sow-outline")).to_contain_text("edited")
    page.get_by_role("link", name="Compare").click()
    expect(page.locator("#c-travel ins")).to_contain_text("Nobody travels.")


def test_two_people_meet_without_script_and_no_word_is_lost(visit, errors, amara, legal, issue, at):
    statement = drafted(amara, at)
    address = f"{statement.get_absolute_url()}?edit=travel"
    first = visit(address, amara, **PLAIN)
    second = visit(address, legal, **PLAIN)

    for page, words in ((first, "None at all."), (second, "At cost.")):
        page.get_by_label("Text of Travel and expenses").fill(words)
        page.get_by_role("button", name="Save a version").click()
        if page is first:
            expect(page.get_by_text("You hold the pen")).to_be_visible()
            page.get_by_text("Hand it back or give it away").click()
            page.get_by_role("button", name="Hand back").click()

    expect(second.get_by_role("alert")).to_contain_text("None at all.")
    yours = second.get_by_label("Yours; this is what will be saved")
    expect(yours).to_have_value("At cost.")
    yours.fill("None, else at cost.")
    second.get_by_role("button", name="Save my choice").click()
    expect(second.locator("#s-travel")).to_contain_text("None, else at cost.")
    assert StatementOfWork.objects.get(pk=statement.pk).latest == 3
