"""Saved views in a browser: the menu, the sign that filters changed, and no script."""

import re

import pytest
from playwright.sync_api import expect

from scoping.models import SavedView
from scoping.saving_views import rewrite, save_as
from scoping.states import State
from tests.browser.board import card, toast
from tests.browser.test_axe import EVERY_LOOK, LOOKS, faults
from tests.browser.test_phone import PHONE, fits
from tests.browser.test_without_script import PLAIN
from tests.factories import make_ready_issue


@pytest.fixture
def issue(amara, at):
    return make_ready_issue(State.OPEN, engagement_manager=amara, at=at, em_status="todo")


@pytest.fixture
def view(amara, at):
    return save_as("To do of all", by=amara, at=at, query="view=team&status=todo")


def views(page):
    return page.locator("#views")


def open_menu(page):
    page.get_by_role("button", name="Views", exact=True).click()
    menu = page.get_by_role("dialog", name="Views")
    expect(menu.get_by_role("button", name="Save as")).to_be_visible()
    return menu


def test_filters_are_saved_from_the_menu_and_opened_again(visit, amara, issue):
    page = visit("/board/?view=team", amara)
    page.locator("#filters").get_by_label("No next step").check()
    expect(page).to_have_url(re.compile("quiet=on"))

    menu = open_menu(page)
    menu.get_by_label("Name").fill("Quiet ones")
    menu.get_by_role("button", name="Save as").click()

    expect(toast(page)).to_contain_text("“Quiet ones” is saved.")
    expect(views(page)).to_contain_text("Quiet ones")
    assert SavedView.objects.get().query == "quiet=on&view=team"
    page.goto("/board/")
    open_menu(page).get_by_role("link", name="Quiet ones", exact=True).click()
    expect(page.locator("#filters [name=quiet]")).to_be_checked()


def test_a_changed_filter_is_marked_at_once_and_reset_takes_it_back(visit, amara, issue, view):
    page = visit(view.get_absolute_url(), amara)
    expect(views(page)).not_to_contain_text("Changed")

    page.locator("#filters").get_by_label("No next step").check()
    expect(views(page)).to_contain_text("Changed")
    expect(page).to_have_url(re.compile(f"saved={view.pk}"))
    views(page).get_by_role("link", name="Reset").click()

    expect(views(page)).to_contain_text("To do of all")
    expect(views(page)).not_to_contain_text("Changed")
    expect(page.locator("#filters [name=quiet]")).not_to_be_checked()


def test_save_keeps_the_change(visit, amara, issue, view):
    page = visit(view.get_absolute_url(), amara)
    page.locator("#filters").get_by_label("No next step").check()

    views(page).get_by_role("button", name="Save", exact=True).click()

    expect(toast(page)).to_contain_text("is saved")
    expect(views(page)).not_to_contain_text("Changed")
    assert SavedView.objects.get().query == "quiet=on&status=todo&view=team"


def test_two_windows_do_not_overwrite_each_other(visit, amara, at, issue, view):
    page = visit(f"/board/?view=team&quiet=on&saved={view.pk}", amara)
    rewrite(view, seen=1, at=at, query="q=theirs")

    views(page).get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("since you opened it")
    page.get_by_label("Name").fill("Mine then")
    page.get_by_role("button", name="Save as").click()
    expect(views(page)).to_contain_text("Mine then")
    assert SavedView.objects.get(pk=view.pk).query == "q=theirs"


def test_a_view_of_the_list_opens_the_list(visit, amara, at, issue):
    view = save_as("Dear ones", by=amara, at=at, layout="list", query="view=team&sort=-value")
    page = visit(view.get_absolute_url(), amara)

    expect(page).to_have_url(re.compile("/issues/"))
    expect(views(page)).to_contain_text("Dear ones")
    expect(views(page)).not_to_contain_text("Changed")


def test_without_script_views_are_a_page_and_forms(visit, amara, issue, view):
    page = visit("/board/?view=team&quiet=on", amara, **PLAIN)

    views(page).get_by_role("link", name="Views").click()
    page.get_by_label("Name").fill("Quiet ones")
    page.get_by_role("button", name="Save as").click()
    expect(views(page)).to_contain_text("Quiet ones")
    expect(card(page, issue)).to_be_visible()
    views(page).get_by_role("link", name="Views").click()
    page.get_by_role("link", name="Change To do of all").click()
    page.get_by_text("Delete this view").click()
    page.get_by_role("button", name="Delete “To do of all”").click()

    expect(page.get_by_text("To do of all", exact=True)).to_have_count(0)
    assert SavedView.objects.count() == 1


def test_the_menu_fits_a_phone(visit, amara, issue, view):
    page = visit(f"/board/?view=team&quiet=on&saved={view.pk}", amara, **PHONE)

    menu = open_menu(page)

    expect(menu).to_be_in_viewport(ratio=1)
    assert fits(page)


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_on_views(visit, amara, issue, view, look):
    found = {}
    page = visit(f"/board/?view=team&quiet=on&saved={view.pk}", amara, **LOOKS[look])
    open_menu(page)
    found["menu"] = faults(page)
    for path in ("/views/", f"/views/{view.pk}/change/"):
        page.goto(path)
        found[path] = faults(page)

    assert {path: violations for path, violations in found.items() if violations} == {}
