"""Load in a browser: from a number to its rows, over the preview and back."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from emdesk.people.models import Coverage, Territory
from scoping.states import State
from tests.browser.test_axe import EVERY_LOOK, LOOKS, faults
from tests.browser.test_phone import PHONE, fits
from tests.browser.test_without_script import PLAIN
from tests.factories import again, make_account, make_issue


@pytest.fixture
def territory(segment):
    return Territory.objects.create(name="Alps", segment=segment)


@pytest.fixture
def issues(amara, jonas, territory, at):
    """Three of Amara's in the territory that Jonas covers, and one of nobody."""
    day = at.date()
    Coverage.objects.create(user=jonas, territory=territory, since=day - timedelta(days=9))
    account = make_account(name="Silverlake University", sales_territory=territory)
    own = {"engagement_manager": amara, "account": account, "at": at}
    late = day - timedelta(days=2)
    make_issue(at=at)
    return [make_issue(State.SOW_WIP, next_step="Call", next_step_date=late, **own) for _ in "123"]


def hand_over(page, issues):
    page.get_by_role("row", name="Amara Osei").get_by_role("link", name="3").nth(0).click()
    for issue in issues[:2]:
        page.get_by_label(f"Tick {issue.reference}").check()
    page.get_by_role("button", name="Preview for ticked").click()
    expect(page.get_by_role("heading", name="Jonas Lindqvist")).to_be_visible()
    expect(page.get_by_text("2 will go, 0 will stay")).to_be_visible()
    page.get_by_role("button", name="Hand over 2 issues").click()
    expect(page.get_by_text("2 issues changed hands")).to_be_visible()


@pytest.mark.parametrize("options", [{}, PLAIN], ids=["script", "without"])
def test_issues_are_handed_over_from_a_number_and_taken_back(
    visit, lena, amara, jonas, issues, options
):
    page = visit("/load/", lena, **options)

    hand_over(page, issues)
    holders = [again(issue).engagement_manager for issue in issues]
    assert holders == [jonas, jonas, amara]
    page.get_by_role("button", name="Undo all 2").click()

    expect(page.get_by_text("2 issues back as before")).to_be_visible()
    assert {again(issue).engagement_manager for issue in issues} == {amara}


def test_load_is_two_keys_away_for_a_lead(visit, lena, issues):
    page = visit("/board/", lena)

    page.keyboard.press("g")
    page.keyboard.press("o")

    page.wait_for_url("**/load/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Load")


def test_an_em_has_no_load_in_the_side_bar(visit, amara, issues):
    page = visit("/board/", amara)

    expect(
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Load")
    ).to_have_count(0)


@pytest.mark.parametrize("path", ["/load/", "/load/?columns=1", "/load/issues/"])
def test_load_fits_a_phone(visit, lena, issues, path):
    assert fits(visit(path, lena, **PHONE))


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_on_load(visit, lena, amara, issues, look):
    page = visit("/load/?columns=1", lena, **LOOKS[look])
    found = {"load": faults(page)}
    page.goto("/load/issues/?due=overdue")
    found["rows"] = faults(page)
    page.get_by_label("Give them to").select_option(str(lena.pk))
    page.get_by_role("button", name="Preview for all").click()
    expect(page.get_by_label("Why outside coverage")).to_be_visible()
    found["preview"] = faults(page)
    page.get_by_label("Why outside coverage").fill("She knows them")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_role("button", name="Undo all")).to_be_visible()
    found["result"] = faults(page)

    assert {name: violations for name, violations in found.items() if violations} == {}
