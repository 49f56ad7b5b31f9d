"""The account team's whole job: ask, look, answer. By keyboard, on a phone, and without script."""

import re

import pytest
from playwright.sync_api import expect

from emdesk.people.models import Role
from scoping.models import ScopingIssue
from tests.browser.test_phone import PHONE
from tests.browser.test_without_script import PLAIN
from tests.factories import make_account, make_issue


@pytest.fixture
def leo(person):
    return person(9_011, "Leo Marchetti", Role.ACCOUNT_TEAM)


def field(page, name):
    return page.get_by_label(name)


def test_a_request_is_made_by_keyboard_and_its_questions_answered(visit, leo):
    page = visit("/", leo)
    page.keyboard.press("c")
    expect(page.get_by_role("heading", level=1)).to_have_text("Request services")

    customer = page.get_by_role("combobox", name="Customer", exact=True)
    customer.focus()
    page.keyboard.type("Silverlake University")
    expect(page.locator("[data-service=migration]").first).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("[data-service=migration]").first).to_be_visible()
    field(page, "How many git repositories move?").focus()
    page.keyboard.type("120")
    page.keyboard.press("Enter")

    expect(page.locator(".issue-head h1")).to_have_text("Silverlake University")
    issue = ScopingIssue.objects.get()
    assert (issue.requester, issue.services) == (leo, ["migration"])
    page.get_by_role("link", name=re.compile("Answer all")).click()
    field(page, "What hurts today?").fill("Slow pipelines")
    page.get_by_role("button", name="Save answers").click()
    expect(page.locator("#question-A9")).to_contain_text("Slow pipelines")
    assert issue.answers.get(question__key="B7").text == "120"


def test_a_double_is_shown_before_it_is_sent(visit, leo, at):
    known = make_issue(account=make_account(name="Silverlake"), requester=leo, at=at)
    page = visit("/intake/", leo)

    page.get_by_role("combobox", name="Customer", exact=True).fill("silverlake")
    page.get_by_label("Training", exact=True).check()
    field(page, "What is it about?").fill("A second course")
    page.get_by_role("button", name="Send request").first.click()

    notice = page.get_by_role("alert")
    expect(notice.get_by_role("link")).to_contain_text(known.reference)
    expect(field(page, "What is it about?")).to_have_value("A second course")
    notice.get_by_role("button", name="Send request all the same").click()
    expect(page.locator(".issue-head h1")).to_have_text("Silverlake")
    assert ScopingIssue.objects.count() == 2


@pytest.mark.parametrize("look", [PLAIN, PHONE], ids=["without script", "phone"])
def test_a_request_is_made_without_script_and_on_a_phone(visit, leo, look):
    page = visit("/intake/", leo, **look)

    page.get_by_role("combobox", name="Customer", exact=True).fill("Silverlake")
    page.get_by_label("CI/CD", exact=True).check()
    expect(field(page, "How many git repositories move?")).to_be_hidden()
    field(page, "How are repositories structured?").fill("One for all")
    page.get_by_role("button", name="Send request").click()

    expect(page.locator(".issue-head h1")).to_have_text("Silverlake")
    assert ScopingIssue.objects.get().answers.get().text == "One for all"


def test_names_of_known_customers_are_offered_while_typing(visit, amara):
    make_account(name="Silverlake University")
    for number in range(20):
        make_account(name=f"Aardvark {number}")
    page = visit("/issues/new/", amara)

    page.get_by_role("combobox", name="Customer", exact=True).press_sequentially("silver")

    option = page.locator("#customers option")
    expect(option).to_have_count(1)
    expect(option).to_have_attribute("value", "Silverlake University")
