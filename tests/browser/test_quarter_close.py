"""A quarter's close in the browser: from the open items to the sealed figures and a correction."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from scoping.closing import correct
from scoping.quarters import FiscalCalendar
from scoping.states import CloseReason, Outcome, State
from tests.browser.test_phone import PHONE, fits
from tests.factories import make_issue, make_opportunity

PAPER = 90_000  # milliseconds to print and seal


@pytest.fixture
def quarter(amara, at, settings, tmp_path):
    """The one before, with an issue won in it and a deal that is still open."""
    settings.EMDESK_SEAL = tmp_path / "seal.p12"
    calendar = FiscalCalendar()
    past = calendar.quarter_at(at).previous
    day = calendar.days(past)[0][1]
    make_issue(State.CLOSED, outcome=Outcome.WON, close_quarter=str(past))
    make_opportunity(name="Left behind", stage="4", close_date=day, engagement_manager=amara)
    return past


def test_a_lead_freezes_and_a_later_correction_stands_beside(visit, lena, quarter, at):
    page = visit(f"/quarters/{quarter}/", lena)
    page.get_by_role("link", name="Close it").click()
    page.get_by_role("row", name="Open deals dated in the quarter").get_by_role("link").click()
    expect(page.get_by_role("row", name="Left behind")).to_be_visible()
    page.get_by_role("link", name="Back to the checklist").click()
    page.get_by_label("What is left open, and why").fill("Left behind is pushed")
    page.get_by_role("button", name="Freeze the quarter").click(timeout=PAPER)
    expect(page.locator(".kpi")).to_have_text("100.0%", timeout=PAPER)

    issue = make_issue(State.CLOSED, outcome=Outcome.LOST, close_quarter=str(quarter.next), at=at)
    said = {"close_quarter": str(quarter), "close_reason": CloseReason.PRICE}
    correct(issue, by=lena, at=at, why="It was lost in the quarter before", **said)
    page.get_by_role("link", name="Check the seal").click()

    expect(page.get_by_text("The seal is good")).to_be_visible()
    row = page.get_by_role("row", name=issue.reference)
    expect(row).to_contain_text("It was lost in the quarter before")
    expect(row).to_contain_text("100.0% → 50.0%")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Sealed PDF").click()
    assert taken.value.suggested_filename.endswith(".pdf")


def test_it_fits_a_phone(visit, lena, quarter):
    page = visit(f"/quarters/{quarter}/close/", lena, **PHONE)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Close {quarter.written}")
    assert fits(page)
