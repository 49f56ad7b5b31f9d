"""The two-months rule in a browser: quiet issues are ticked and kept open, without any script."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from scoping.models import ScopingIssue
from scoping.quarters import day_at
from scoping.quiet.nights import pass_night
from scoping.states import State
from tests.browser.test_axe import EVERY_LOOK, LOOKS, faults
from tests.browser.test_phone import PHONE, fits
from tests.browser.test_without_script import PLAIN
from tests.factories import again, make_ready_issue

DAY = timedelta(days=1)


@pytest.fixture
def issues(amara, at):
    """One in grace, one warned, and one that closes tonight."""
    own = {"engagement_manager": amara, "expected_value": 42_000}
    found = [make_ready_issue(State.SOW_WIP, at=at - days * DAY, **own) for days in (66, 50, 80)]
    pass_night(at - 13 * DAY)
    return found


def test_a_lead_keeps_quiet_issues_open_and_what_nobody_keeps_closes(visit, lena, issues, at):
    page = visit("/quiet/", lena, **PLAIN)
    expect(page.get_by_text("Closes tonight", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="Effect on the win rate")).to_be_visible()

    for issue in issues[:2]:
        page.get_by_label(f"Tick {issue.reference}").check()
    page.get_by_label("Keep open until").fill((day_at(at) + 30 * DAY).isoformat())
    page.get_by_label("Why is it still alive?").fill("They sign in spring")
    page.get_by_role("button", name="Keep open").click()

    expect(page.get_by_text("2 issues kept open")).to_be_visible()
    expect(page.get_by_text("“They sign in spring”")).to_have_count(2)
    pass_night(at + DAY)
    assert [again(issue).live for issue in issues] == [True, True, False]
    page.goto(issues[2].get_absolute_url())
    expect(page.get_by_text("nobody had worked on it for two months")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#closed-with-deal")).to_have_count(0)
    assert ScopingIssue.objects.live().count() == 3


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_on_quiet_issues(visit, lena, issues, look):
    page = visit("/quiet/", lena, **LOOKS[look])
    found = {"page": faults(page)}
    page.goto(issues[1].get_absolute_url())
    expect(page.locator("#quiet")).to_be_visible()
    found["issue"] = faults(page)
    page.get_by_role("link", name="Keep open").click()
    found["keep"] = faults(page)

    assert {name: violations for name, violations in found.items() if violations} == {}


def test_quiet_issues_fit_a_phone(visit, lena, issues):
    assert fits(visit("/quiet/", lena, **PHONE))
