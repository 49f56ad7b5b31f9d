"""The desk in a hand."""

import re

import pytest
from playwright.sync_api import expect

from scoping.states import State
from tests.browser.board import card, choice, column, said
from tests.factories import again, make_ready_issue

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def issue(amara, at):
    make_ready_issue(State.SOW_WIP, engagement_manager=amara, at=at)
    return make_ready_issue(engagement_manager=amara, at=at)


def fits(page):
    """The page itself never scrolls sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_board_shows_one_state_at_a_time(visit, amara, issue):
    page = visit("/board/", amara, **PHONE)
    seen = page.locator("#board > .column").evaluate_all(
        "all => all.filter(one => { const { left, right } = one.getBoundingClientRect();"
        " return left < innerWidth && right > 0 }).map(one => one.dataset.column)"
    )

    assert seen == ["open"]
    assert fits(page)
    page.locator("#switch").get_by_role("link", name="SOW_WIP").tap()
    expect(column(page, State.SOW_WIP)).to_be_in_viewport(ratio=0.5)
    expect(column(page, State.OPEN)).not_to_be_in_viewport()
    expect(page.locator("#switch [aria-current]")).to_have_text(re.compile("SOW_WIP"))


def test_a_card_moves_by_its_menu_at_the_bottom(visit, amara, issue):
    page = visit("/board/", amara, **PHONE)

    card(page, issue).get_by_role("link", name=f"Move {issue.reference}").tap()
    menu = page.get_by_role("dialog", name=f"Move {issue.reference}")
    expect(menu).to_be_visible()
    box = menu.bounding_box()
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 844)
    heights = menu.get_by_role("button").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert min(heights) >= 44
    choice(menu, State.AWAITING_DISCOVERY).tap()

    expect(page.locator(f"#u-awaiting_discovery #c{issue.pk}")).to_be_attached()
    expect(said(page)).to_have_text(f"{issue.reference} moved to Awaiting_Discovery.")
    assert again(issue).state == State.AWAITING_DISCOVERY


def test_a_sheet_comes_from_the_bottom_too(visit, amara, issue):
    page = visit("/board/", amara, **PHONE)
    card(page, issue).get_by_role("link", name=f"Move {issue.reference}").tap()
    choice(page, State.ON_HOLD).tap()

    sheet = page.get_by_role("dialog", name=f"{issue.reference} to On_hold")
    expect(sheet.get_by_label("Why is it on hold?")).to_be_focused()
    box = sheet.bounding_box()
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 844)
    assert fits(page)


def test_a_tap_opens_the_issues_own_page(visit, amara, issue):
    page = visit("/board/", amara, **PHONE)

    card(page, issue).tap()

    expect(page).to_have_url(re.compile(f"/issues/{issue.pk}/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(issue.account.name)
    assert fits(page)


def test_the_filters_open_from_the_bottom(visit, amara, issue):
    page = visit("/board/", amara, **PHONE)

    page.get_by_role("button", name="Filters").tap()
    page.get_by_label("Swimlanes").select_option("segment")

    expect(page.locator(".lane h2")).to_have_text(re.compile("Ent EMEA"))
    assert fits(page)


def test_the_menu_button_opens_the_side_bar(visit, amara, issue):
    page = visit("/", amara, **PHONE)
    board = page.get_by_role("navigation", name="Main").get_by_role("link", name="My board")
    expect(board).to_be_hidden()

    page.get_by_role("button", name="Menu").tap()
    board.tap()

    expect(page).to_have_url(re.compile("/board/$"))


@pytest.mark.parametrize("path", ["/", "/profile/", "/settings/", "/issues/{}/move/"])
def test_no_page_scrolls_sideways(visit, amara, issue, path):
    page = visit(path.format(issue.pk), amara, **PHONE)

    assert fits(page)


def test_even_at_320_pixels_the_board_fits(visit, amara, issue):
    page = visit("/board/", amara, **PHONE | {"viewport": {"width": 320, "height": 640}})

    assert fits(page)
