"""The dashboard of a quarter in the browser: filters, drawings, rows, phone and paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from scoping.models import Opportunity
from scoping.states import CloseReason, Outcome, State
from tests.browser.test_phone import PHONE, fits
from tests.factories import make_issue, make_opportunity, make_segment

PAGE = "/quarters/Q127/"


@pytest.fixture
def desk(amara, jonas, at):
    """Two EMs, one who won and one who lost, and a deal that is to close."""
    for em, outcome in ((amara, Outcome.WON), (jonas, Outcome.LOST)):
        make_issue(
            State.CLOSED,
            outcome=outcome,
            close_reason=CloseReason.SIGNED if outcome == Outcome.WON else CloseReason.PRICE,
            engagement_manager=em,
            segment=make_segment(),
            at=at,
        )
    make_issue(State.SOW_WIP, engagement_manager=amara, at=at)
    deal = make_opportunity(stage="4", amount=12_000, confidence="green", engagement_manager=amara)
    Opportunity.objects.filter(pk=deal.pk).update(forecast_category="commit")


def test_a_filter_changes_page_and_address_and_a_number_opens_its_rows(visit, amara, jonas, desk):
    page = visit("/", amara)
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page).to_have_url(re.compile("/quarters/$"))
    page.goto(PAGE)
    expect(page.locator(".kpi").first).to_contain_text("50.0%")

    page.get_by_label("Engagement manager").focus()
    page.get_by_label("Engagement manager").select_option(label=jonas.name)

    expect(page.locator(".kpi").first).to_contain_text("0.0%")
    expect(page).to_have_url(re.compile(f"{PAGE}\\?.*em={jonas.pk}"))
    expect(page.get_by_label("Engagement manager")).to_be_focused()
    page.get_by_role("region", name="Why deals were lost").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Issues closed lost: Price, FY27-Q1")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Back to FY27-Q1").click()
    expect(page.get_by_label("Engagement manager")).to_have_value(str(jonas.pk))


def test_drawings_take_the_colours_of_the_theme_and_stay_in_their_panels(visit, amara, desk):
    fills = {}
    for scheme in ("light", "dark"):
        page = visit(PAGE, amara, color_scheme=scheme)
        bar = page.locator(".chart .won").first
        fills[scheme] = bar.evaluate("bar => getComputedStyle(bar).fill")
        for chart in page.locator(".chart").all():
            box, panel = (
                chart.bounding_box(),
                chart.locator("xpath=ancestor::section").bounding_box(),
            )
            assert box["x"] >= panel["x"]
            assert box["x"] + box["width"] <= panel["x"] + panel["width"]
    assert fills == {"light": "rgb(77, 66, 204)", "dark": "rgb(168, 171, 252)"}


@pytest.mark.parametrize("options", [PHONE, {"java_script_enabled": False}])
def test_it_fits_and_works_on_a_phone_and_without_script(visit, amara, jonas, desk, options):
    page = visit(PAGE, amara, **options)
    assert fits(page)

    page.get_by_label("Engagement manager").select_option(label=jonas.name)
    page.get_by_role("button", name="Show").click()

    expect(page.locator(".kpi").first).to_contain_text("0.0%")
    expect(page).to_have_url(re.compile(f"em={jonas.pk}"))
    assert fits(page)


def test_on_paper_there_is_neither_navigation_nor_a_filter(visit, amara, desk):
    page = visit(PAGE, amara)
    page.emulate_media(media="print")

    for hidden in (".scope", ".side", ".bar", ".head-acts"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".chart").first).to_be_visible()
