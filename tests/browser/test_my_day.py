"""My day: where everybody begins."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from scoping import meetings
from scoping.facts import set_status
from scoping.models import Meeting
from scoping.states import State
from tests.browser.board import toast
from tests.factories import again, make_account, make_issue, make_ready_issue


@pytest.fixture
def sow(amara, at):
    account = make_account(name="Tidewater Systems")
    return make_ready_issue(State.SOW_WIP, engagement_manager=amara, at=at, account=account)


@pytest.fixture
def early(amara, at):
    account = make_account(name="Orchard Aerospace")
    return make_ready_issue(
        engagement_manager=amara,
        at=at,
        account=account,
        next_step="Write to Ana",
        next_step_date=localdate() - timedelta(days=1),
    )


def test_sow_work_comes_before_early_scoping_and_says_why(visit, amara, early, sow):
    page = visit("/", amara)

    expect(page.locator(".duty-link")).to_have_text(
        [
            f"Draft the SOW for {sow.reference} Tidewater Systems",
            f"Make first contact on {early.reference} Orchard Aerospace",
        ]
    )
    expect(page.locator(".duty").nth(1)).to_contain_text("Write to Ana")
    expect(page.locator(".duty").nth(1)).to_contain_text("overdue since")
    expect(page.locator(".head .sub")).to_contain_text("2 to do, 1 overdue, 0 waiting")


def test_j_and_k_walk_the_rows_and_enter_opens_one(visit, amara, early, sow):
    page = visit("/", amara)
    first, second = (page.locator(".duty-link").nth(n) for n in range(2))

    for key, there in [("j", first), ("j", second), ("j", second), ("k", first), ("j", second)]:
        page.keyboard.press(key)
        expect(there).to_be_focused()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"/issues/{early.pk}/$"))


def test_the_one_button_does_what_the_row_says_and_comes_back(visit, amara, sow):
    page = visit("/", amara)

    page.get_by_role("button", name="Ask for approval").click()

    expect(toast(page)).to_contain_text(f"{sow.reference} moved to Ready For Approval.")
    expect(page).to_have_url(re.compile(r":\d+/$"))
    assert again(sow).state == State.READY_FOR_APPROVAL


def test_a_button_that_needs_more_asks_for_it_and_comes_back(visit, amara, at):
    issue = make_issue(engagement_manager=amara, at=at, account=make_account())
    page = visit("/", amara)

    page.get_by_role("button", name="Ask for information").click()
    page.get_by_label("Or go on without, because").fill("Not known yet")
    page.get_by_role("button", name="Move to Awaiting_Discovery").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("My day")
    assert again(issue).state == State.AWAITING_DISCOVERY


def test_what_waits_and_what_today_holds_stand_beside(visit, amara, early, sow, at):
    set_status(sow, "waiting", by=amara, at=at, waiting_on="customer")
    call = Meeting(issue=early, kind="scoping_call", starts_at=at)
    meetings.plan(call, [amara], by=amara, at=at)
    page = visit("/", amara)

    waiting = page.get_by_role("region", name="Waiting")
    expect(waiting).to_contain_text(f"{sow.reference} Tidewater Systems")
    expect(waiting).to_contain_text("for the customer")
    today = page.get_by_role("region", name="Today")
    expect(today).to_contain_text(re.compile(r"\d\d:\d\d"))
    expect(today).to_contain_text("Scoping call")


def test_an_empty_day_says_what_is_next(visit, amara):
    page = visit("/", amara)

    expect(page.locator(".duties")).to_contain_text("All clear. Nothing waits for you.")
    page.get_by_role("link", name="Open your board").click()

    expect(page).to_have_url(re.compile("/board/$"))


def test_a_lead_sees_the_teams_day(visit, lena, early):
    page = visit("/", lena)
    expect(page.locator(".duty")).to_have_count(0)

    page.get_by_role("link", name="Team", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The team's day")
    expect(page.locator(".duty")).to_contain_text("Amara Osei")
