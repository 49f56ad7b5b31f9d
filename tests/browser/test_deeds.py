"""Deeds in a browser: one click on My day, on the issue page and after a move, and undo."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from scoping.promises import standing
from scoping.states import State
from tests.browser.board import column, drag, toast
from tests.browser.test_axe import EVERY_LOOK, LOOKS, faults
from tests.browser.test_without_script import PLAIN
from tests.factories import make_account, make_issue, make_ready_issue


@pytest.fixture
def issue(amara, at):
    account = make_account(name="Silverlake University")
    raised = at - timedelta(days=4)
    own = {"engagement_manager": amara, "account": account}
    return make_ready_issue(State.STRAWMAN_WIP, at=raised, **own)


def done(issue):
    return set(standing(issue)[issue.pk])


def test_my_day_notes_a_deed_in_one_click_and_takes_it_back(visit, amara, issue):
    page = visit("/", amara)

    page.get_by_role("button", name="Call held").click()
    expect(toast(page)).to_contain_text(f"Scoping call held: {issue.reference}.")
    expect(page.get_by_role("button", name="Estimate with customer")).to_be_visible()
    assert done(issue) == {"call_held"}
    toast(page).get_by_role("button", name="Undo").click()

    expect(toast(page)).to_contain_text("Scoping call held: taken back.")
    assert done(issue) == set()


@pytest.mark.parametrize("options", [{}, PLAIN], ids=["script", "without"])
def test_the_issue_page_notes_and_dates_deeds(visit, amara, at, issue, options):
    page = visit(issue.get_absolute_url(), amara, **options)
    panel = page.get_by_role("region", name="What was done")

    panel.get_by_role("button", name="Call held").click()
    expect(panel.locator("#deed-call_held")).to_contain_text("noted by Amara Osei")
    panel.get_by_role("button", name="Undo Scoping call held").click()
    expect(panel.get_by_role("button", name="Call held")).to_be_visible()

    panel.get_by_role("link", name="Date… Scoping call held").click()
    page.get_by_label("When").fill((at + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("This lies in the future")).to_be_visible()
    page.get_by_label("When").fill((at - timedelta(days=1)).strftime("%Y-%m-%dT10:00"))
    page.get_by_role("button", name="Note it").click()
    expect(panel.locator("#deed-call_held")).to_contain_text("10:00, noted by Amara Osei")


def test_a_drop_offers_the_deed_on_its_way(visit, amara, issue):
    page = visit("/board/", amara)
    drag(page, issue, column(page, State.ESTIMATE_FEEDBACK))

    toast(page).get_by_role("button", name="Estimate with customer").click()

    expect(page.locator(".toast").last).to_contain_text(
        f"Estimate with customer: {issue.reference}."
    )
    assert done(issue) == {"estimate_delivered"}


def test_a_drop_sheet_notes_the_deed_with_the_move(visit, amara, at):
    issue = make_issue(engagement_manager=amara, at=at)
    page = visit("/board/", amara)
    drag(page, issue, column(page, State.STRAWMAN_WIP))

    sheet = page.locator("#sheet")
    sheet.get_by_label("Segment").select_option(index=1)
    sheet.get_by_label("Scoping call held", exact=True).check()
    sheet.get_by_role("button", name="Move to Strawman_WIP").click()

    expect(toast(page)).to_contain_text(f"{issue.reference} moved to Strawman_WIP.")
    assert done(issue) == {"call_held"}


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_where_a_deed_is_dated(visit, amara, issue, look):
    page = visit(f"{issue.get_absolute_url()}deeds/call_held/", amara, **LOOKS[look])

    assert faults(page) == []
