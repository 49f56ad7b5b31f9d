"""The list by mouse and by keyboard: ticking, sorting, doing many things at once and undoing them."""

import pytest
from playwright.sync_api import expect

from scoping.states import State
from tests.browser.test_phone import PHONE
from tests.factories import again, make_account, make_ready_issue

TEAM = "/issues/?view=team&sort=reference"


@pytest.fixture
def issues(amara, at, segment):
    own = {"engagement_manager": amara, "segment": segment}
    return [
        make_ready_issue(
            State.STRAWMAN_WIP, at=at, account=make_account(name=name), expected_value=9_000, **own
        )
        for name in ("Alder", "Birch", "Cedar", "Dogwood")
    ]


def row(page, issue):
    return page.locator("#issues tbody tr", has_text=issue.reference)


def box(page, issue):
    return row(page, issue).locator('[name="issue"]')


def ticked(page):
    return page.locator('#issues tbody [name="issue"]:checked')


def test_the_bar_comes_with_the_first_tick_and_goes_with_the_last(visit, amara, issues):
    page = visit(TEAM, amara)
    expect(page.locator("#bulk")).to_be_hidden()

    box(page, issues[0]).check()
    expect(page.locator("#bulk")).to_be_visible()
    expect(page.locator("#ticked")).to_have_text("1")
    box(page, issues[0]).uncheck()
    expect(page.locator("#bulk")).to_be_hidden()


def test_shift_ticks_a_range_and_the_head_the_page(visit, amara, issues):
    page = visit(TEAM, amara)

    box(page, issues[0]).click()
    box(page, issues[2]).click(modifiers=["Shift"])
    expect(ticked(page)).to_have_count(3)
    page.locator("#select-page").check()
    expect(ticked(page)).to_have_count(4)
    page.locator("#select-page").uncheck()
    expect(ticked(page)).to_have_count(0)


def test_keys_walk_tick_and_open(visit, amara, issues):
    page = visit(TEAM, amara)

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(ticked(page)).to_have_count(3)
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(ticked(page)).to_have_count(2)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/issues/{issues[1].pk}/")


def test_slash_goes_to_the_filter_which_narrows_while_one_types(visit, amara, issues):
    page = visit(TEAM, amara)

    page.keyboard.press("/")
    page.keyboard.type("cedar")
    expect(page.locator("#issues tbody tr")).to_have_count(1)
    expect(page.locator("#summary")).to_contain_text("1 issue")
    page.keyboard.type("x")
    expect(page.get_by_text("No issue fits these filters.")).to_be_visible()
    page.get_by_role("link", name="Clear the filters").click()
    expect(page.locator("#issues tbody tr")).to_have_count(4)


def test_a_second_column_is_added_with_shift(visit, amara, issues):
    page = visit("/issues/?view=team", amara)

    page.get_by_role("link", name="Account", exact=True).click()
    page.get_by_role("link", name="Value", exact=False).click(modifiers=["Shift"])

    expect(page.locator("th[aria-sort=ascending]")).to_have_count(2)
    assert "sort=account%2Cvalue" in page.url


def test_many_move_at_once_and_one_undo_brings_all_back(visit, amara, issues):
    page = visit(TEAM, amara)
    page.locator("#select-page").check()
    page.locator("#bulk").get_by_label("Column").select_option("estimate_feedback")
    page.get_by_role("button", name="Move", exact=True).click()

    page.get_by_role("button", name="Move to Estimate_Feedback: 4 issues").click()
    expect(page.locator("#toasts")).to_contain_text("Move to Estimate_Feedback: 4 issues done.")
    assert {again(each).state for each in issues} == {State.ESTIMATE_FEEDBACK}

    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("4 issues as before.")
    expect(row(page, issues[0])).to_contain_text("Strawman_WIP")
    assert {again(each).state for each in issues} == {State.STRAWMAN_WIP}


def test_head_and_first_column_stay_while_the_rows_scroll(visit, amara, issues):
    page = visit(TEAM, amara, viewport={"width": 700, "height": 420})
    region = page.get_by_role("region", name="Issues")
    first, head = row(page, issues[3]).locator("th"), page.locator("#issues thead th").nth(1)
    left, top = first.bounding_box()["x"], head.bounding_box()["y"]

    region.evaluate("(it) => it.scrollTo(300, 40)")

    assert region.evaluate("(it) => it.scrollLeft") > 0
    assert first.bounding_box()["x"] <= left
    assert first.bounding_box()["x"] >= region.bounding_box()["x"]
    assert head.bounding_box()["y"] >= region.bounding_box()["y"]
    assert head.bounding_box()["y"] <= top


def test_on_a_phone_only_the_table_scrolls_sideways(visit, amara, issues):
    page = visit(TEAM, amara, **PHONE)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".table-scroll").evaluate("(it) => it.scrollWidth > it.clientWidth")


def test_without_script_everything_works_by_links_and_forms(visit, amara, issues):
    page = visit(TEAM, amara, java_script_enabled=False)

    box(page, issues[1]).check()
    page.locator("#bulk").get_by_label("Label").fill("urgent")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Label “urgent”: 1 issue").click()
    assert again(issues[1]).free_labels == ["urgent"]
    page.get_by_role("button", name="Undo").click()
    assert again(issues[1]).free_labels == []

    page.goto("/issues/?view=team")
    page.locator(".chooser summary").click()
    page.get_by_label("Title", exact=True).uncheck()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="Title")).to_have_count(0)
    expect(page.get_by_role("columnheader", name="Account")).to_have_count(1)
