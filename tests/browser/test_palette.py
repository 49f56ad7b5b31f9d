"""The palette: go anywhere by a few letters, without a mouse."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_axe import EVERY_LOOK, LOOKS, faults
from tests.factories import make_account, make_ready_issue


@pytest.fixture
def issue(amara, at, segment):
    return make_ready_issue(
        title="Leave Subversion",
        account=make_account(name="Saltmarsh"),
        engagement_manager=amara,
        segment=segment,
        at=at,
    )


def opened(page):
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Palette")
    expect(palette).to_be_visible()
    return palette


def selected(palette):
    return palette.locator("[aria-selected=true]")


def test_letters_and_enter_go_to_a_page(visit, amara):
    page = visit("/", amara)
    palette = opened(page)
    expect(palette.get_by_role("combobox")).to_be_focused()

    page.keyboard.type("my board")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/board/$"))


def test_a_number_and_enter_open_the_issue(visit, amara, issue):
    page = visit("/board/", amara)
    opened(page)

    page.keyboard.type(issue.reference)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"/issues/{issue.pk}/$"))


def test_arrows_walk_all_choices_and_come_round(visit, amara, issue):
    page = visit("/", amara)
    palette = opened(page)
    choices = palette.get_by_role("option")
    expect(selected(palette)).to_have_count(1)
    first, last = choices.first, choices.last

    page.keyboard.press("ArrowUp")
    expect(last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(choices.nth(1)).to_have_attribute("aria-selected", "true")
    expect(selected(palette)).to_have_count(1)
    field = palette.get_by_role("combobox")
    expect(field).to_have_attribute("aria-activedescendant", choices.nth(1).get_attribute("id"))


def test_words_of_an_issue_find_it(visit, amara, issue):
    page = visit("/", amara)
    palette = opened(page)

    page.keyboard.type("subv")

    expect(palette.get_by_role("group", name="Issues")).to_contain_text("Leave Subversion")
    expect(selected(palette)).to_contain_text(issue.reference)


def test_nothing_that_fits_is_said(visit, amara):
    page = visit("/", amara)
    palette = opened(page)

    page.keyboard.type("((((")

    expect(palette).to_contain_text("Nothing fits")
    page.keyboard.press("Enter")
    expect(palette).to_be_visible()


def test_escape_closes_it_and_gives_the_focus_back(visit, amara, issue):
    page = visit("/board/", amara)
    link = page.locator(".card-link").first
    link.focus()
    palette = opened(page)

    page.keyboard.press("Escape")

    expect(palette).to_be_hidden()
    expect(link).to_be_focused()


def test_it_opens_while_one_types_in_a_field(visit, amara):
    page = visit("/search/", amara)
    page.get_by_role("searchbox", name="Search for").focus()

    opened(page)


def test_on_an_issue_it_offers_to_move_it(visit, amara, issue):
    page = visit(f"/issues/{issue.pk}/", amara)
    palette = opened(page)

    page.keyboard.type("move")
    expect(palette.get_by_role("option", name=f"Move {issue.reference}")).to_be_visible()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"/issues/{issue.pk}/move/$"))


def test_no_page_pays_for_it_before_it_is_asked_for(visit, amara):
    page = visit("/", amara)
    loaded = "performance.getEntriesByType('resource').map(each => each.name).join(' ')"

    assert "palette" not in page.evaluate(loaded)
    opened(page)
    assert "palette.js" in page.evaluate(loaded)


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_in_it(visit, amara, issue, look):
    page = visit("/", amara, **LOOKS[look])
    palette = opened(page)
    found = faults(page)
    page.keyboard.type("subv")
    expect(palette.get_by_role("group", name="Issues")).to_be_visible()

    assert [*found, *faults(page)] == []
